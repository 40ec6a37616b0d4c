"""The losses of the course, as plain formulas: the one truth that every check compares with.

No gradient is written here or anywhere else in `w2v`: where a check needs one, it is the
complex-step derivative (`w2v.numeric`) of a loss of this module. So every formula accepts complex
arrays, and branches on the real part only: `abs`, `max` and `logaddexp` drop the imaginary part
that carries the derivative.

While a student's answer runs, these functions are closed (`w2v.guard`).

n is the number of words, d the dimension; a word's vector is a row of U (outside) or V (center).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from w2v.guard import guarded

Array = np.ndarray[Any, np.dtype[Any]]
PairLoss = Callable[[Array, int, Array], Any]


@guarded
def log_sum_exp(x: Array) -> Any:
    """log sum_w exp(x_w) of a vector of shape (n,), without overflow."""
    shift = np.max(x.real)
    return shift + np.log(np.sum(np.exp(x - shift)))


@guarded
def log_sigmoid(x: Array) -> Array:
    """log sigma(x) elementwise, any shape, without overflow at either end."""
    x = np.asarray(x)
    positive = x.real > 0
    decay = np.exp(np.where(positive, -x, x))
    return np.where(positive, 0.0, x) - np.log1p(decay)


@guarded
def sigmoid(x: Array) -> Array:
    """sigma(x) = 1 / (1 + exp(-x)) elementwise, any shape (question d)."""
    return np.exp(log_sigmoid(x))


@guarded
def softmax(scores: Array) -> Array:
    """y_hat_w = exp(score_w) / sum_v exp(score_v), shape (n,)."""
    weights = np.exp(scores - np.max(scores.real))
    return weights / np.sum(weights)


@guarded
def cross_entropy(y: Array, y_hat: Array) -> Any:
    """-sum_w y_w log y_hat_w over the words with y_w > 0 (question a); y, y_hat of shape (n,)."""
    seen = np.asarray(y).real > 0
    return -np.sum(y[seen] * np.log(y_hat[seen]))


@guarded
def naive_softmax_loss(v_c: Array, o: int, U: Array) -> Any:
    """-log P(O = o | C = c) = log sum_w exp(u_w.v_c) - u_o.v_c; v_c (d,), U (n, d)."""
    scores = U @ v_c
    return log_sum_exp(scores) - scores[o]


@guarded
def negative_sampling_loss(v_c: Array, o: int, negatives: Sequence[int] | Array, U: Array) -> Any:
    """-log sigma(u_o.v_c) - sum_k log sigma(-u_k.v_c), a sum over slots (question e)."""
    return -log_sigmoid(U[o] @ v_c) - np.sum(log_sigmoid(-(U[np.asarray(negatives)] @ v_c)))


@guarded
def skip_gram_loss(
    c: int, outside_words: Sequence[int] | Array, V: Array, U: Array, pair_loss: PairLoss
) -> Any:
    """sum_j J(v_c, w_{t+j}, U) over the outside words of one window (question f)."""
    return sum(pair_loss(V[c], int(o), U) for o in outside_words)


@guarded
def batch_loss(V: Array, U: Array, Y: Array, W: Array) -> Any:
    """-sum(Y log sigma(Z)) - sum((W - Y) log sigma(-Z)), Z = V U^T; V (T, d), U (C, d).

    Y and W, both (T, C), hold the positive and the total weights of each pair.
    """
    Z = V @ U.T
    return -np.sum(Y * log_sigmoid(Z)) - np.sum((W - Y) * log_sigmoid(-Z))
