"""Notebook 00: other right answers, and real mistakes."""

import numpy as np

from w2v import mistakes
from w2v.grading.fixtures import mistaken, variant


@variant("scores")
def by_dot(v_c, U):
    return np.dot(U, v_c)


@variant("scores")
def vector_first(center, outside):
    return center @ outside.T


@variant("scores")
def by_einsum(v, U):
    return np.einsum("wi,i->w", U, v)


@variant("scores")
def by_loop(v_c, U):
    return np.array([sum(u_i * v_i for u_i, v_i in zip(u_w, v_c, strict=True)) for u_w in U])


@variant("scores")
def as_list(v_c, U):
    return [float(u_w @ v_c) for u_w in U]


@variant("scores")
def by_column(v_c, U):
    return (U @ v_c.reshape(-1, 1)).ravel()


@mistaken("scores", mistakes.NOT_SUMMED)
def entry_by_entry(v_c, U):
    return U * v_c


@mistaken("scores", mistakes.U_TRANSPOSED, mistakes.CANNOT_MULTIPLY)
def words_in_columns(v_c, U):
    return U.T @ v_c


@mistaken("scores", mistakes.EXTRA_AXIS)
def as_column(v_c, U):
    return U @ v_c[:, np.newaxis]


@mistaken("scores", mistakes.AVERAGED)
def mean(v_c, U):
    return np.mean(U * v_c, axis=1)


@mistaken("scores", mistakes.MODIFIES_INPUT)
def in_place(v_c, U):
    U *= v_c
    return U.sum(axis=1)
