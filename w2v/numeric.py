"""Derivatives without step-size error: the complex step (Squire and Trapp, SIAM Review 1998)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from w2v.guard import guarded

Array = np.ndarray[Any, np.dtype[Any]]
STEP = 1e-150  # its square underflows: what is left of f(x + i h) / h is the derivative alone


@guarded
def complex_step(function: Callable[[Array], Any], x: Array) -> Array:
    """The derivative of `function` at x.

    Args:
        function: maps an array of x's shape to a scalar or an array; analytic, complex-safe.
        x: a real array of any shape; taken as float64.

    Returns:
        An array of shape (*output shape, *x.shape): the gradient for a scalar function, the
        Jacobian for a vector. Exact to rounding.
    """
    point = np.asarray(x, dtype=float).astype(complex)
    columns = []
    for index in np.ndindex(point.shape):
        shifted = point.copy()
        shifted[index] += 1j * STEP
        columns.append(np.imag(function(shifted)) / STEP)
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + point.shape)
