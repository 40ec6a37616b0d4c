"""Notebook 08: the step that every trainer takes."""

import numpy as np

from w2v.workbook import stub


@stub("08_train")
def sgd_update(x: np.ndarray, gradient: np.ndarray, learning_rate: float) -> np.ndarray:
    """One step of stochastic gradient descent.

    Args:
        x: parameters of any shape.
        gradient: the gradient of the loss at x, the same shape.
        learning_rate: the length of the step, > 0.

    Returns:
        The parameters after the step, a new array of x's shape.
    """
    raise NotImplementedError
