import numpy as np
import pytest

from tests.texts import made_up
from w2v.corpus import Corpus
from w2v.evaluation import held_out_loss, split
from w2v.oracle import negative_sampling_loss
from w2v.vocabulary import Vocabulary, noise_distribution


def test_the_held_out_loss_is_the_mean_over_windows_and_negatives() -> None:
    rng = np.random.default_rng(0)
    counts = np.array([5, 4, 3, 2])
    V, U = rng.normal(size=(2, 4, 3))
    sentences = [[0, 1, 2, 3, 1], [2], [3, 0]]
    starts = np.append(0, np.cumsum([len(sentence) for sentence in sentences]))
    corpus = Corpus("x", Vocabulary("abcd", counts), np.concatenate(sentences), starts)
    p = noise_distribution(counts)
    total = weights = 0.0
    for sentence in sentences:
        for t, c in enumerate(sentence):
            for reach in (1, 2, 3):  # each as likely, in a window of 3
                for s in range(max(0, t - reach), min(len(sentence), t + reach + 1)):
                    if s != t:
                        o = sentence[s]
                        noise = np.where(np.arange(4) == o, 0, p / (1 - p[o]))
                        alone = negative_sampling_loss(V[c], o, np.array([], int), U)
                        with_one = [negative_sampling_loss(V[c], o, [w], U) for w in range(4)]
                        total += alone + 2 * (noise @ with_one - alone)
                        weights += 1
    found = held_out_loss(V, U, corpus, window=3, negatives=2, subsample=0)
    assert found == pytest.approx(total / weights, rel=1e-5)


def test_untrained_vectors_have_the_loss_of_guessing() -> None:
    corpus = made_up(2_000)
    zeros = np.zeros((200, 5), np.float32)
    assert held_out_loss(zeros, zeros, corpus, negatives=5) == pytest.approx(6 * np.log(2))


def test_nothing_to_predict() -> None:
    corpus = Corpus("x", Vocabulary(["a"], [2]), np.array([0, 0], np.int32), np.array([0, 1, 2]))
    assert np.isnan(held_out_loss(np.ones((1, 2)), np.ones((1, 2)), corpus))


def test_a_split_parts_the_sentences() -> None:
    corpus = made_up()
    parts = split(corpus, 0.2, seed=1)
    sizes = [len(part.starts) - 1 for part in parts]
    assert sum(sizes) == len(corpus.starts) - 1
    assert sizes[1] == pytest.approx(0.2 * sum(sizes), rel=0.2)
    both = [part.sentence(i).tolist() for part in parts for i in range(len(part.starts) - 1)]
    whole = [corpus.sentence(i).tolist() for i in range(len(corpus.starts) - 1)]
    assert sorted(both) == sorted(whole)
    np.testing.assert_array_equal(split(corpus, 0.2, seed=1)[1].tokens, parts[1].tokens)
    assert not np.array_equal(split(corpus, 0.2, seed=2)[1].tokens, parts[1].tokens)
