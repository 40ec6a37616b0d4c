"""The words of a corpus, how often each occurs, and the two distributions drawn from that."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from w2v.errors import StudentError


class Vocabulary:
    """Words numbered by descending count, words of one count alphabetically.

    Attributes:
        words: the n words; the number of a word is its place here, and its row in U and V.
        counts: how often each occurs, int64 of shape (n,).
        index: the number of each word.
    """

    def __init__(self, words: Sequence[str], counts: Iterable[int]) -> None:
        self.words = list(words)
        self.counts = np.fromiter(counts, np.int64, len(self.words))
        self.index = {word: number for number, word in enumerate(self.words)}

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], minimum_count: int = 5) -> "Vocabulary":
        """The words that occur at least `minimum_count` times.

        Raises:
            StudentError: no word occurs so often.
        """
        kept = sorted((-n, word) for word, n in counts.items() if n >= minimum_count)
        if not kept:
            raise StudentError(
                f"No word occurs {minimum_count} times or more: "
                "lower minimum_count, or take a longer text."
            )
        return cls([word for _, word in kept], (-n for n, _ in kept))

    @classmethod
    def from_sentences(
        cls, sentences: Iterable[Iterable[str]], minimum_count: int = 5
    ) -> "Vocabulary":
        """Count the words of `sentences`, lists of words; raises as `from_counts` does."""
        return cls.from_counts(Counter(chain.from_iterable(sentences)), minimum_count)

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, sentence: Sequence[str]) -> NDArray[np.int32]:
        """The numbers of the words of `sentence`; words outside the vocabulary are left out."""
        found = map(self.index.get, sentence, repeat(-1))
        numbers = np.fromiter(found, np.int32, len(sentence))
        return numbers[numbers >= 0]


def noise_distribution(counts: NDArray[np.int64], power: float = 0.75) -> NDArray[np.float64]:
    """The distribution that negative samples are drawn from, P(w) proportional to count^power.

    Args:
        counts: how often each word occurs, shape (n,).
        power: 1 is the unigram distribution, 0 the uniform one; between them, rare words are
            drawn more often than they occur (Mikolov et al. 2013, section 2.2).

    Returns:
        Probabilities of shape (n,) that add up to 1.
    """
    weights = counts.astype(float) ** power
    return weights / weights.sum()


def keep_probabilities(counts: NDArray[np.int64], threshold: float = 1e-3) -> NDArray[np.float64]:
    """The chance that subsampling keeps a token of each word.

    With f the word's share of all tokens and t the threshold, min(1, (sqrt(f/t) + 1) t/f), as in
    the word2vec program and gensim. (The paper, Mikolov et al. 2013, section 2.3, writes sqrt(t/f);
    the program keeps a little more.)

    Args:
        counts: how often each word occurs, shape (n,), at least 1.
        threshold: t; 0 keeps every token.

    Returns:
        Probabilities of shape (n,).
    """
    if threshold == 0:
        return np.ones(len(counts))
    ratio = threshold * counts.sum() / counts  # t / f
    return np.minimum(1.0, np.sqrt(ratio) + ratio)
