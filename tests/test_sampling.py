import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.texts import made_up
from w2v.pairs import windows
from w2v.sampling import PASSAGE, SCALE, Block, Chunks, Sampler, Stream
from w2v.vocabulary import keep_probabilities, noise_distribution

RNG = np.random.default_rng


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
    np.testing.assert_array_equal(stream.left, np.minimum(place, window))
    np.testing.assert_array_equal(stream.right, np.minimum(after, window))


def test_each_reach_is_as_likely() -> None:
    size = 40_000
    stream = Stream(np.zeros(size, np.intp), np.full(size, 4), np.full(size, 4))
    stream.left[:4] = stream.right[-4:] = 0
    sizes = [len(outside) for _, outside in windows(stream, 4, np.random.default_rng(1))]
    shares = np.bincount(sizes, minlength=9)[2::2] / size
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
@given(window=st.integers(1, 9), seed=st.integers(0, 1000))
def test_positives_are_the_pairs_of_the_text(window: int, seed: int) -> None:
    sampler = sampler_of(window)
    words = np.arange(sampler.passage * 9 + 5)  # each word once: it names its place
    sentence = words // 13
    begins = np.diff(sentence, prepend=-1) > 0
    sampler.keep = np.ones(len(words), np.float32)
    sampler.weight = np.ones(len(words), np.float32)
    stream = sampler.stream(words.astype(np.int32), begins, np.random.default_rng(0))
    blocks = all_blocks(sampler, stream, np.random.default_rng(seed))
    assert len(blocks) == sampler.count(stream)
    for centers, targets, Y, _ in blocks:
        distance = np.abs(centers[:, None] - targets)
        near = (
            (distance > 0)
            & (distance <= window)
            & (sentence[centers][:, None] == sentence[targets])
        )
        assert len(centers) == 2 * sampler.passage
        assert SCALE * len(targets) == len(centers)
        beside = (np.arange(2) == np.arange(2)[:, None]).repeat(Y.shape[0] // 2, 0)
        near &= beside.repeat(Y.shape[1] // 2, 1)  # of the same passage
        P = sampler.passage
        counted = SCALE * (window + 1 - distance) / window * P / np.maximum(P - distance, 1)
        np.testing.assert_allclose(Y, np.where(near, counted, 0), rtol=1e-6)


def test_pairs_count_as_often_as_with_a_window_drawn_for_each_center() -> None:
    window, size = 5, 20 * PASSAGE
    sampler = sampler_of(window)
    sampler.weight = np.ones(size, np.float32)
    place = np.arange(size)
    stream = Stream(place, np.minimum(place, window), np.minimum(place[::-1], window))
    drawn, counted = np.zeros(window + 1), np.zeros(window + 1)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        for centers, targets, Y, _ in sampler.blocks(stream, rng):
            t, k = np.nonzero(Y)
            np.add.at(counted, np.abs(centers[t] - targets[k]), Y[t, k])
        for c, outside in windows(stream, window, rng):
            np.add.at(drawn, np.abs(np.array(outside) - c), 1)
    np.testing.assert_allclose(counted[1:], drawn[1:], rtol=0.02)


def test_a_text_shorter_than_two_passages_has_no_block() -> None:
    sampler = sampler_of()
    for size, blocks in ((2 * PASSAGE - 1, 0), (2 * PASSAGE, 1), (3 * PASSAGE, 2)):
        tokens = np.zeros(size, np.int32)
        stream = sampler.stream(tokens, tokens == 0, np.random.default_rng(0))
        assert sampler.count(stream) == blocks
        assert len(all_blocks(sampler, stream, np.random.default_rng(0))) == blocks


def test_a_pair_has_k_negatives_and_none_of_them_is_its_outside_word() -> None:
    sampler = sampler_of(negatives=7)
    counts = made_up().vocabulary.counts
    text = whole(sampler)
    stream = sampler.stream(text.words.astype(np.int32), np.arange(len(text.words)) == 0, RNG(0))
    blocks = all_blocks(sampler, stream, RNG(0))
    P = sampler.passage
    distance = np.abs(np.subtract.outer(np.arange(P), np.arange(P)))
    near = np.where((distance > 0) & (distance <= 5), (6 - distance) / 5 * P / (P - distance), 0)
    wrong = 0
    for centers, targets, Y, W in blocks:
        centers, targets = centers.reshape(2, P), targets.reshape(2, -1)
        tables = Y.reshape(2, P, 2, -1), W.reshape(2, P, 2, -1)
        for own, other in ((0, 1), (1, 0)):
            same_Y, same_W = (table[own, :, own] for table in tables)
            other_Y, other_W = (table[own, :, other] for table in tables)
            np.testing.assert_array_equal(same_W, same_Y)
            assert not other_Y.any()
            alike = centers[own][:, None] == targets[other]
            exact = (near.sum(axis=1)[:, None] - near @ alike) * sampler.weight[targets[other]]
            wrong += not np.allclose(other_W, exact, atol=1e-4)
    assert wrong <= 1  # the passage with the two ends of the text
    negative = sum(float((block.W - block.Y).sum()) for block in blocks)
    pairs = sum(float(block.Y.sum()) for block in blocks)
    excluded = (noise_distribution(counts) ** 2).sum()
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


def test_only_words_that_fill_the_blocks_take_shorter_steps() -> None:
    counts = np.array([900, 60, 40])
    pace = Sampler(counts, 5, 5, 0.0).pace
    block = 2 * PASSAGE * counts / counts.sum()
    np.testing.assert_allclose(pace, [1 / block[0], 1 / block[1], 1 / block[2]], rtol=1e-6)
    assert (Sampler(np.full(1000, 7), 5, 5, 0.0).pace == 1).all()


def test_an_answer_cannot_spoil_later_blocks() -> None:
    sampler = sampler_of()
    for block in sampler.blocks(whole(sampler), np.random.default_rng(0)):
        for table in (block.Y, block.W):
            with pytest.raises(ValueError, match="read-only"):
                table += 1


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
