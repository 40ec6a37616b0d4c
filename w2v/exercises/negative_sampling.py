"""Notebook 05, question (e): the negative sampling loss, its gradients and its sample."""

import numpy as np

from w2v.workbook import stub


@stub("05_negative_sampling")
def draw_negatives(o: int, counts: np.ndarray, K: int, rng: np.random.Generator) -> np.ndarray:
    """K words drawn from the noise distribution, the true outside word left out.

    P(w) is proportional to counts[w] ** (3/4) for w != o, and zero for w = o (Mikolov et al. 2013,
    Distributed Representations of Words and Phrases). Words may repeat: each slot is drawn anew.

    Args:
        o: the row of the true outside word.
        counts: how often each word occurs, shape (n,), integers >= 0; some word but o is > 0.
        K: the number of negatives, at least 1.
        rng: the only source of randomness.

    Returns:
        Integers, shape (K,).
    """
    raise NotImplementedError


@stub("05_negative_sampling")
def negative_sampling_loss(v_c: np.ndarray, o: int, negatives: np.ndarray, U: np.ndarray) -> float:
    """The loss J = -log sigma(u_o . v_c) - sum_k log sigma(-u_k . v_c).

    Args:
        v_c: the center vector, shape (d,).
        o: the row of the true outside word.
        negatives: the rows of w_1..w_K, shape (K,), never o; a word may stand in several slots.
        U: the outside vectors, shape (n, d).

    Returns:
        A single number, in nats.
    """
    raise NotImplementedError


@stub("05_negative_sampling")
def negative_sampling_center_gradient(
    v_c: np.ndarray, o: int, negatives: np.ndarray, U: np.ndarray
) -> np.ndarray:
    """The gradient dJ/dv_c of the negative sampling loss.

    Args:
        v_c: the center vector, shape (d,).
        o: the row of the true outside word.
        negatives: the rows of w_1..w_K, shape (K,), never o; a word may stand in several slots.
        U: the outside vectors, shape (n, d).

    Returns:
        Shape (d,).
    """
    raise NotImplementedError


@stub("05_negative_sampling")
def negative_sampling_outside_rows(
    v_c: np.ndarray, o: int, negatives: np.ndarray, U: np.ndarray
) -> np.ndarray:
    """The gradients for u_o, u_1, ..., u_K, one row for each slot of the sample.

    A word that stands in two slots has two rows here: u_k is a slot, not a word.

    Args:
        v_c: the center vector, shape (d,).
        o: the row of the true outside word.
        negatives: the rows of w_1..w_K, shape (K,), never o; a word may stand in several slots.
        U: the outside vectors, shape (n, d).

    Returns:
        Shape (K + 1, d): dJ/du_o first, then dJ/du_1 .. dJ/du_K.
    """
    raise NotImplementedError


@stub("05_negative_sampling")
def add_rows(rows: np.ndarray, words: np.ndarray, n: int) -> np.ndarray:
    """The gradient rows added up by word: dJ/dU, where a word drawn twice counts twice.

    Args:
        rows: one gradient for each slot, shape (K + 1, d).
        words: the word in each slot, shape (K + 1,), integers in 0..n-1; words may repeat.
        n: the number of words.

    Returns:
        Shape (n, d): row w is the sum of the rows of all slots that hold w; zero where none does.
    """
    raise NotImplementedError
