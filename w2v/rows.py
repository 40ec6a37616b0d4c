"""Subtracting gradient rows from a table of vectors, where a word may stand in several rows."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

try:
    # SciPy's public sparse product gives the same sum twenty times slower, as it makes a matrix
    # object and a result as large as the table for each call.
    from scipy.sparse._sparsetools import csc_matvecs
except ImportError:  # it is private: a later SciPy may do without
    csc_matvecs = None

Matrix = NDArray[np.float32]
Rows = NDArray[np.intp]


def subtract_rows(
    matrix: Matrix, rows: Rows, gradient: NDArray[np.floating], rate: float | NDArray[np.floating]
) -> None:
    """Subtract rate * gradient[i] from matrix[rows[i]], for every i; repeated rows add up.

    Args:
        matrix: float32, C-contiguous, shape (n, d); changed in place.
        rows: integers in 0..n-1, shape (m,).
        gradient: of any real type and memory order, shape (m, d).
        rate: the length of the step, or that of each row's, shape (m,).

    Raises:
        ValueError: the gradient has another shape.
    """
    if gradient.shape != (len(rows), matrix.shape[1]):
        raise ValueError(f"Shape {gradient.shape}, not {(len(rows), matrix.shape[1])}.")
    gradient = np.ascontiguousarray(gradient, np.float32)
    if csc_matvecs is None:
        _subtract_rows(matrix, rows, gradient, rate)
        return
    # matrix += S gradient, where column i of S (n, m) holds one number, -rate, in row rows[i].
    n, d = matrix.shape
    begins, steps = _columns(len(rows))
    steps[:] = -rate
    csc_matvecs(n, len(rows), d, begins, rows, steps, gradient.ravel(), matrix.ravel())


@lru_cache(8)
def _columns(m: int) -> tuple[Rows, Matrix]:
    """Where each column of S begins, and room for its numbers."""
    return np.arange(m + 1), np.empty(m, np.float32)


def _subtract_rows(
    matrix: Matrix, rows: Rows, gradient: Matrix, rate: float | NDArray[np.floating]
) -> None:
    """The same with NumPy alone, at a fifth of the speed."""
    d = matrix.shape[1]
    places = rows[:, None] * d + np.arange(d)
    steps = np.float32(rate).reshape(-1, 1) * gradient
    np.subtract.at(matrix.reshape(-1), places.ravel(), steps.ravel())  # fast in one dimension only
