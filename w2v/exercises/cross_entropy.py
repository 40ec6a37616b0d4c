"""Notebook 01, question (a): softmax, cross-entropy and the naive softmax loss."""

import numpy as np

from w2v.workbook import stub


@stub("01_cross_entropy")
def softmax(scores: np.ndarray) -> np.ndarray:
    """The softmax y_hat_w = exp(score_w) / sum_v exp(score_v).

    Args:
        scores: shape (n,); may be as large as 1e4 in size, so subtract their maximum first.

    Returns:
        Probabilities, shape (n,), non-negative and summing to 1.
    """
    raise NotImplementedError


@stub("01_cross_entropy")
def cross_entropy(y: np.ndarray, y_hat: np.ndarray) -> float:
    """The cross-entropy -sum_w y_w log y_hat_w.

    Args:
        y: the true distribution, shape (n,), non-negative and summing to 1; not always one-hot.
        y_hat: the predicted distribution, shape (n,). It is positive wherever y is.

    Returns:
        A single number, in nats. A word with y_w = 0 adds nothing, even where y_hat_w = 0.
    """
    raise NotImplementedError


@stub("01_cross_entropy")
def naive_softmax_loss(v_c: np.ndarray, o: int, U: np.ndarray) -> float:
    """The naive softmax loss J = -log P(O = o | C = c) = -log y_hat_o.

    Args:
        v_c: the center vector, shape (d,).
        o: the row of the true outside word.
        U: the outside vectors, shape (n, d).

    Returns:
        A single number, in nats.
    """
    raise NotImplementedError
