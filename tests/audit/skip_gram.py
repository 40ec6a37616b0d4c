# ruff: noqa: F811 - an answer's name need only be unique within its exercise
"""Notebook 06: other right answers, and real mistakes."""

import numpy as np

from w2v import mistakes
from w2v.grading.fixtures import mistaken, variant

# skip_gram_loss


@variant("skip_gram_loss")
def accumulated(c, outside_words, V, U, pair_loss):
    loss = 0.0
    for o in outside_words:
        loss += pair_loss(V[c], o, U)
    return loss


@variant("skip_gram_loss")
def by_list(c, outside_words, V, U, pair_loss):
    return np.sum([pair_loss(V[c, :], word, U) for word in outside_words])


@variant("skip_gram_loss")
def by_index(center, context, centers, outsides, loss_of_pair):
    v_c = centers[center].copy()
    losses = np.zeros(len(context))
    for j in range(len(context)):
        losses[j] = loss_of_pair(v_c, context[j], outsides)
    return losses.sum(keepdims=True)


@variant("skip_gram_loss")
def by_map(c, outside_words, V, U, pair_loss):
    return float(sum(map(lambda o: pair_loss(V[c], o, U), outside_words)))  # noqa: C417


@variant("skip_gram_loss")
def by_recursion(c, outside_words, V, U, pair_loss):
    def rest(j):
        if j == len(outside_words):
            return 0
        loss = pair_loss(V[c], outside_words[j], U)
        return loss + rest(j + 1)

    return rest(0)


@mistaken("skip_gram_loss", mistakes.AVERAGED)
def mean(c, outside_words, V, U, pair_loss):
    return np.mean([pair_loss(V[c], o, U) for o in outside_words])


@mistaken("skip_gram_loss", mistakes.FIRST_ONLY)
def returns_in_the_loop(c, outside_words, V, U, pair_loss):
    loss = 0.0
    for o in outside_words:
        loss += pair_loss(V[c], o, U)
        return loss


@mistaken("skip_gram_loss", mistakes.OVERWRITTEN)
def last_only(c, outside_words, V, U, pair_loss):
    for o in outside_words:
        loss = pair_loss(V[c], o, U)
    return loss


@mistaken("skip_gram_loss", mistakes.OVERWRITTEN)
def added_to_itself(c, outside_words, V, U, pair_loss):
    loss = 0.0
    for o in outside_words:
        loss = pair_loss(V[c], o, U)
        loss += loss
    return loss


@mistaken("skip_gram_loss", mistakes.U_FOR_V)
def matrices_exchanged(c, outside_words, V, U, pair_loss):
    return sum(pair_loss(U[c], o, V) for o in outside_words)


@mistaken("skip_gram_loss", mistakes.ROLES_EXCHANGED)
def roles_exchanged(c, outside_words, V, U, pair_loss):
    return sum(pair_loss(V[o], c, U) for o in outside_words)


@mistaken("skip_gram_loss", mistakes.REPEATS_ONCE)
def set_of_words(c, outside_words, V, U, pair_loss):
    return sum(pair_loss(V[c], o, U) for o in dict.fromkeys(outside_words))


@mistaken("skip_gram_loss", mistakes.CALLS)
def in_reverse(c, outside_words, V, U, pair_loss):
    return sum(pair_loss(V[c], o, U) for o in reversed(outside_words))


# skip_gram_gradients


@variant("skip_gram_gradients")
def summed_first(c, outside_words, V, U, pair_gradients):
    pairs = [pair_gradients(V[c], o, U) for o in outside_words]
    dV = np.zeros(V.shape)
    dV[c] = sum(dv for dv, _ in pairs)
    return dV, sum(dU for _, dU in pairs)


@variant("skip_gram_gradients")
def as_list(center, context, centers, outsides, gradients):
    dV, dU = 0 * centers, 0 * outsides
    for word in context:
        dv, du = gradients(centers[center], word, outsides)
        dV[center, :] = dV[center, :] + dv
        dU = dU + du
    return [dV, dU]


@variant("skip_gram_gradients")
def one_hot(c, outside_words, V, U, pair_gradients):
    dv_c, dU = np.zeros(V.shape[1]), np.zeros(U.shape)
    for j in range(len(outside_words)):
        gradients = pair_gradients(V[c], outside_words[j], U)
        dv_c += gradients[0]
        dU += gradients[1]
    return np.outer(np.eye(len(V))[c], dv_c), dU


@variant("skip_gram_gradients")
def by_stack(c, outside_words, V, U, pair_gradients):
    dvs, dUs = zip(*[pair_gradients(V[c], o, U) for o in outside_words], strict=True)
    dV = np.zeros_like(V, dtype=float)
    dV[c] = np.stack(dvs).sum(axis=0)
    return dV, np.stack(dUs).sum(axis=0)


@variant("skip_gram_gradients")
def by_mask(c, outside_words, V, U, pair_gradients):
    total_v, total_U = 0.0, 0.0
    for o in outside_words:
        dv, dU = pair_gradients(V[c], o, U)
        total_v, total_U = total_v + dv, total_U + dU
    return np.where(np.arange(len(V))[:, None] == c, total_v, 0.0), total_U


@mistaken("skip_gram_gradients", mistakes.OVERWRITTEN)
def accumulator_overwritten(c, outside_words, V, U, pair_gradients):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for o in outside_words:
        dv_c, dU = pair_gradients(V[c], o, U)
        dV[c] += dv_c
        dU += dU
    return dV, dU


@mistaken("skip_gram_gradients", mistakes.OVERWRITTEN)
def assigned(c, outside_words, V, U, pair_gradients):
    dV = np.zeros_like(V)
    dU = np.zeros_like(U)
    for o in outside_words:
        dv_c, dU_pair = pair_gradients(V[c], o, U)
        dV[c] = dv_c
        dU += dU_pair
    return dV, dU


@mistaken("skip_gram_gradients", mistakes.BROADCAST)
def every_row(c, outside_words, V, U, pair_gradients):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for o in outside_words:
        dv_c, dU_pair = pair_gradients(V[c], o, U)
        dV += dv_c
        dU += dU_pair
    return dV, dU


@mistaken("skip_gram_gradients", mistakes.OUTSIDE_ROW)
def rows_of_outside_words(c, outside_words, V, U, pair_gradients):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for o in outside_words:
        dv_c, dU_pair = pair_gradients(V[c], o, U)
        dV[o] += dv_c
        dU += dU_pair
    return dV, dU


@mistaken("skip_gram_gradients", mistakes.AVERAGED)
def mean(c, outside_words, V, U, pair_gradients):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for o in outside_words:
        dv_c, dU_pair = pair_gradients(V[c], o, U)
        dV[c] += dv_c / len(outside_words)
        dU += dU_pair / len(outside_words)
    return dV, dU


@mistaken("skip_gram_gradients", mistakes.FIRST_ONLY)
def first_word(c, outside_words, V, U, pair_gradients):
    dV = np.zeros_like(V)
    dV[c], dU = pair_gradients(V[c], outside_words[0], U)
    return dV, dU


@mistaken("skip_gram_gradients", mistakes.EXCHANGED)
def exchanged(c, outside_words, V, U, pair_gradients):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for o in outside_words:
        dv_c, dU_pair = pair_gradients(V[c], o, U)
        dV[c] += dv_c
        dU += dU_pair
    return dU, dV


@mistaken("skip_gram_gradients", mistakes.ROW_ONLY)
def row_of_center(c, outside_words, V, U, pair_gradients):
    dv, dU = np.zeros(V.shape[1]), np.zeros_like(U)
    for o in outside_words:
        dv_c, dU_pair = pair_gradients(V[c], o, U)
        dv += dv_c
        dU += dU_pair
    return dv, dU


@mistaken("skip_gram_gradients", mistakes.CALLS)
def called_twice(c, outside_words, V, U, pair_gradients):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for o in outside_words:
        dV[c] += pair_gradients(V[c], o, U)[0]
        dU += pair_gradients(V[c], o, U)[1]
    return dV, dU


@mistaken("skip_gram_gradients")
def one_result(c, outside_words, V, U, pair_gradients):
    return sum(pair_gradients(V[c], o, U)[1] for o in outside_words)
