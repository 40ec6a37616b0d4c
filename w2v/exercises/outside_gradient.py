"""Notebook 03, question (c): the gradient for the outside vectors."""

import numpy as np

from w2v.workbook import stub


@stub("03_outside_gradient")
def outside_gradient(v_c: np.ndarray, o: int, U: np.ndarray) -> np.ndarray:
    """The gradient dJ/dU of the naive softmax loss, for w = o and for every w != o.

    Args:
        v_c: the center vector, shape (d,).
        o: the row of the true outside word.
        U: the outside vectors, shape (n, d).

    Returns:
        Shape (n, d): row w is dJ/du_w.
    """
    raise NotImplementedError
