"""Right answers to every exercise, as plain functions, for the tests of the package."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def scores(v_c: np.ndarray, U: np.ndarray) -> np.ndarray:
    return U @ v_c


def softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - np.max(scores))
    return e / np.sum(e)


def cross_entropy(y: np.ndarray, y_hat: np.ndarray) -> float:
    seen = y > 0
    return -np.sum(y[seen] * np.log(y_hat[seen]))


def naive_softmax_loss(v_c: np.ndarray, o: int, U: np.ndarray) -> float:
    z = U @ v_c
    z = z - np.max(z)
    return np.log(np.sum(np.exp(z))) - z[o]


def center_gradient(v_c: np.ndarray, o: int, U: np.ndarray) -> np.ndarray:
    return U.T @ softmax(U @ v_c) - U[o]


def outside_gradient(v_c: np.ndarray, o: int, U: np.ndarray) -> np.ndarray:
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return np.outer(delta, v_c)


def sigmoid(x: np.ndarray | float) -> np.ndarray | float:
    decay = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1 / (1 + decay), decay / (1 + decay))[()]


def sigmoid_derivative(x: np.ndarray | float) -> np.ndarray | float:
    return sigmoid(x) * sigmoid(-x)


def sigmoid_jacobian(x: np.ndarray) -> np.ndarray:
    return np.diag(sigmoid_derivative(x))


def draw_negatives(o: int, counts: np.ndarray, K: int, rng: np.random.Generator) -> np.ndarray:
    noise = np.asarray(counts, dtype=float) ** 0.75
    noise[o] = 0
    return rng.choice(len(noise), size=K, p=noise / noise.sum())


def negative_sampling_loss(
    v_c: np.ndarray, o: int, negatives: Sequence[int] | np.ndarray, U: np.ndarray
) -> float:
    z = -(U[negatives] @ v_c)
    return np.logaddexp(0, -(U[o] @ v_c)) + np.sum(np.logaddexp(0, -z))


def negative_sampling_center_gradient(
    v_c: np.ndarray, o: int, negatives: np.ndarray, U: np.ndarray
) -> np.ndarray:
    return -sigmoid(-(U[o] @ v_c)) * U[o] + sigmoid(U[negatives] @ v_c) @ U[negatives]


def negative_sampling_outside_rows(
    v_c: np.ndarray, o: int, negatives: np.ndarray, U: np.ndarray
) -> np.ndarray:
    delta = np.append(-sigmoid(-(U[o] @ v_c)), sigmoid(U[negatives] @ v_c))
    return np.outer(delta, v_c)


def add_rows(rows: np.ndarray, words: np.ndarray, n: int) -> np.ndarray:
    total = np.zeros((n, rows.shape[1]), dtype=rows.dtype)
    np.add.at(total, words, rows)
    return total


def skip_gram_loss(
    c: int, outside_words: Sequence[int], V: np.ndarray, U: np.ndarray, pair_loss: Callable
) -> float:
    loss = 0.0
    for o in outside_words:
        loss += pair_loss(V[c], o, U)
    return loss


def skip_gram_gradients(
    c: int, outside_words: Sequence[int], V: np.ndarray, U: np.ndarray, pair_gradients: Callable
) -> tuple[np.ndarray, np.ndarray]:
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for o in outside_words:
        dv_c, dU_pair = pair_gradients(V[c], o, U)
        dV[c] += dv_c
        dU += dU_pair
    return dV, dU


def batch_loss(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> float:
    Z = V @ U.T
    return np.sum(Y * np.logaddexp(0, -Z)) + np.sum((W - Y) * np.logaddexp(0, Z))


def batch_gradients(
    V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    G = W * sigmoid(V @ U.T) - Y
    return G @ U, G.T @ V


def sgd_update(x: np.ndarray, gradient: np.ndarray, learning_rate: float) -> np.ndarray:
    return x - learning_rate * gradient


SOLUTIONS: dict[str, Callable[..., Any]] = {
    name: function
    for name, function in list(globals().items())
    if callable(function) and getattr(function, "__module__", "") == __name__
}
