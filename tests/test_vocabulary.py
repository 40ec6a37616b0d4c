from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from w2v.errors import StudentError
from w2v.vocabulary import Vocabulary, keep_probabilities, noise_distribution

COUNTS = np.array([1000, 100, 10, 1])
SENTENCES = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=8), min_size=1, max_size=8)


def test_words_are_ordered_by_count_then_alphabetically():
    vocabulary = Vocabulary.from_sentences([["b", "c", "a"], ["c", "b", "c", "rare"]], 1)
    assert vocabulary.words == ["c", "b", "a", "rare"]
    assert vocabulary.counts.tolist() == [3, 2, 1, 1]
    assert vocabulary.counts.dtype == np.int64


def test_minimum_count_keeps_words_that_reach_it():
    vocabulary = Vocabulary.from_sentences([["a", "b", "a", "b", "c"]], 2)
    assert vocabulary.words == ["a", "b"]


def test_no_word_left_says_what_to_do():
    with pytest.raises(StudentError, match=r"5 times.*lower minimum_count"):
        Vocabulary.from_sentences([["a", "b"]])


def test_encode_leaves_unknown_words_out():
    vocabulary = Vocabulary(["a", "b"], [2, 1])
    numbers = vocabulary.encode(["b", "x", "a", "b"])
    assert numbers.tolist() == [1, 0, 1]
    assert numbers.dtype == np.int32
    assert vocabulary.encode([]).tolist() == []


@given(SENTENCES, st.integers(1, 3))
def test_encoding_is_the_inverse_of_looking_words_up(sentences, minimum):
    counts = Counter(word for sentence in sentences for word in sentence)
    if max(counts.values(), default=0) < minimum:
        return
    vocabulary = Vocabulary.from_sentences(sentences, minimum)
    for sentence in sentences:
        kept = [word for word in sentence if counts[word] >= minimum]
        assert [vocabulary.words[i] for i in vocabulary.encode(sentence)] == kept
    assert list(vocabulary.index) == vocabulary.words
    assert len(vocabulary) == len(vocabulary.words)


def test_noise_is_the_unigram_distribution_to_the_power_three_quarters():
    noise = noise_distribution(np.array([16, 1]))
    assert_allclose(noise, [8 / 9, 1 / 9])
    assert_allclose(noise_distribution(COUNTS, power=0), [0.25] * 4)
    assert_allclose(noise_distribution(COUNTS, power=1), COUNTS / COUNTS.sum())


def test_subsampling_follows_the_word2vec_program():
    share = COUNTS / COUNTS.sum()
    keep = keep_probabilities(COUNTS, threshold=0.01)
    assert_allclose(keep, np.minimum(1, (np.sqrt(share / 0.01) + 1) * 0.01 / share))
    assert keep[0] < keep[1] < 1 == keep[3]


def test_subsampling_agrees_with_gensim():
    models = pytest.importorskip("gensim.models")
    model = models.Word2Vec(min_count=1, sample=0.01)
    words = [str(i) for i in range(len(COUNTS))]
    model.build_vocab_from_freq(dict(zip(words, COUNTS.tolist(), strict=True)))
    theirs = [model.wv.get_vecattr(word, "sample_int") / (2**32 - 1) for word in words]
    assert_allclose(keep_probabilities(COUNTS, 0.01), theirs, atol=1e-6)


def test_threshold_zero_keeps_every_token():
    assert keep_probabilities(COUNTS, threshold=0).tolist() == [1] * 4
