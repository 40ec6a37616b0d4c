"""Notebook 03: other right answers, and real mistakes."""

import numpy as np

from w2v import mistakes
from w2v.exercises.cross_entropy import softmax
from w2v.grading.fixtures import mistaken, variant


@variant("outside_gradient")
def one_hot(v_c, o, U):
    y = np.eye(len(U))[o]
    return np.outer(softmax(U @ v_c) - y, v_c)


@variant("outside_gradient")
def by_newaxis(center, true_word, outside):
    delta = softmax(outside.dot(center))
    delta[true_word] -= 1
    return delta[:, np.newaxis] * center


@variant("outside_gradient")
def by_reshape(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] = delta[o] - 1
    return delta.reshape(-1, 1) @ v_c.reshape(1, -1)


@variant("outside_gradient")
def by_cases(v_c, o, U):
    y_hat = softmax(U @ v_c)
    gradient = np.empty_like(U)
    for w in range(len(U)):
        gradient[w] = (y_hat[w] - 1) * v_c if w == o else y_hat[w] * v_c
    return gradient


@variant("outside_gradient")
def row_corrected(v_c, o, U):
    gradient = np.einsum("w,i->wi", softmax(np.matmul(U, v_c)), v_c)
    gradient[o] -= v_c
    return gradient


@variant("outside_gradient")
def transposed_twice(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return np.outer(v_c, delta).T


@mistaken("outside_gradient", mistakes.SIGN_FLIPPED)
def true_minus_predicted(v_c, o, U):
    return np.outer(np.eye(len(U))[o] - softmax(U @ v_c), v_c)


@mistaken("outside_gradient", mistakes.TRANSPOSED)
def words_in_columns(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return np.outer(v_c, delta)


@mistaken("outside_gradient", mistakes.CANNOT_MULTIPLY)
def matrix_product_of_vectors(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return delta @ v_c.T


@mistaken("outside_gradient", mistakes.ONE_WORD_ONLY)
def only_row_o(v_c, o, U):
    gradient = np.zeros_like(U)
    gradient[o] = (softmax(U @ v_c)[o] - 1) * v_c
    return gradient


@mistaken("outside_gradient", mistakes.TRUE_TERM_LOST)
def no_case_for_o(v_c, o, U):
    return np.outer(softmax(U @ v_c), v_c)


@mistaken("outside_gradient", mistakes.TRUE_TERM_ONLY)
def minus_v_alone(v_c, o, U):
    gradient = np.zeros_like(U)
    gradient[o] = -v_c
    return gradient


@mistaken("outside_gradient", mistakes.BROADCAST)
def row_everywhere(v_c, o, U):
    gradient = np.zeros_like(U)
    gradient[:] = (softmax(U @ v_c)[o] - 1) * v_c
    return gradient


@mistaken("outside_gradient", mistakes.BROADCAST)
def center_gradient_everywhere(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return np.zeros_like(U) + delta @ U


@mistaken("outside_gradient", mistakes.OTHER_WORD)
def wrong_row(v_c, o, U):
    gradient = np.outer(softmax(U @ v_c), v_c)
    gradient[o - 1] -= v_c
    return gradient


@mistaken("outside_gradient", mistakes.VECTOR_LOST)
def difference_alone(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    return delta


@mistaken("outside_gradient", mistakes.PLUS_Y)
def predicted_plus_true(v_c, o, U):
    return np.outer(softmax(U @ v_c) + np.eye(len(U))[o], v_c)


@mistaken("outside_gradient", mistakes.MODIFIES_INPUT)
def into_the_input(v_c, o, U):
    delta = softmax(U @ v_c)
    delta[o] -= 1
    U[:] = np.outer(delta, v_c)
    return U


@mistaken("outside_gradient", mistakes.U_TRANSPOSED, mistakes.CANNOT_MULTIPLY)
def reads_columns(v_c, o, U):
    delta = softmax(U.T @ v_c)
    delta[o] -= 1
    return np.outer(v_c, delta)
