"""Notebook 06, question (f): the loss and gradients of a skip-gram window."""

from collections.abc import Callable, Sequence

import numpy as np

from w2v.workbook import stub

PairLoss = Callable[[np.ndarray, int, np.ndarray], float]
PairGradients = Callable[[np.ndarray, int, np.ndarray], tuple[np.ndarray, np.ndarray]]


@stub("06_skip_gram")
def skip_gram_loss(
    c: int, outside_words: Sequence[int], V: np.ndarray, U: np.ndarray, pair_loss: PairLoss
) -> float:
    """The loss of one window: the sum of the pair loss over -m <= j <= m, j != 0.

    Args:
        c: the row of the center word.
        outside_words: the rows of w_{t-m}..w_{t+m} without w_t, at most 2m; words may repeat.
        V: the center vectors, shape (n, d).
        U: the outside vectors, shape (n, d).
        pair_loss: pair_loss(v_c, o, U) -> J, any loss of a pair. It may draw random negatives: call
            it once for each outside word, in their order.

    Returns:
        A single number, in nats.
    """
    raise NotImplementedError


@stub("06_skip_gram")
def skip_gram_gradients(
    c: int,
    outside_words: Sequence[int],
    V: np.ndarray,
    U: np.ndarray,
    pair_gradients: PairGradients,
) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of one window's loss for all center vectors and all outside vectors.

    Args:
        c: the row of the center word.
        outside_words: the rows of w_{t-m}..w_{t+m} without w_t, at most 2m; words may repeat.
        V: the center vectors, shape (n, d).
        U: the outside vectors, shape (n, d).
        pair_gradients: pair_gradients(v_c, o, U) -> (dJ/dv_c of shape (d,), dJ/dU of shape (n, d)).
            It may draw random negatives: call it once for each outside word, in their order.

    Returns:
        (dV, dU), both of shape (n, d); dV is zero in every row but c.
    """
    raise NotImplementedError
