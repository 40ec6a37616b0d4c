"""Notebook 02, question (b): the gradient for the center vector."""

import numpy as np

from w2v.workbook import stub


@stub("02_center_gradient")
def center_gradient(v_c: np.ndarray, o: int, U: np.ndarray) -> np.ndarray:
    """The gradient dJ/dv_c of the naive softmax loss.

    Args:
        v_c: the center vector, shape (d,).
        o: the row of the true outside word.
        U: the outside vectors, shape (n, d).

    Returns:
        Shape (d,).
    """
    raise NotImplementedError
