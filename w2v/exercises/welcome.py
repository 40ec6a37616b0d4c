"""Notebook 00: a warm-up."""

import numpy as np

from w2v.workbook import stub


@stub("00_welcome")
def scores(v_c: np.ndarray, U: np.ndarray) -> np.ndarray:
    """The scores of all words for one center vector: score_w = u_w . v_c.

    Args:
        v_c: the center vector, shape (d,).
        U: the outside vectors, one word a row, shape (n, d).

    Returns:
        Shape (n,).
    """
    raise NotImplementedError
