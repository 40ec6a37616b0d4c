"""Notebook 08: other right answers, and real mistakes."""

import numpy as np

from w2v import mistakes
from w2v.grading.fixtures import mistaken, variant


@variant("sgd_update")
def added(x, gradient, learning_rate):
    return x + (-learning_rate) * gradient


@variant("sgd_update")
def on_a_copy(parameters, slope, rate):
    new = parameters.copy()
    new -= rate * slope
    return new


@variant("sgd_update")
def by_functions(x, gradient, learning_rate):
    return np.subtract(x, np.multiply(learning_rate, gradient))


@variant("sgd_update")
def by_loop(x, gradient, learning_rate):
    new = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        new[index] = x[index] - learning_rate * gradient[index]
    return new


@variant("sgd_update")
def step_first(x, gradient, learning_rate):
    step = gradient * learning_rate
    return -(step - x)


@mistaken("sgd_update", mistakes.CLIMBS)
def uphill(x, gradient, learning_rate):
    return x + learning_rate * gradient


@mistaken("sgd_update", mistakes.MODIFIES_INPUT)
def in_place(x, gradient, learning_rate):
    x -= learning_rate * gradient
    return x


@mistaken("sgd_update", mistakes.RATE_LOST)
def whole_gradient(x, gradient, learning_rate):
    return x - gradient


@mistaken("sgd_update", mistakes.START_LOST)
def step_alone(x, gradient, learning_rate):
    return -learning_rate * gradient


@mistaken("sgd_update")
def nothing_returned(x, gradient, learning_rate):
    x = x - learning_rate * gradient
