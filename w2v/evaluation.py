"""How well vectors predict text that they were not trained on."""

import numpy as np
from numpy.typing import NDArray

from w2v.corpus import Corpus
from w2v.vocabulary import keep_probabilities, noise_distribution

Vectors = NDArray[np.floating]


def softplus(x: Vectors) -> Vectors:
    """-log sigma(-x), elementwise; the oracle takes more care and more time."""
    return np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))


def split(corpus: Corpus, share: float = 0.05, seed: int = 0) -> tuple[Corpus, Corpus]:
    """Set sentences aside: the corpus to train on, and the one to evaluate on.

    Args:
        corpus: held in memory; both parts keep its vocabulary, with the counts of the whole.
        share: of the sentences that are set aside.
        seed: of their choice.
    """
    lengths = np.diff(corpus.starts)
    aside = np.random.default_rng(seed).random(len(lengths)) < share
    return _part(corpus, lengths, ~aside), _part(corpus, lengths, aside)


def _part(corpus: Corpus, lengths: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Corpus:
    tokens = corpus.tokens[np.repeat(chosen, lengths)]
    starts = np.append(0, np.cumsum(lengths[chosen]))
    return Corpus(corpus.name, corpus.vocabulary, tokens, starts)


def held_out_loss(
    V: Vectors,
    U: Vectors,
    corpus: Corpus,
    window: int = 5,
    negatives: int = 5,
    subsample: float = 1e-3,
    seed: int = 0,
) -> float:
    """The negative sampling loss of a pair, in expectation over windows and negatives.

    A pair of words at distance k counts as often as a window drawn from 1..window holds it, and
    nothing is drawn for the negatives: -K E[log sigma(-u_w . v_c)] over the noise words w other
    than the outside word is computed exactly. Only subsampling is drawn, from `seed`.

    Args:
        V: center vectors, shape (n, d).
        U: outside vectors, shape (n, d).
        corpus: what to predict.
        window: the largest distance.
        negatives: K.
        subsample: the threshold of subsampling.
        seed: the same for all models that are compared.

    Returns:
        The mean over pairs, in nats; nan where the corpus holds no pair.
    """
    counts = corpus.vocabulary.counts
    kept = (
        np.random.default_rng(seed).random(len(corpus.tokens))
        < keep_probabilities(counts, subsample)[corpus.tokens]
    )
    words = corpus.tokens[kept]
    sentence = np.repeat(np.arange(len(corpus.starts) - 1), np.diff(corpus.starts))[kept]
    p = noise_distribution(counts)
    expected = _noise_losses(V, U, p, words)

    total = weights = 0.0
    for distance in range(1, window + 1):
        weight = (window + 1 - distance) / window
        together = sentence[distance:] == sentence[:-distance]
        first, second = words[:-distance][together], words[distance:][together]
        for c, o in ((first, second), (second, first)):
            z = np.einsum("ij,ij->i", V[c], U[o])
            others = (expected[c] - p[o] * softplus(z)) / (1 - p[o])
            total += weight * float(np.sum(softplus(-z) + negatives * others))
            weights += weight * len(c)
    return total / weights if weights else float("nan")


def _noise_losses(
    V: Vectors, U: Vectors, p: NDArray[np.float64], words: NDArray[np.int32]
) -> NDArray[np.float64]:
    """-E[log sigma(-u_w . v_c)] over all noise words w, for each center c that occurs."""
    expected = np.zeros(len(V))
    centers = np.unique(words)
    noise = p.astype(np.float32)
    for start in range(0, len(centers), 256):  # bounds the (256, n) matrix of scores
        some = centers[start : start + 256]
        expected[some] = softplus(V[some] @ U.T) @ noise
    return expected
