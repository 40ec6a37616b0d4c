# ruff: noqa: F811 - an answer's name need only be unique within its exercise
"""Notebook 04: other right answers, and real mistakes."""

import math

import numpy as np

from w2v import mistakes
from w2v.exercises.sigmoid import sigmoid, sigmoid_derivative
from w2v.grading.fixtures import mistaken, variant

# sigmoid


@variant("sigmoid")
def plain(x):
    return 1 / (1 + np.exp(-x))


@variant("sigmoid")
def by_tanh(x):
    return (1 + np.tanh(x / 2)) / 2


@variant("sigmoid")
def by_where(x):
    decay = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1, decay) / (1 + decay)


@variant("sigmoid")
def by_logaddexp(x):
    return np.exp(-np.logaddexp(0, -x))


@variant("sigmoid")
def vectorised(x):
    def one(t):
        return 1 / (1 + math.exp(-t)) if t >= 0 else math.exp(t) / (1 + math.exp(t))

    return np.vectorize(one)(x)


@variant("sigmoid")
def masked(x):
    z = np.atleast_1d(np.asarray(x, dtype=float))
    result = np.empty_like(z)
    positive = z >= 0
    result[positive] = 1 / (1 + np.exp(-z[positive]))
    result[~positive] = np.exp(z[~positive]) / (1 + np.exp(z[~positive]))
    return result.reshape(np.shape(x))


@variant("sigmoid")
def two_word_softmax(x):
    return np.exp(x - np.logaddexp(0, x))


@mistaken("sigmoid", mistakes.OVERFLOWS)
def ratio(x):
    return np.exp(x) / (1 + np.exp(x))


@mistaken("sigmoid", mistakes.NEGATIVE_SCORES)
def minus_lost(x):
    return 1 / (1 + np.exp(x))


@mistaken("sigmoid")
def for_arrays_only(x):
    return np.array([1 / (1 + np.exp(-t)) for t in x])


@mistaken("sigmoid", mistakes.NOT_NORMALISED)
def denominator(x):
    return 1 + np.exp(-x)


# sigmoid_derivative


@variant("sigmoid_derivative")
def product(x):
    return sigmoid(x) * (1 - sigmoid(x))


@variant("sigmoid_derivative")
def of_both_signs(x):
    return sigmoid(x) * sigmoid(-x)


@variant("sigmoid_derivative")
def difference_of_squares(x):
    s = sigmoid(x)
    return s - s**2


@variant("sigmoid_derivative")
def by_exponentials(x):
    decay = np.exp(-np.abs(x))
    return decay / (1 + decay) ** 2


@variant("sigmoid_derivative")
def by_cosh(x):
    return 1 / (2 * np.cosh(x / 2)) ** 2


@variant("sigmoid_derivative")
def by_tanh(x):
    return (1 - np.tanh(np.divide(x, 2)) ** 2) / 4


@mistaken("sigmoid_derivative", mistakes.FUNCTION_OF_SIGMA)
def takes_x_for_sigma(x):
    return x * (1 - x)


@mistaken("sigmoid_derivative", mistakes.SIGMOID_OF_SIGMOID)
def twice(x):
    return sigmoid(x) * sigmoid(1 - sigmoid(x))


@mistaken("sigmoid_derivative", mistakes.UNDIFFERENTIATED)
def the_function(x):
    return sigmoid(x)


@mistaken("sigmoid_derivative", mistakes.SIGN_FLIPPED)
def negative(x):
    return sigmoid(x) * (sigmoid(x) - 1)


@mistaken("sigmoid_derivative", mistakes.SQUARED)
def square(x):
    return sigmoid(x) ** 2


@mistaken("sigmoid_derivative", mistakes.IMPRECISE)
def by_differences(x):
    return (sigmoid(x + 1e-5) - sigmoid(x - 1e-5)) / 2e-5


# sigmoid_jacobian


@variant("sigmoid_jacobian")
def by_product(x):
    return np.eye(len(x)) * sigmoid_derivative(x)


@variant("sigmoid_jacobian")
def by_loop(x):
    jacobian = np.zeros((len(x), len(x)))
    for i, x_i in enumerate(x):
        jacobian[i, i] = sigmoid_derivative(x_i)
    return jacobian


@variant("sigmoid_jacobian")
def filled(x):
    jacobian = np.zeros((x.size, x.size))
    np.fill_diagonal(jacobian, sigmoid(x) * (1 - sigmoid(x)))
    return jacobian


@variant("sigmoid_jacobian")
def by_indices(x):
    n = x.shape[0]
    jacobian = np.zeros((n, n), dtype=x.dtype)
    jacobian[np.arange(n), np.arange(n)] = sigmoid_derivative(x)
    return jacobian


@variant("sigmoid_jacobian")
def by_einsum(x):
    return np.einsum("i,ij->ij", sigmoid_derivative(x), np.identity(len(x)))


@mistaken("sigmoid_jacobian", mistakes.NOT_A_MATRIX)
def vector(x):
    return sigmoid_derivative(x)


@mistaken("sigmoid_jacobian", mistakes.NOT_DIAGONAL)
def of_softmax(x):
    p = np.exp(x) / np.sum(np.exp(x))
    return np.diag(p) - np.outer(p, p)


@mistaken("sigmoid_jacobian", mistakes.NOT_DIAGONAL)
def full(x):
    return np.outer(sigmoid(x), 1 - sigmoid(x))


@mistaken("sigmoid_jacobian", mistakes.UNDIFFERENTIATED)
def diagonal_of_values(x):
    return np.diag(sigmoid(x))


@mistaken("sigmoid_jacobian", mistakes.SIGN_FLIPPED)
def negative(x):
    return -np.diag(sigmoid_derivative(x))
