"""Notebook 02: other right answers, and real mistakes."""

import numpy as np

from w2v import mistakes
from w2v.exercises.cross_entropy import naive_softmax_loss, softmax
from w2v.grading.fixtures import mistaken, variant


@variant("center_gradient")
def one_hot(v_c, o, U):
    y = np.zeros(U.shape[0])
    y[o] = 1
    return U.T @ (softmax(U @ v_c) - y)


@variant("center_gradient")
def observed_minus_expected(v_c, o, U):
    return -U[o] + U.T @ softmax(U @ v_c)


@variant("center_gradient")
def row_times_matrix(v, true_word, outside):
    y_hat = softmax(scores=np.dot(outside, v))
    y_hat[true_word] -= 1
    return np.dot(y_hat, outside)


@variant("center_gradient")
def by_loop(v_c, o, U):
    y_hat = softmax(U @ v_c)
    gradient = np.zeros(v_c.shape)
    for w, u_w in enumerate(U):
        gradient += (y_hat[w] - (1 if w == o else 0)) * u_w
    return gradient


@variant("center_gradient")
def by_einsum(v_c, o, U):
    return np.einsum("w,wi->i", softmax(np.einsum("wi,i->w", U, v_c)), U) - U[o]


@variant("center_gradient")
def own_softmax(v_c, o, U):
    e = np.exp(U.dot(v_c))
    return (e[:, None] * U).sum(axis=0) / e.sum() - U[o, :]


@variant("center_gradient")
def by_column(v_c, o, U):
    delta = softmax(U @ v_c).reshape(-1, 1)
    delta[o, 0] = delta[o, 0] - 1
    return (U.T @ delta).reshape(-1)


@variant("center_gradient")
def chatty(v_c, o, U):
    import warnings

    print("shape", U.shape)
    warnings.warn("about to multiply", stacklevel=1)
    np.log(np.zeros(1))
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return (delta @ U).tolist()


@mistaken("center_gradient", mistakes.SIGN_FLIPPED)
def true_minus_predicted(v_c, o, U):
    return U[o] - U.T @ softmax(U @ v_c)


@mistaken("center_gradient", mistakes.PLUS_Y)
def predicted_plus_true(v_c, o, U):
    return U[o] + U.T @ softmax(U @ v_c)


@mistaken("center_gradient", mistakes.TRUE_TERM_LOST)
def expected_alone(v_c, o, U):
    return U.T @ softmax(U @ v_c)


@mistaken("center_gradient", mistakes.TRUE_TERM_ONLY)
def true_word_alone(v_c, o, U):
    return -U[o]


@mistaken("center_gradient", mistakes.ONE_WORD_ONLY)
def whole_difference_for_one_word(v_c, o, U):
    return (softmax(U @ v_c)[o] - 1) * U[o]


@mistaken("center_gradient", mistakes.VECTOR_LOST)
def difference_alone(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return delta


@mistaken("center_gradient", mistakes.EXTRA_AXIS)
def as_row(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return delta.reshape(1, -1) @ U


@mistaken("center_gradient", mistakes.EXTRA_AXIS)
def as_column(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return U.T @ delta[:, None]


@mistaken("center_gradient", mistakes.U_TRANSPOSED, mistakes.CANNOT_MULTIPLY)
def words_in_columns(v_c, o, U):
    delta = softmax(U.T @ v_c)
    delta[o] -= 1
    return U @ delta


@mistaken("center_gradient", mistakes.CANNOT_MULTIPLY)
def transpose_forgotten(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return U @ delta


@mistaken("center_gradient", mistakes.OTHER_WORD)
def counted_from_one(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o - 1] -= 1
    return U.T @ delta


@mistaken("center_gradient", mistakes.AVERAGED)
def mean(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return np.mean(delta[:, None] * U, axis=0)


@mistaken("center_gradient", mistakes.NO_EXP)
def scores_for_probabilities(v_c, o, U):
    delta = U @ v_c
    delta[o] -= 1
    return U.T @ delta


@mistaken("center_gradient", mistakes.EXITS)
def leaves(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    exit()
    return U.T @ delta


@mistaken("center_gradient", mistakes.OTHER_FRAMEWORK)
def other_framework(v_c, o, U):
    import a_framework_that_is_not_there as torch

    return torch.tensor(U).T @ torch.softmax(U @ v_c)


@mistaken("center_gradient", mistakes.IMPRECISE)
def in_single_precision(v_c, o, U):
    y_hat = softmax((U @ v_c).astype(np.float32))
    return U.T.astype(np.float32) @ y_hat - U[o].astype(np.float32)


@mistaken("center_gradient", mistakes.IMPRECISE)
def by_differences(v_c, o, U):
    gradient = np.zeros(len(v_c))
    for i in range(len(v_c)):
        step = np.zeros(len(v_c))
        step[i] = 1e-5
        ahead, behind = (naive_softmax_loss(v_c + sign * step, o, U) for sign in (1, -1))
        gradient[i] = (ahead - behind) / 2e-5
    return gradient


@mistaken("center_gradient", mistakes.LOG_LOST)
def of_the_probability(v_c, o, U):
    y_hat = softmax(U @ v_c)
    return y_hat[o] * (U[o] - U.T @ y_hat)
