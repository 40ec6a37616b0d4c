"""Notebook 07: a block of tokens that share neighbours and negatives, as matrix products."""

import numpy as np

from w2v.workbook import stub


@stub("07_batches")
def batch_loss(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> float:
    """The loss of a block: -sum(Y log sigma(Z)) - sum((W - Y) log sigma(-Z)), Z = V U^T.

    Args:
        V: the vectors of the block's T center tokens, shape (T, d).
        U: the vectors of their C shared target words (neighbours and negatives), shape (C, d).
        Y: how often each (center, target) pair counts as a positive, shape (T, C).
        W: how often it counts at all, shape (T, C), W >= Y >= 0.

    Returns:
        A single number, in nats.
    """
    raise NotImplementedError


@stub("07_batches")
def batch_gradients(
    V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of the block's loss for its center rows and its target rows.

    Args:
        V: the vectors of the block's T center tokens, shape (T, d).
        U: the vectors of their C shared target words (neighbours and negatives), shape (C, d).
        Y: how often each (center, target) pair counts as a positive, shape (T, C).
        W: how often it counts at all, shape (T, C), W >= Y >= 0.

    Returns:
        (dV, dU), of shapes (T, d) and (C, d).
    """
    raise NotImplementedError
