"""From text to training examples: subsampling, windows, and negatives shared within a block.

Of the text, tokens of frequent words are left out at random (`keep_probabilities`); the rest is
cut into **passages** of `PASSAGE` tokens, none of which is the end of anything: windows reach
beyond a passage, but never beyond a sentence. A **block** is two passages from far apart in the
text. Its centers are the tokens of both; its targets are the neighbours of both, and `DRAWN` words
from the noise distribution. Every center has positives among the neighbours of its own passage;
*all other targets* are its negatives: as the other passage has nothing to do with it, its
neighbours are as good as drawn, and they cost nothing, for their vectors are there already.

They are only drawn from another distribution: words come as they stand in the (subsampled) text,
with probability q, not as the noise has them, with probability p. What makes up for it is the
weight of a negative. A center with M neighbours has K M negatives; of S shared ones from the text
and D from the noise, a word w counts as

    K M p(w) / (S q(w) + D p(w)),

which adds up to K M on average and gives every word its share p(w) (the balance heuristic of
Veach and Guibas 1995, Optimally Combining Sampling Techniques for Monte Carlo Rendering). D > 0
bounds the weight of words that are rare in the text.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2v.corpus import Corpus
from w2v.vocabulary import keep_probabilities, noise_distribution

PASSAGE = 24
"""Tokens of a passage; 16 to 64 give the same vectors, and 24 is the fastest."""
DRAWN = 4
"""Negatives of a block that are drawn from the noise distribution."""
BLOCKS = 32
"""Blocks made at a time: enough to make NumPy's calls cheap, few enough for the cache."""
PIECE = 1 << 12
"""Tokens read from one place at most; a chunk is made of pieces from all over the corpus."""
PIECES = 8
"""Pieces in a chunk."""

Numbers = NDArray[np.intp]
Weights = NDArray[np.float32]


class Block(NamedTuple):
    """The arguments of `batch_gradients`, but for the vectors: the words whose vectors they are.

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
    """A subsampled text, the passages of which become blocks.

    Attributes:
        words: the words, shape (L,).
        left: how many words before each one are its neighbours, shape (L,).
        right: how many words after it are.
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
        window: the largest distance of a neighbour; each center's own is drawn from 1..window.
        negatives: K, the negatives of a pair.
        subsample: the threshold of subsampling, 0 to keep all tokens.
    """

    def __init__(
        self, counts: NDArray[np.int64], window: int, negatives: int, subsample: float
    ) -> None:
        self.window = window
        self.keep = keep_probabilities(counts, subsample).astype(np.float32)
        p = noise_distribution(counts)
        q = counts * self.keep / (counts @ self.keep)
        self.side = PASSAGE + 2 * window  # neighbours of a passage
        self.weight = (negatives * p / (self.side * q + DRAWN * p)).astype(np.float32)
        self.noise = np.cumsum(p)[:-1]
        self.bands = _bands(window)

    def stream(
        self, tokens: NDArray[np.int32], begins: NDArray[np.bool_], rng: np.random.Generator
    ) -> Stream:
        """Leave out tokens of frequent words, and draw the window of each token that is left."""
        kept = rng.random(len(tokens), np.float32) < self.keep[tokens]
        words = tokens[kept].astype(np.intp)
        sentence = np.cumsum(begins)[kept]
        first = np.flatnonzero(np.diff(sentence, prepend=-1))
        length = np.diff(first, append=len(words))
        before = np.arange(len(words)) - np.repeat(first, length)
        after = np.repeat(length, length) - before - 1
        reach = rng.integers(1, self.window + 1, len(words))
        return Stream(words, np.minimum(reach, before), np.minimum(reach, after))

    def draw(self, size: int, rng: np.random.Generator) -> Numbers:
        """Words from the noise distribution, evenly: each comes p(w) size times, rounded."""
        even = (np.arange(size) + rng.random()) / size
        return rng.permutation(np.searchsorted(self.noise, even, side="right"))

    def count(self, stream: Stream) -> int:
        """How many blocks there are in a text."""
        passages = -(-len(stream.words) // PASSAGE) if len(stream.words) >= PASSAGE else 0
        return -(-passages // 2)

    def blocks(self, stream: Stream, rng: np.random.Generator) -> Iterator[Block]:
        """The blocks of a text in random order; none if it is shorter than a passage.

        Their arrays are used again for later blocks: copy what is to stay.
        """
        count = self.count(stream)
        if not count:
            return
        last = len(stream.words) - PASSAGE  # the last passage overlaps with the one before
        passages = rng.permutation(np.append(np.arange(0, last, PASSAGE), last))
        pairs = np.resize(passages, (count, 2))
        drawn = self.draw(DRAWN * len(pairs), rng).reshape(-1, DRAWN)
        around = np.pad(stream.words, self.window, mode="wrap")
        targets = 2 * self.side + DRAWN
        Y = np.empty((BLOCKS, 2, PASSAGE, targets), np.float32)
        W = np.empty_like(Y)
        for start in range(0, len(pairs), BLOCKS):
            chosen = slice(start, start + BLOCKS)
            yield from self._some(stream, around, pairs[chosen], drawn[chosen], Y, W)

    def _some(
        self,
        stream: Stream,
        around: Numbers,
        passages: Numbers,
        drawn: Numbers,
        Y: Weights,
        W: Weights,
    ) -> Iterator[Block]:
        """Up to `BLOCKS` blocks at once."""
        count = len(passages)
        Y, W = Y[:count], W[:count]
        rows = passages[:, :, None] + np.arange(PASSAGE)
        left, right = stream.left[rows], stream.right[rows]
        one, two = np.moveaxis(around[passages[:, :, None] + np.arange(self.side)], 1, 0)
        targets = np.concatenate([one, drawn, two], axis=1)
        shape = (left * (self.window + 1) + right) + self._band_offsets()
        self.bands.take(shape, axis=0, out=Y, mode="clip")

        weight = self.weight[targets][:, None]
        pairs = (left + right)[..., None].astype(np.float32)
        for passage, neighbours in enumerate((one, two)):
            # Of the columns, some are the passage's own neighbours, the rest are its negatives.
            own = slice(0, self.side) if passage == 0 else slice(self.side + DRAWN, None)
            rest = slice(self.side, None) if passage == 0 else slice(0, self.side + DRAWN)
            positive = W[:, passage, :, own] = Y[:, passage, :, own]
            # A pair has no negative that is its own outside word: w_1..w_K are other words than o.
            same = neighbours[:, :, None] == targets[:, None, rest]
            others = pairs[:, passage] - positive @ same.astype(np.float32)
            np.multiply(others, weight[..., rest], out=W[:, passage, :, rest])
        centers = stream.words[rows].reshape(count, -1)
        size = (count, 2 * PASSAGE, -1)
        for parts in zip(centers, targets, Y.reshape(size), W.reshape(size), strict=True):
            yield Block(*parts)

    def _band_offsets(self) -> Numbers:
        return np.arange(2 * PASSAGE).reshape(2, PASSAGE) * (self.window + 1) ** 2


def _bands(window: int) -> Weights:
    """Row by row what Y may be: for each center of a block, each number of left and right words.

    Returns:
        Shape (2 PASSAGE (window + 1)^2, C), zeros and ones.
    """
    reach = window + 1
    side = PASSAGE + 2 * window
    bands = np.zeros((2, PASSAGE, reach, reach, 2 * side + DRAWN), np.float32)
    for passage, first in enumerate((0, side + DRAWN)):
        for token in range(PASSAGE):
            here = first + token + window
            for distance in range(1, reach):
                bands[passage, token, distance:, :, here - distance] = 1
                bands[passage, token, :, distance:, here + distance] = 1
    return bands.reshape(-1, bands.shape[-1])
