"""Notebook 04, question (d): the sigmoid and its derivatives."""

import numpy as np

from w2v.workbook import stub


@stub("04_sigmoid")
def sigmoid(x: np.ndarray | float) -> np.ndarray | float:
    """The sigmoid sigma(x) = 1 / (1 + exp(-x)), elementwise.

    Args:
        x: a number or an array of any shape; as large as 1e4 in size, of either sign.

    Returns:
        The same shape as x. No overflow: 0 or 1 at the ends, never nan.
    """
    raise NotImplementedError


@stub("04_sigmoid")
def sigmoid_derivative(x: np.ndarray | float) -> np.ndarray | float:
    """The derivative sigma'(x), elementwise, as a function of x.

    Args:
        x: a number or an array of any shape.

    Returns:
        The same shape as x.
    """
    raise NotImplementedError


@stub("04_sigmoid")
def sigmoid_jacobian(x: np.ndarray) -> np.ndarray:
    """The Jacobian of sigma applied to each entry of a vector.

    Args:
        x: shape (n,).

    Returns:
        Shape (n, n): entry (i, j) is d sigma(x_i) / d x_j.
    """
    raise NotImplementedError
