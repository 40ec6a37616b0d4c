from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.texts import made_up
from w2v.pairs import windows
from w2v.sampling import PASSAGE, Block, Chunks, Sampler, Stream
from w2v.vocabulary import keep_probabilities, noise_distribution


def all_blocks(sampler: Sampler, stream: Stream, rng: np.random.Generator) -> list[Block]:
    return [Block(*(part.copy() for part in block)) for block in sampler.blocks(stream, rng)]


def whole(sampler: Sampler, tokens: int = 20_000, seed: int = 0) -> Stream:
    corpus = made_up(tokens, len(sampler.keep), seed)
    begins = np.zeros(len(corpus.tokens), bool)
    begins[corpus.starts[:-1]] = True
    return sampler.stream(corpus.tokens, begins, np.random.default_rng(seed))


def sampler_of(window: int = 5, negatives: int = 5, subsample: float = 0.0) -> Sampler:
    return Sampler(made_up().vocabulary.counts, window, negatives, subsample)


@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=20), window=st.integers(1, 6))
def test_windows_end_with_the_sentence(lengths: list[int], window: int) -> None:
    begins = np.concatenate([np.arange(length) == 0 for length in lengths])
    tokens = np.zeros(len(begins), np.int32)
    sampler = Sampler(np.array([10, 5]), window, 5, 0.0)
    stream = sampler.stream(tokens, begins, np.random.default_rng(0))
    place = np.concatenate([np.arange(length) for length in lengths])
    after = np.concatenate([np.arange(length)[::-1] for length in lengths])
    assert (stream.left <= place).all()
    assert (stream.right <= after).all()
    reach = np.maximum(stream.left, stream.right)
    assert (reach <= window).all()
    assert ((reach >= 1) | (place + after == 0)).all()
    np.testing.assert_array_equal(stream.left[place >= window], reach[place >= window])


def test_each_reach_is_as_likely() -> None:
    sampler = sampler_of(window=4)
    begins = np.arange(40_000) == 0
    stream = sampler.stream(np.zeros(40_000, np.int32), begins, np.random.default_rng(1))
    shares = np.bincount(stream.left, minlength=5)[1:] / 40_000
    np.testing.assert_allclose(shares, 0.25, atol=0.02)


def test_subsampling_keeps_each_word_as_often_as_it_should() -> None:
    corpus = made_up(100_000)
    counts = corpus.vocabulary.counts
    sampler = Sampler(counts, 5, 5, 1e-2)
    begins = np.ones(len(corpus.tokens), bool)
    stream = sampler.stream(corpus.tokens, begins, np.random.default_rng(0))
    kept = np.bincount(stream.words, minlength=len(counts))
    expected = np.bincount(corpus.tokens, minlength=len(counts)) * keep_probabilities(counts, 1e-2)
    assert (np.abs(kept - expected) <= 5 * np.sqrt(expected) + 1).all()


@settings(max_examples=20, deadline=None)
@given(window=st.integers(1, 7), seed=st.integers(0, 1000))
def test_the_positives_are_the_pairs_of_all_windows(window: int, seed: int) -> None:
    sampler = sampler_of(window)
    stream = whole(sampler, 5_000, seed)
    size = 2 * PASSAGE * (len(stream.words) // (2 * PASSAGE))  # every passage once
    stream = Stream(*(part[:size] for part in stream))
    stream.right[-window:] = 0
    expected = Counter((c, o) for c, outside in windows(stream) for o in outside)
    found: Counter[tuple[int, int]] = Counter()
    blocks = all_blocks(sampler, stream, np.random.default_rng(seed))
    for centers, targets, Y, _ in blocks:
        for t, k in np.argwhere(Y):
            found[int(centers[t]), int(targets[k])] += int(Y[t, k])
    assert found == expected
    assert len(blocks) == sampler.count(stream)


def test_all_tokens_are_centers_though_they_do_not_fill_the_last_passage() -> None:
    sampler = sampler_of()
    for size in (PASSAGE, PASSAGE + 1, 5 * PASSAGE - 1):
        tokens = np.arange(size, dtype=np.int32)
        stream = sampler.stream(tokens, tokens == 0, np.random.default_rng(0))
        blocks = all_blocks(sampler, stream, np.random.default_rng(0))
        assert len(blocks) == sampler.count(stream)
        assert {int(c) for block in blocks for c in block.centers} == set(range(size))


def test_a_text_shorter_than_a_passage_has_no_block() -> None:
    sampler = sampler_of()
    tokens = np.zeros(PASSAGE - 1, np.int32)
    stream = sampler.stream(tokens, tokens == 0, np.random.default_rng(0))
    assert sampler.count(stream) == 0
    assert all_blocks(sampler, stream, np.random.default_rng(0)) == []


def test_a_pair_has_k_negatives_and_none_of_them_is_its_outside_word() -> None:
    sampler = sampler_of(negatives=7)
    blocks = all_blocks(sampler, whole(sampler), np.random.default_rng(0))
    for _, targets, Y, W in blocks:
        assert (W >= Y - 1e-6).all()
        same = targets[:, None] == targets
        positives = Y @ same  # how many pairs of this center have this target as outside word
        alone = positives == Y.sum(axis=1, keepdims=True)
        assert not (W - Y)[alone].any()
    negative = sum(float((block.W - block.Y).sum()) for block in blocks)
    pairs = sum(float(block.Y.sum()) for block in blocks)
    excluded = (noise_distribution(made_up().vocabulary.counts) ** 2).sum()
    assert negative / pairs == pytest.approx(7 * (1 - excluded), rel=0.05)


def test_negatives_follow_the_noise_distribution() -> None:
    counts = np.array([3000, 1500, 800, 400, 300, 200, 150, 100, 80, 60])
    sampler = Sampler(counts, 5, 5, 1e-1)
    rng = np.random.default_rng(0)
    tokens = rng.choice(10, 200_000, p=counts / counts.sum()).astype(np.int32)
    stream = sampler.stream(tokens, np.arange(len(tokens)) % 20 == 0, rng)
    negative, positive = np.zeros(10), np.zeros(10)
    for _, targets, Y, W in sampler.blocks(stream, rng):
        np.add.at(negative, targets, (W - Y).sum(axis=0))
        np.add.at(positive, targets, Y.sum(axis=0))
    # No pair has its own outside word as a negative.
    expected = 5 * noise_distribution(counts) * (positive.sum() - positive)
    np.testing.assert_allclose(negative, expected, rtol=0.05)


def test_drawn_words_come_as_often_as_they_should_to_the_word() -> None:
    sampler = sampler_of()
    p = noise_distribution(made_up().vocabulary.counts)
    found = np.bincount(sampler.draw(5_000, np.random.default_rng(0)), minlength=len(p))
    assert (np.abs(found - 5_000 * p) <= 1).all()


@settings(max_examples=20, deadline=None)
@given(tokens=st.integers(1, 3_000), piece=st.integers(1, 400), together=st.integers(1, 5))
def test_an_epoch_reads_every_token_once(tokens: int, piece: int, together: int) -> None:
    corpus = made_up(3_000)
    corpus.tokens = np.arange(tokens, dtype=np.int32)
    corpus.starts = np.append(np.arange(0, tokens, 7), tokens)
    chunks = Chunks(corpus, 3, piece, together)
    for epoch in range(2):
        numbers = range(epoch * chunks.per_epoch, (epoch + 1) * chunks.per_epoch)
        parts = [chunks.read(number) for number in numbers]
        read = np.concatenate([part for part, _ in parts])
        begins = np.concatenate([begin for _, begin in parts])
        np.testing.assert_array_equal(np.sort(read), corpus.tokens)
        assert begins[read % 7 == 0].all()
        jumps = np.flatnonzero(np.diff(read) != 1) + 1
        assert begins[jumps].all()


def test_chunks_depend_on_seed_and_number_alone() -> None:
    corpus = made_up(30_000)
    one, other = Chunks(corpus, 1, 100, 2), Chunks(corpus, 1, 100, 2)
    other.read(0)
    np.testing.assert_array_equal(one.read(5)[0], other.read(5)[0])
    assert not np.array_equal(one.read(5)[0], Chunks(corpus, 2, 100, 2).read(5)[0])
    assert one.rng(5).random() == other.rng(5).random() != one.rng(6).random()
