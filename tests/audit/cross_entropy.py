# ruff: noqa: F811 - an answer's name need only be unique within its exercise
"""Notebook 01: other right answers, and real mistakes."""

import math

import numpy as np

from w2v import mistakes
from w2v.exercises.cross_entropy import cross_entropy, softmax
from w2v.grading.fixtures import mistaken, variant

# softmax


@variant("softmax")
def normalised_in_place(x):
    p = np.exp(x - x.max())
    p /= p.sum()
    return p


@variant("softmax")
def by_log(x):
    shifted = x - np.amax(x)
    return np.exp(shifted - np.log(np.sum(np.exp(shifted))))


@variant("softmax")
def by_list(scores):
    largest = max(scores)
    weights = [math.exp(s - largest) for s in scores]
    return [w / sum(weights) for w in weights]


@variant("softmax")
def in_double_precision(scores):
    e = np.exp(np.asarray(scores, dtype=np.float64) - np.max(scores))
    return e / e.sum()


@variant("softmax")
def as_ratio_of_differences(scores):
    return 1 / np.exp(scores[np.newaxis, :] - scores[:, np.newaxis]).sum(axis=1)


@variant("softmax")
def one_row(scores):
    rows = scores.reshape(1, -1) - scores.max()
    return (np.exp(rows) / np.sum(np.exp(rows), axis=1, keepdims=True))[0]


@mistaken("softmax", mistakes.OVERFLOWS)
def without_shift(scores):
    return np.exp(scores) / np.sum(np.exp(scores))


@mistaken("softmax", mistakes.NOT_NORMALISED)
def exponentials(scores):
    return np.exp(scores - np.max(scores))


@mistaken("softmax", mistakes.NO_EXP)
def plain_ratio(scores):
    return scores / np.sum(scores)


@mistaken("softmax", mistakes.MODIFIES_INPUT)
def shifts_the_input(scores):
    scores -= np.max(scores)
    return np.exp(scores) / np.sum(np.exp(scores))


@mistaken("softmax", mistakes.NEGATIVE_SCORES)
def improbable_first(scores):
    weights = np.exp(np.min(scores) - scores)
    return weights / weights.sum()


@mistaken("softmax", mistakes.EXTRA_AXIS)
def kept_as_row(scores):
    row = scores.reshape(1, -1)
    weights = np.exp(row - row.max())
    return weights / weights.sum()


# cross_entropy


@variant("cross_entropy")
def by_where(y, y_hat):
    return -np.sum(np.where(y > 0, y * np.log(np.where(y > 0, y_hat, 1)), 0))


@variant("cross_entropy")
def by_loop(y, y_hat):
    total = 0.0
    for p, q in zip(y, y_hat, strict=True):
        if p > 0:
            total -= p * np.log(q)
    return total


@variant("cross_entropy")
def by_dot(true, predicted):
    rows = np.flatnonzero(true)
    return np.dot(true[rows], -np.log(predicted[rows]))


@variant("cross_entropy")
def shape_one(y, y_hat):
    logs = np.log(y_hat, where=y > 0, out=np.zeros(len(y)))
    return -(y.reshape(1, -1) @ logs)


@variant("cross_entropy")
def python_float(y, y_hat):
    return float(sum(p * math.log(1 / q) for p, q in zip(y, y_hat, strict=True) if p))


@mistaken("cross_entropy", mistakes.SIGN_FLIPPED)
def without_minus(y, y_hat):
    seen = y > 0
    return np.sum(y[seen] * np.log(y_hat[seen]))


@mistaken("cross_entropy", mistakes.ZERO_TIMES_LOG)
def with_zeros(y, y_hat):
    return -np.sum(y * np.log(y_hat))


@mistaken("cross_entropy", mistakes.AVERAGED)
def mean(y, y_hat):
    logs = np.log(np.where(y > 0, y_hat, 1))
    return -np.mean(y * logs)


@mistaken("cross_entropy", mistakes.Y_EXCHANGED)
def exchanged(y, y_hat):
    seen = y_hat > 0
    return -np.sum(y_hat[seen] * np.log(y[seen]))


@mistaken("cross_entropy", mistakes.OTHER_LOG)
def in_bits(y, y_hat):
    seen = y > 0
    return -np.sum(y[seen] * np.log2(y_hat[seen]))


@mistaken("cross_entropy", mistakes.LOG_LOST)
def of_probabilities(y, y_hat):
    return -np.sum(y * y_hat)


@mistaken("cross_entropy", mistakes.ONE_WORD_ONLY)
def most_probable_word(y, y_hat):
    return -np.log(y_hat[np.argmax(y)])


@mistaken("cross_entropy", mistakes.IMPRECISE)
def with_safety_term(y, y_hat):
    return -np.sum(y * np.log(y_hat + 1e-8))


# naive_softmax_loss


@variant("naive_softmax_loss", loses="large")
def minus_log_of_softmax(v_c, o, U):
    return -np.log(softmax(U @ v_c)[o])


@variant("naive_softmax_loss", loses="large")
def one_hot(v_c, o, U):
    return cross_entropy(y=np.eye(len(U))[o], y_hat=softmax(U @ v_c))


@variant("naive_softmax_loss", loses="large")
def without_softmax(center, true_word, outside):
    z = np.matmul(outside, center)
    return np.log(np.sum(np.exp(z))) - z[true_word]


@variant("naive_softmax_loss", loses="large")
def as_zero_dimensional(v_c, o, U):
    return np.array(-np.log(np.exp(U[o] @ v_c) / sum(np.exp(u @ v_c) for u in U)))


@variant("naive_softmax_loss", loses="large")
def shape_one(v_c, o, U):
    column = v_c.reshape(-1, 1)
    y_hat = softmax((U @ column).ravel())
    return -np.log(y_hat[o : o + 1])


@variant("naive_softmax_loss")
def stable(v_c, o, U):
    differences = (U - U[o]) @ v_c
    largest = differences.max()
    return largest + np.log(np.exp(differences - largest).sum())


@mistaken("naive_softmax_loss", mistakes.SIGN_FLIPPED)
def log_likelihood(v_c, o, U):
    return np.log(softmax(U @ v_c)[o])


@mistaken("naive_softmax_loss", mistakes.WHOLE_VOCABULARY)
def all_words(v_c, o, U):
    return -np.sum(np.log(softmax(U @ v_c)))


@mistaken("naive_softmax_loss", mistakes.LOG_LOST)
def probability(v_c, o, U):
    return softmax(U @ v_c)[o]


@mistaken("naive_softmax_loss", mistakes.OTHER_WORD)
def counted_from_one(v_c, o, U):
    return -np.log(softmax(U @ v_c)[o - 1])


@mistaken("naive_softmax_loss", mistakes.AVERAGED)
def mean(v_c, o, U):
    return np.mean(-np.log(softmax(U @ v_c)) * np.eye(len(U))[o])


@mistaken("naive_softmax_loss", mistakes.U_TRANSPOSED, mistakes.CANNOT_MULTIPLY)
def words_in_columns(v_c, o, U):
    return -np.log(softmax(v_c @ U)[o])


@mistaken("naive_softmax_loss", mistakes.TRUE_TERM_ONLY)
def score_alone(v_c, o, U):
    return -U[o] @ v_c
