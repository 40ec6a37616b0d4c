"""From text to training examples: subsampling, windows, and negatives shared within a block.

Of the text, tokens of frequent words are left out at random (`keep_probabilities`); the rest is
cut into **passages** of a few dozen tokens. A **block** is two passages from far apart in the text.
Its centers are all their tokens, its targets are three in four. A center has its positives in its
own passage, and *all targets of the other passage are its negatives*: as that passage has nothing
to do with it, they are as good as drawn, and cost nothing: their vectors are there already. Little
is drawn, and weights make the blocks stand for what word2vec draws:

* word2vec shrinks the window of a center at random, and so leaves out two pairs in five. Here a
  center has its whole window, but some of its neighbours are no targets; the others count `SCALE`
  times as often.
* A window drawn from 1..m holds a neighbour at distance k with probability (m + 1 - k) / m, so that
  is what the neighbour counts. A passage of P tokens, cut anywhere, holds both words with
  probability (P - k) / P, so the pair counts P / (P - k) times (Horvitz and Thompson 1952).
* A word comes as it stands in the (subsampled) text, with probability q, not as the noise has it,
  with probability p. A center with M positives has K M negatives, so each target of the other
  passage counts `SCALE` K M / P * p / q (importance sampling).
* w_1, ..., w_K are other words than o: a positive adds nothing to the weight of its own word.

A word that stands in a block several times takes as many steps at once, which word2vec takes one
after the other. In a text of few different words they would overshoot: hence `Sampler.pace`.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2v.corpus import Corpus
from w2v.vocabulary import keep_probabilities, noise_distribution

PASSAGE = 24
"""Tokens of a passage, at least: enough to make NumPy's calls cheap, few enough for the cache."""
CYCLE = 4
"""One token in so many is no target."""
SCALE = CYCLE / (CYCLE - 1)
"""So the others count so many times."""
FREQUENT = 1
"""A word that stands in a block more often, on average, takes steps so many times shorter."""
BLOCKS = 32
"""Blocks made at a time, for the same two reasons."""
PIECE = 1 << 12
"""Tokens read from one place at most; a chunk is made of pieces from all over the corpus."""
PIECES = 8
"""Pieces in a chunk."""

Numbers = NDArray[np.intp]
Weights = NDArray[np.float32]


class Block(NamedTuple):
    """The arguments of `batch_gradients`; instead of the vectors, the words whose vectors they are.

    Attributes:
        centers: the words of the rows of V, shape (T,).
        targets: the words of the rows of U, shape (C,).
        Y: how often each pair counts as a positive, shape (T, C).
        W: how often it counts at all, shape (T, C).
    """

    centers: Numbers
    targets: Numbers
    Y: Weights
    W: Weights


class Stream(NamedTuple):
    """A subsampled text.

    Attributes:
        words: the words, shape (L,).
        left: how many words the largest window holds before each one, shape (L,).
        right: how many it holds after each one.
    """

    words: Numbers
    left: Numbers
    right: Numbers


class Chunks:
    """The corpus in random order, in pieces that fit into memory whatever its size.

    Which tokens a chunk holds depends on the seed and its number alone, so training can stop and
    go on between any two chunks, and several workers can share them out.
    """

    def __init__(
        self, corpus: Corpus, seed: int, piece: int | None = None, together: int = PIECES
    ) -> None:
        self.corpus = corpus
        self.seed = seed
        if piece is None:
            piece = int(np.clip(len(corpus.tokens) // (10 * together), 256, PIECE))
        self.pieces = max(1, -(-len(corpus.tokens) // piece))
        self.per_epoch = -(-self.pieces // together)
        self.epoch = -1  # no epoch's order is drawn yet

    def rng(self, number: int) -> np.random.Generator:
        """The source of all randomness of chunk `number`."""
        return np.random.default_rng([self.seed, 1, number])

    def read(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """The tokens of chunk `number`, and whether each begins a sentence (or a piece)."""
        epoch, place = divmod(number, self.per_epoch)
        start, stop = (k * self.pieces // self.per_epoch for k in (place, place + 1))
        pieces = [self._piece(i) for i in self._order(epoch)[start:stop]]
        tokens, begins = zip(*pieces, strict=True)
        return np.concatenate(tokens), np.concatenate(begins)

    def _order(self, epoch: int) -> Numbers:
        if epoch != self.epoch:
            self.epoch = epoch
            rng = np.random.default_rng([self.seed, 0, epoch])
            self.order = rng.permutation(self.pieces)
        return self.order

    def _piece(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        total = len(self.corpus.tokens)
        start, stop = number * total // self.pieces, (number + 1) * total // self.pieces
        first, last = np.searchsorted(self.corpus.starts, [start, stop])
        begins = np.zeros(stop - start, bool)
        begins[self.corpus.starts[first:last] - start] = True
        begins[:1] = True
        return self.corpus.tokens[start:stop], begins


class Sampler:
    """Makes the blocks of a text.

    Args:
        counts: how often each word occurs, shape (n,).
        window: m, the largest distance of a neighbour.
        negatives: K, the negatives of a pair.
        subsample: the threshold of subsampling, 0 to keep all tokens.

    Attributes:
        pace: what each word's learning rate is multiplied by, shape (n,); 1 but for frequent words.
    """

    def __init__(
        self, counts: NDArray[np.int64], window: int, negatives: int, subsample: float
    ) -> None:
        self.window = window
        # Few pairs stand across the border of a passage; and two passages go through CYCLE alike.
        self.passage = CYCLE * -(-max(PASSAGE, 4 * window) // CYCLE)
        self.targets = np.flatnonzero(np.arange(self.passage) % CYCLE != CYCLE // 2)
        self.keep = keep_probabilities(counts, subsample).astype(np.float32)
        p = noise_distribution(counts)
        q = counts * self.keep / (counts @ self.keep)
        self.weight = (SCALE * negatives * p / (self.passage * q)).astype(np.float32)
        self.pace = np.minimum(1, FREQUENT / (2 * self.passage * q)).astype(np.float32)
        self.bands = _bands(self.passage, window)
        self.tables = Tables(self.bands, self.targets)

    def stream(
        self, tokens: NDArray[np.int32], begins: NDArray[np.bool_], rng: np.random.Generator
    ) -> Stream:
        """Leave out tokens of frequent words, and see how far windows reach in their sentences."""
        kept = rng.random(len(tokens), np.float32) < self.keep[tokens]
        words = tokens[kept].astype(np.intp)
        before = np.cumsum(kept)
        first: Numbers = before[begins] - kept[begins]  # of the words left in each sentence
        edges = np.append(first, len(words))
        # As many places more at the end as borders at either end may reach out.
        left, right = (np.full(len(words) + self.window, self.window) for _ in range(2))
        for distance in reversed(range(self.window)):  # the nearest border has the last word
            left[edges + distance] = distance
            right[edges - distance - 1] = distance
        return Stream(words, left[: len(words)], right[: len(words)])

    def count(self, stream: Stream) -> int:
        """How many blocks there are in a text; none if it is shorter than two passages."""
        passages = len(stream.words) // self.passage
        return -(-passages // 2) if passages > 1 else 0

    def blocks(self, stream: Stream, rng: np.random.Generator) -> Iterator[Block]:
        """The blocks of a text in random order, its first passage cut off anywhere.

        Their arrays are used again for later blocks: copy what is to stay.
        """
        count, P = self.count(stream), self.passage
        if not count:
            return
        passages = len(stream.words) // P
        pairs = np.resize(rng.permutation(passages), (count, 2))
        shift = rng.integers(len(stream.words))

        def paired(of_token: Numbers) -> Numbers:
            return np.roll(of_token, shift)[: passages * P].reshape(-1, P).take(pairs, axis=0)

        centers = paired(stream.words)
        targets = centers.take(self.targets, axis=2)
        reach = self.window + 1
        bands = paired(stream.left * reach + stream.right) + np.arange(P) * reach**2
        shares = self.weight.take(targets)
        block, corner, excess = self._own_words(centers, targets, bands, shares)
        words = centers.reshape(count, -1), targets.reshape(count, -1)
        for start in range(0, count, BLOCKS):
            some = slice(start, start + BLOCKS)
            few = slice(*np.searchsorted(block, (start, start + BLOCKS)))
            tables = self.tables.fill(bands[some], shares[some], corner[few], excess[few])
            yield from map(Block, *(part[some] for part in words), *tables)

    def _own_words(
        self, centers: Numbers, targets: Numbers, bands: Numbers, shares: Weights
    ) -> tuple[Numbers, Numbers, Weights]:
        """Where a word that both passages hold would be a negative of its own positives.

        Args:
            centers: shape (blocks, 2, P).
            targets: shape (blocks, 2, C).
            bands: the rows of `self.bands` that belong to the centers, shape (blocks, 2, P).
            shares: how often each target counts as a negative for each positive of a center of the
                other passage, shape (blocks, 2, C).

        Returns:
            For each such word the number of its block, shape (S,), rising; the first of its places
            in `Tables.W`, shape (S,), of P that stand one below the other; and what is to be
            subtracted there, shape (S, P).
        """
        P, C = self.passage, len(self.targets)
        # Fast, as the last axis, of the blocks, is long.
        own, other = (
            np.ascontiguousarray(part.transpose(1, 2, 0), np.int32)
            for part in (centers, targets[:, ::-1])
        )
        same = own[:, :, None] == other[:, None]
        found = np.stack(np.unravel_index(np.flatnonzero(same), same.shape))
        side, here, there, block = found[:, np.argsort(found[-1])]
        # As neighbours are mutual, the row of what `here` counts for others is its own band.
        excess = self.bands.take(bands[block, side, here], axis=0)
        excess *= shares[block, 1 - side, there, None]
        row = 2 * P * (block % BLOCKS) + P * side
        return block, 2 * C * row + C * (1 - side) + there, excess


class Tables:
    """The tables Y and W of `BLOCKS` blocks, kept in memory for the next ones.

    Args:
        bands: see `_bands`, of P words.
        targets: which of these are targets, shape (C,).
    """

    def __init__(self, bands: Weights, targets: Numbers) -> None:
        P, C = bands.shape[1], len(targets)
        self.totals = bands.sum(axis=1)
        # A row of Y: a band in the center's own passage, and nothing in the other.
        rows = np.zeros((2, len(bands), 2, C), np.float32)
        rows[0, :, 0] = rows[1, :, 1] = SCALE * bands[:, targets]
        self.rows = rows.reshape(-1, 2 * C)
        self.Y, self.W = (np.empty((BLOCKS, 2 * P, 2 * C), np.float32) for _ in range(2))
        # The parts (center's passage, center, target's passage, target) where the passages differ:
        parts = self.W.reshape(BLOCKS, 2, P, 2, C)[:, :, :, ::-1]
        self.negatives = np.einsum("bptpu->bptu", parts)
        self.below = np.arange(0, 2 * C * P, 2 * C)

    def fill(
        self, bands: Numbers, shares: Weights, corner: Numbers, excess: Weights
    ) -> tuple[Weights, Weights]:
        """Y and W, shape (blocks, 2 P, 2 C) each, of `BLOCKS` blocks or fewer.

        The arguments are called as in `Sampler._own_words`.
        """
        some = slice(len(bands))
        rows = (bands + np.array([[0], [len(self.totals)]])).reshape(len(bands), -1)
        self.rows.take(rows, axis=0, out=self.Y[some], mode="clip")  # "raise" would copy once more
        self.W[some] = self.Y[some]
        totals = self.totals.take(bands)
        np.multiply(totals[..., None], shares[:, ::-1, None], out=self.negatives[some])
        places = corner[:, None] + self.below
        np.subtract.at(self.W.reshape(-1), places.ravel(), excess.ravel())
        views = self.Y[some], self.W[some]
        for view in views:  # an answer that changed its arguments would spoil later blocks
            view.flags.writeable = False
        return views


def _bands(P: int, window: int) -> Weights:
    """How often each word of a passage counts as a positive.

    Returns:
        Shape (P (window + 1)^2, P): a row for each place of the center, and each number of words
        that the largest window holds before it and after it.
    """
    reach = window + 1
    bands = np.zeros((P, reach, reach, P), np.float32)
    for distance in range(1, reach):
        counted = (reach - distance) / window * P / (P - distance)
        for place in range(P):
            if place >= distance:
                bands[place, distance:, :, place - distance] = counted
            if place + distance < P:
                bands[place, :, distance:, place + distance] = counted
    return bands.reshape(-1, P)
