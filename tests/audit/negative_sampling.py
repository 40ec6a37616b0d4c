# ruff: noqa: F811 - an answer's name need only be unique within its exercise
"""Notebook 05: other right answers, and real mistakes."""

import random
from collections import Counter

import numpy as np

from w2v import mistakes
from w2v.exercises.negative_sampling import negative_sampling_loss
from w2v.exercises.sigmoid import sigmoid, sigmoid_derivative
from w2v.grading.fixtures import mistaken, variant

# draw_negatives


@variant("draw_negatives")
def without_o(o, counts, K, rng):
    words = np.delete(np.arange(len(counts)), o)
    weights = counts[words] ** 0.75
    return words[rng.choice(len(words), size=K, p=weights / weights.sum())]


@variant("draw_negatives")
def resampled(o, counts, K, rng):
    p = np.asarray(counts) ** (3 / 4)
    p = p / p.sum()
    words = rng.choice(len(p), K, p=p)
    while np.any(words == o):
        again = words == o
        words[again] = rng.choice(len(p), again.sum(), p=p)
    return words


@variant("draw_negatives")
def one_by_one(o, counts, K, rng):
    weights = [0 if w == o else count**0.75 for w, count in enumerate(counts)]
    p = np.array(weights) / sum(weights)
    return [int(rng.choice(len(p), p=p)) for _ in range(K)]


@variant("draw_negatives")
def by_cumulative_sum(o, counts, K, rng):
    weights = np.power(counts, 0.75, dtype=float)
    weights[o] = 0.0
    edges = np.cumsum(weights)
    return np.searchsorted(edges, rng.random(K) * edges[-1], side="right")


@variant("draw_negatives")
def by_gumbel(o, counts, K, rng):
    with np.errstate(divide="ignore"):
        logits = 0.75 * np.log(counts.astype(float))
    logits[o] = -np.inf
    return np.argmax(logits + rng.gumbel(size=(K, len(counts))), axis=1)


@variant("draw_negatives")
def through_rejection(o, counts, K, rng):
    counts = list(counts)
    p = np.array([c**0.75 for c in counts])
    drawn = []
    while len(drawn) < K:
        more = rng.choice(len(p), size=K, p=p / p.sum())
        drawn.extend(more[more != o].tolist())
    return np.array(drawn[:K], dtype=np.int32)


@mistaken("draw_negatives", mistakes.UNIFORM_NOISE)
def uniform(o, counts, K, rng):
    return rng.choice(np.flatnonzero((counts > 0) & (np.arange(len(counts)) != o)), size=K)


@mistaken("draw_negatives", mistakes.OTHER_EXPONENT)
def plain_counts(o, counts, K, rng):
    weights = counts.astype(float)
    weights[o] = 0
    return rng.choice(len(counts), size=K, p=weights / weights.sum())


@mistaken("draw_negatives", mistakes.OTHER_EXPONENT)
def square_root(o, counts, K, rng):
    weights = np.sqrt(counts)
    weights[o] = 0
    return rng.choice(len(counts), size=K, p=weights / weights.sum())


@mistaken("draw_negatives", mistakes.O_DRAWN)
def with_o(o, counts, K, rng):
    weights = counts**0.75
    return rng.choice(len(counts), size=K, p=weights / weights.sum())


@mistaken("draw_negatives", mistakes.O_DRAWN)
def resampled_once(o, counts, K, rng):
    p = counts**0.75 / np.sum(counts**0.75)
    words = rng.choice(len(p), K, p=p)
    return np.where(words == o, rng.choice(len(p), K, p=p), words)


@mistaken("draw_negatives", mistakes.BADLY_REPLACED)
def next_word_instead(o, counts, K, rng):
    p = counts**0.75 / np.sum(counts**0.75)
    words = rng.choice(len(p), K, p=p)
    return np.where(words == o, (o + 1) % len(p), words)


@mistaken("draw_negatives", mistakes.NO_REPEATS)
def without_replacement(o, counts, K, rng):
    weights = counts**0.75
    weights[o] = 0
    return rng.choice(len(counts), size=K, replace=False, p=weights / weights.sum())


@mistaken("draw_negatives", mistakes.NO_REPEATS)
def without_replacement_where_possible(o, counts, K, rng):
    weights = counts**0.75
    weights[o] = 0
    many = np.count_nonzero(weights) < K
    return rng.choice(len(counts), size=K, replace=many, p=weights / weights.sum())


@mistaken("draw_negatives", mistakes.OTHER_RANDOMNESS)
def own_generator(o, counts, K, rng):
    weights = counts**0.75
    weights[o] = 0
    return np.random.default_rng(0).choice(len(counts), size=K, p=weights / weights.sum())


@mistaken("draw_negatives", mistakes.OTHER_RANDOMNESS)
def global_state(o, counts, K, rng):
    weights = counts**0.75
    weights[o] = 0
    return np.random.choice(len(counts), size=K, p=weights / weights.sum())


@mistaken("draw_negatives", mistakes.OTHER_RANDOMNESS)
def standard_library(o, counts, K, rng):
    weights = [0 if w == o else count**0.75 for w, count in enumerate(counts)]
    rng.random()
    return random.choices(range(len(counts)), weights, k=K)


@mistaken("draw_negatives", mistakes.MODIFIES_INPUT)
def clears_the_count(o, counts, K, rng):
    counts[o] = 0
    weights = counts**0.75
    return rng.choice(len(counts), size=K, p=weights / weights.sum())


# negative_sampling_loss


@variant("negative_sampling_loss")
def logs_of_sigmoids(v_c, o, negatives, U):
    return -np.log(sigmoid(U[o] @ v_c)) - np.sum(np.log(sigmoid(-U[negatives] @ v_c)))


@variant("negative_sampling_loss")
def one_minus_sigmoid(v, true_word, samples, outside):
    loss = -np.log(1 / (1 + np.exp(-outside[true_word].dot(v))))
    for k in samples:
        loss -= np.log(1 - 1 / (1 + np.exp(-outside[k].dot(v))))
    return loss


@variant("negative_sampling_loss")
def stable(v_c, o, negatives, U):
    scores = U[np.append(o, negatives)] @ v_c
    scores[0] *= -1
    return float(np.logaddexp(0, scores).sum())


@variant("negative_sampling_loss")
def by_log1p(v_c, o, negatives, U):
    signs = np.ones(len(negatives) + 1)
    signs[0] = -1
    return np.array([np.log1p(np.exp(signs * (U[[o, *negatives]] @ v_c))).sum()])


@variant("negative_sampling_loss")
def over_the_vocabulary(v_c, o, negatives, U):
    times = np.bincount(negatives, minlength=len(U))
    return -np.log(sigmoid(U[o] @ v_c)) - times @ np.log(sigmoid(-(U @ v_c)))


@mistaken("negative_sampling_loss", mistakes.MINUS_IN_SIGMA)
def minus_lost(v_c, o, negatives, U):
    return -np.log(sigmoid(U[o] @ v_c)) - np.sum(np.log(sigmoid(U[negatives] @ v_c)))


@mistaken("negative_sampling_loss", mistakes.POSITIVE_SIGN)
def positive_flipped(v_c, o, negatives, U):
    return np.log(sigmoid(U[o] @ v_c)) - np.sum(np.log(sigmoid(-U[negatives] @ v_c)))


@mistaken("negative_sampling_loss", mistakes.NEGATIVE_SIGN)
def negatives_flipped(v_c, o, negatives, U):
    return -np.log(sigmoid(U[o] @ v_c)) + np.sum(np.log(sigmoid(-U[negatives] @ v_c)))


@mistaken("negative_sampling_loss", mistakes.AVERAGED)
def mean_of_negatives(v_c, o, negatives, U):
    return -np.log(sigmoid(U[o] @ v_c)) - np.mean(np.log(sigmoid(-U[negatives] @ v_c)))


@mistaken("negative_sampling_loss", mistakes.REPEATS_ONCE)
def set_of_negatives(v_c, o, negatives, U):
    return -np.log(sigmoid(U[o] @ v_c)) - sum(
        np.log(sigmoid(-U[k] @ v_c)) for k in set(negatives.tolist())
    )


@mistaken("negative_sampling_loss", mistakes.WHOLE_VOCABULARY)
def all_words(v_c, o, negatives, U):
    others = np.delete(U, o, axis=0)
    return -np.log(sigmoid(U[o] @ v_c)) - np.sum(np.log(sigmoid(-others @ v_c)))


@mistaken("negative_sampling_loss", mistakes.POSITIVE_LOST)
def negatives_alone(v_c, o, negatives, U):
    return -np.sum(np.log(sigmoid(-U[negatives] @ v_c)))


@mistaken("negative_sampling_loss", mistakes.LOG_LOST)
def without_log(v_c, o, negatives, U):
    return -sigmoid(U[o] @ v_c) - np.sum(sigmoid(-U[negatives] @ v_c))


@mistaken("negative_sampling_loss", mistakes.SIGN_FLIPPED)
def log_likelihood(v_c, o, negatives, U):
    return np.log(sigmoid(U[o] @ v_c)) + np.sum(np.log(sigmoid(-U[negatives] @ v_c)))


# negative_sampling_center_gradient


@variant("negative_sampling_center_gradient")
def by_terms(v_c, o, negatives, U):
    gradient = (sigmoid(U[o] @ v_c) - 1) * U[o]
    for k in negatives:
        gradient = gradient + (1 - sigmoid(-U[k] @ v_c)) * U[k]
    return gradient


@variant("negative_sampling_center_gradient")
def all_slots_at_once(v_c, o, negatives, U):
    slots = U[np.append(o, negatives)]
    delta = sigmoid(slots @ v_c)
    delta[0] -= 1
    return slots.T @ delta


@variant("negative_sampling_center_gradient")
def by_einsum(v, true_word, samples, outside):
    pull = -sigmoid(-np.dot(outside[true_word], v)) * outside[true_word]
    push = np.einsum("k,ki->i", sigmoid(outside[samples] @ v), outside[samples])
    return pull + push


@variant("negative_sampling_center_gradient")
def with_counts(v_c, o, negatives, U):
    words, times = np.unique(negatives, return_counts=True)
    push = (times * sigmoid(U[words] @ v_c)) @ U[words]
    return push - (1 - sigmoid(np.dot(U[o], v_c))) * U[o]


@variant("negative_sampling_center_gradient")
def own_sigmoid(v_c, o, negatives, U):
    def sigma(x):
        return 1.0 / (1.0 + np.exp(-x))

    result = np.zeros_like(v_c)
    result += U[o] * (sigma(U[o].dot(v_c)) - 1)
    result += np.sum([U[k] * sigma(U[k].dot(v_c)) for k in negatives], axis=0)
    return result


@variant("negative_sampling_center_gradient")
def with_counter(v_c, o, negatives, U):
    push = sum(m * sigmoid(U[k] @ v_c) * U[k] for k, m in Counter(negatives.tolist()).items())
    return push - sigmoid(-(U[o] @ v_c)) * U[o]


@mistaken("negative_sampling_center_gradient", mistakes.MINUS_IN_SIGMA)
def minus_lost(v_c, o, negatives, U):
    pull = (sigmoid(U[o] @ v_c) - 1) * U[o]
    return pull + (1 - sigmoid(U[negatives] @ v_c)) @ U[negatives]


@mistaken("negative_sampling_center_gradient", mistakes.MINUS_IN_SIGMA)
def minus_lost_for_the_true_word(v_c, o, negatives, U):
    return -sigmoid(U[o] @ v_c) * U[o] + sigmoid(U[negatives] @ v_c) @ U[negatives]


@mistaken("negative_sampling_center_gradient", mistakes.POSITIVE_SIGN)
def positive_flipped(v_c, o, negatives, U):
    return (1 - sigmoid(U[o] @ v_c)) * U[o] + sigmoid(U[negatives] @ v_c) @ U[negatives]


@mistaken("negative_sampling_center_gradient", mistakes.NEGATIVE_SIGN)
def negatives_flipped(v_c, o, negatives, U):
    return (sigmoid(U[o] @ v_c) - 1) * U[o] - sigmoid(U[negatives] @ v_c) @ U[negatives]


@mistaken("negative_sampling_center_gradient", mistakes.SIGN_FLIPPED)
def all_flipped(v_c, o, negatives, U):
    return (1 - sigmoid(U[o] @ v_c)) * U[o] - sigmoid(U[negatives] @ v_c) @ U[negatives]


@mistaken("negative_sampling_center_gradient", mistakes.REPEATS_ONCE)
def set_of_negatives(v_c, o, negatives, U):
    words = np.unique(negatives)
    return (sigmoid(U[o] @ v_c) - 1) * U[o] + sigmoid(U[words] @ v_c) @ U[words]


@mistaken("negative_sampling_center_gradient", mistakes.AVERAGED)
def mean_of_negatives(v_c, o, negatives, U):
    push = np.mean(sigmoid(U[negatives] @ v_c)[:, None] * U[negatives], axis=0)
    return (sigmoid(U[o] @ v_c) - 1) * U[o] + push


@mistaken("negative_sampling_center_gradient", mistakes.FIRST_NEGATIVE_ONLY)
def accumulator_overwritten(v_c, o, negatives, U):
    pull = (sigmoid(U[o] @ v_c) - 1) * U[o]
    for k in negatives:
        gradient = pull + sigmoid(U[k] @ v_c) * U[k]
    return gradient


@mistaken("negative_sampling_center_gradient", mistakes.NEGATIVES_LOST)
def positive_alone(v_c, o, negatives, U):
    return (sigmoid(U[o] @ v_c) - 1) * U[o]


@mistaken("negative_sampling_center_gradient", mistakes.WHOLE_VOCABULARY)
def all_words(v_c, o, negatives, U):
    delta = sigmoid(U @ v_c)
    delta[o] -= 1
    return U.T @ delta


@mistaken("negative_sampling_center_gradient", mistakes.SIGMA_SLOPE)
def slopes(v_c, o, negatives, U):
    pull = -sigmoid_derivative(U[o] @ v_c) * U[o]
    return pull + sigmoid_derivative(U[negatives] @ v_c) @ U[negatives]


@mistaken("negative_sampling_center_gradient", mistakes.EXTRA_AXIS)
def as_row(v_c, o, negatives, U):
    push = sigmoid(U[negatives] @ v_c)[np.newaxis] @ U[negatives]
    return (sigmoid(U[o] @ v_c) - 1) * U[[o]] + push


@mistaken("negative_sampling_center_gradient", mistakes.IMPRECISE)
def by_differences(v_c, o, negatives, U):
    steps = 1e-5 * np.eye(len(v_c))
    ahead = [negative_sampling_loss(v_c + step, o, negatives, U) for step in steps]
    behind = [negative_sampling_loss(v_c - step, o, negatives, U) for step in steps]
    return np.subtract(ahead, behind) / 2e-5


# negative_sampling_outside_rows


@variant("negative_sampling_outside_rows")
def by_outer(v_c, o, negatives, U):
    delta = sigmoid(U[np.append(o, negatives)] @ v_c)
    delta[0] -= 1
    return np.outer(delta, v_c)


@variant("negative_sampling_outside_rows")
def by_loop(v, true_word, samples, outside):
    rows = [(sigmoid(outside[true_word] @ v) - 1) * v]
    for k in samples:
        rows.append(sigmoid(outside[k] @ v) * v)
    return np.array(rows)


@variant("negative_sampling_outside_rows")
def stacked(v_c, o, negatives, U):
    pull = -sigmoid(-(U[o] @ v_c)) * v_c
    push = (1 - sigmoid(-U[negatives] @ v_c))[:, np.newaxis] * v_c
    return np.vstack([pull, push])


@variant("negative_sampling_outside_rows")
def filled(v_c, o, negatives, U):
    rows = np.empty((len(negatives) + 1, len(v_c)))
    rows[0] = v_c * (sigmoid(np.inner(U[o], v_c)) - 1)
    rows[1:] = np.einsum("k,i->ki", sigmoid(np.einsum("ki,i->k", U[negatives], v_c)), v_c)
    return rows


@variant("negative_sampling_outside_rows")
def minus_labels(v_c, o, negatives, U):
    labels = np.array([1] + [0] * len(negatives))
    scores = np.concatenate(([U[o].dot(v_c)], U[negatives].dot(v_c)))
    return (sigmoid(scores) - labels).reshape(-1, 1) * v_c.reshape(1, -1)


@mistaken("negative_sampling_outside_rows", mistakes.MINUS_IN_SIGMA)
def rows_without_minus(v_c, o, negatives, U):
    scores = U[np.append(o, negatives)] @ v_c
    delta = 1 - sigmoid(scores)
    delta[0] *= -1
    return np.outer(delta, v_c)


@mistaken("negative_sampling_outside_rows", mistakes.POSITIVE_SIGN)
def pull_flipped(v_c, o, negatives, U):
    delta = sigmoid(U[np.append(o, negatives)] @ v_c)
    delta[0] = 1 - delta[0]
    return np.outer(delta, v_c)


@mistaken("negative_sampling_outside_rows", mistakes.TRANSPOSED)
def slots_in_columns(v_c, o, negatives, U):
    delta = sigmoid(U[np.append(o, negatives)] @ v_c)
    delta[0] -= 1
    return np.outer(v_c, delta)


@mistaken("negative_sampling_outside_rows", mistakes.OTHER_VECTOR)
def own_vectors(v_c, o, negatives, U):
    slots = U[np.append(o, negatives)]
    delta = sigmoid(slots @ v_c)
    delta[0] -= 1
    return delta[:, np.newaxis] * slots


@mistaken("negative_sampling_outside_rows", mistakes.POSITIVE_LAST)
def true_word_last(v_c, o, negatives, U):
    delta = sigmoid(U[np.append(negatives, o)] @ v_c)
    delta[-1] -= 1
    return np.outer(delta, v_c)


@mistaken("negative_sampling_outside_rows", mistakes.ADDED_UP)
def by_word(v_c, o, negatives, U):
    gradient = np.zeros_like(U)
    np.add.at(gradient, negatives, sigmoid(U[negatives] @ v_c)[:, None] * v_c)
    gradient[o] += (sigmoid(U[o] @ v_c) - 1) * v_c
    return gradient


@mistaken("negative_sampling_outside_rows", mistakes.CANNOT_MULTIPLY)
def matrix_product_of_vectors(v_c, o, negatives, U):
    delta = sigmoid(U[np.append(o, negatives)] @ v_c)
    delta[0] -= 1
    return delta @ v_c


@mistaken("negative_sampling_outside_rows", mistakes.VECTOR_LOST)
def numbers_alone(v_c, o, negatives, U):
    delta = sigmoid(U[np.append(o, negatives)] @ v_c)
    delta[0] -= 1
    return delta


# add_rows


@variant("add_rows")
def add_at(rows, words, n):
    total = np.zeros((n, rows.shape[1]))
    np.add.at(total, words, rows)
    return total


@variant("add_rows")
def by_loop_over_slots(rows, words, n):
    total = np.zeros((n, len(rows[0])), dtype=rows.dtype)
    for slot, word in enumerate(words):
        total[word] += rows[slot]
    return total


@variant("add_rows")
def by_one_hot(gradients, slots, size):
    return (np.arange(size)[:, np.newaxis] == slots).astype(float) @ gradients


@variant("add_rows")
def by_masks(rows, words, n):
    return np.array([rows[words == w].sum(axis=0) for w in range(n)])


@variant("add_rows")
def by_bincount(rows, words, n):
    return np.stack([np.bincount(words, weights=column, minlength=n) for column in rows.T], axis=1)


@variant("add_rows")
def by_unique(rows, words, n):
    total = np.zeros((n, rows.shape[1]))
    for word in np.unique(words):
        total[word] = rows[words == word].sum(axis=0)
    return total


@mistaken("add_rows", mistakes.REPEATS_ONCE)
def fancy_addition(rows, words, n):
    total = np.zeros((n, rows.shape[1]))
    total[words] += rows
    return total


@mistaken("add_rows", mistakes.REPEATS_ONCE)
def assignment(rows, words, n):
    total = np.zeros((n, rows.shape[1]))
    for row, word in zip(rows, words, strict=True):
        total[word] = row
    return total


@mistaken("add_rows", mistakes.REPEATS_ONCE)
def first_of_each(rows, words, n):
    total = np.zeros((n, rows.shape[1]))
    unique, first = np.unique(words, return_index=True)
    total[unique] = rows[first]
    return total


@mistaken("add_rows", mistakes.BROADCAST)
def everywhere(rows, words, n):
    total = np.zeros((n, rows.shape[1]))
    for row in rows:
        total += row
    return total


@mistaken("add_rows", mistakes.AVERAGED)
def mean_by_word(rows, words, n):
    return np.array(
        [rows[words == w].mean(axis=0) if w in words else 0 * rows[0] for w in range(n)]
    )


@mistaken("add_rows", mistakes.TRANSPOSED)
def words_in_columns(rows, words, n):
    total = np.zeros((rows.shape[1], n))
    np.add.at(total.T, words, rows)
    return total
