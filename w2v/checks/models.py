"""What each mistake computes: a wrong loss, or a transform of the right value.

A model is a mistake and a function of the exercise's arguments. Wrong gradients are complex-step
derivatives of wrong losses, like the right ones of the right losses.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from w2v import mistakes, oracle
from w2v.checks.pairs import PairLoss
from w2v.checks.tasks import TASKS
from w2v.mistakes import Mistake
from w2v.numeric import complex_step

Array = np.ndarray[Any, np.dtype[Any]]
Value = Any
Model = tuple[Mistake, Callable[..., Value]]
Loss = Callable[..., Any]

LN2, LN10 = np.log(2), np.log(10)


def models(name: str) -> Iterator[Model]:
    """The models of the mistakes that are known for the exercise `name`."""
    truth = TASKS[name].truth
    if not TASKS[name].parts:
        yield mistakes.SIGN_FLIPPED, lambda *args: -np.asarray(truth(*args))
    else:
        yield mistakes.SIGN_FLIPPED, lambda *args: tuple(-part for part in truth(*args))
        yield mistakes.EXCHANGED, lambda *args: truth(*args)[::-1]
    yield from MODELS.get(name, ())


def _each(
    losses: tuple[tuple[Mistake, Loss], ...], derive: Callable[..., Any]
) -> tuple[Model, ...]:
    """The models that are made of wrong losses: derive(loss, *args) is the value."""
    return tuple((mistake, partial(derive, loss)) for mistake, loss in losses)


def _real(array: Any) -> Array:
    return np.asarray(array, dtype=float)


# Softmax -----------------------------------------------------------------------------------------

_lse = oracle.log_sum_exp
_naive = oracle.naive_softmax_loss

SOFTMAX_LOSSES: tuple[tuple[Mistake, Loss], ...] = (
    (mistakes.AVERAGED, lambda v, o, U: _naive(v, o, U) / len(U)),
    (mistakes.OTHER_LOG, lambda v, o, U: _naive(v, o, U) / LN2),
    (mistakes.OTHER_LOG, lambda v, o, U: _naive(v, o, U) / LN10),
    (mistakes.LOG_LOST, lambda v, o, U: oracle.softmax(U @ v)[o]),
    (mistakes.LOG_LOST, lambda v, o, U: -oracle.softmax(U @ v)[o]),
    (mistakes.TRUE_TERM_LOST, lambda v, o, U: _lse(U @ v)),
    (mistakes.TRUE_TERM_ONLY, lambda v, o, U: -(U[o] @ v)),
    (mistakes.PLUS_Y, lambda v, o, U: _lse(U @ v) + U[o] @ v),
    (mistakes.WHOLE_VOCABULARY, lambda v, o, U: len(U) * _lse(U @ v) - np.sum(U @ v)),
    (mistakes.OTHER_WORD, lambda v, o, U: _naive(v, (o + 1) % len(U), U)),
    (mistakes.OTHER_WORD, lambda v, o, U: _naive(v, o - 1, U)),
    (mistakes.NOT_NORMALISED, lambda v, o, U: np.sum(np.exp(U @ v)) - U[o] @ v),
    (mistakes.NO_EXP, lambda v, o, U: np.sum((U @ v) ** 2) / 2 - U[o] @ v),
    (mistakes.NEGATIVE_SCORES, lambda v, o, U: _naive(-v, o, U)),
)


def _for_center(loss: Loss, v_c: Array, *rest: Any) -> Array:
    *middle, U = rest
    return complex_step(lambda v: loss(v, *middle, _real(U)), v_c)


def _for_outside(loss: Loss, v_c: Array, *rest: Any) -> Array:
    *middle, U = rest
    return complex_step(lambda M: loss(_real(v_c), *middle, M), U)


def _residual(v_c: Array, o: int, U: Array) -> Array:
    """The derivative for the scores, shape (n,)."""
    return complex_step(lambda scores: _lse(scores) - scores[o], _real(U) @ _real(v_c))


def _others_frozen(v: Array, o: int, U: Array, frozen: Array) -> Any:
    """The loss in which all scores but the true word's are constants."""
    scores = frozen.astype(complex)
    scores[o] = U[o] @ v
    return _lse(scores) - scores[o]


def _true_word_alone(v_c: Array, o: int, U: Array) -> Array:
    frozen = _real(U) @ _real(v_c)
    return complex_step(lambda v: _others_frozen(v, o, _real(U), frozen), v_c)


def _rows(v_c: Array, o: int, U: Array) -> Array:
    return _for_outside(_naive, v_c, o, U)


def _row_alone(v_c: Array, o: int, U: Array) -> Array:
    gradient = np.zeros(U.shape)
    gradient[o] = _rows(v_c, o, U)[o]
    return gradient


def _row_missing(v_c: Array, o: int, U: Array) -> Array:
    return _rows(v_c, o, U) - _row_alone(v_c, o, U)


# Negative sampling -------------------------------------------------------------------------------

_sampled = oracle.negative_sampling_loss
_log_sigma = oracle.log_sigmoid


def _two_terms(v: Array, o: int, negatives: Any, U: Array, true: Any, other: Any) -> Any:
    """The loss true(u_o.v) + sum_k other(u_k.v)."""
    return true(U[o] @ v) + np.sum(other(U[np.asarray(negatives)] @ v))


def _terms(true: Callable[[Any], Any], other: Callable[[Any], Any]) -> Loss:
    return lambda v, o, negatives, U: _two_terms(v, o, negatives, U, true, other)


def _pull(x: Any) -> Any:
    return -_log_sigma(x)


def _push(x: Any) -> Any:
    return -_log_sigma(-x)


def _nothing(x: Any) -> Any:
    return 0 * x


_SLOT_LOSSES: tuple[tuple[Mistake, Loss], ...] = (
    (mistakes.MINUS_IN_SIGMA, _terms(_pull, _pull)),
    (mistakes.MINUS_IN_SIGMA, _terms(_pull, lambda x: -_pull(x))),
    (mistakes.MINUS_IN_SIGMA, _terms(_push, _push)),
    (mistakes.MINUS_IN_SIGMA, _terms(lambda x: -_push(x), _push)),
    (mistakes.MINUS_IN_SIGMA, _terms(_push, _pull)),
    (mistakes.MINUS_IN_SIGMA, _terms(lambda x: -_push(x), lambda x: -_pull(x))),
    (mistakes.POSITIVE_SIGN, _terms(lambda x: -_pull(x), _push)),
    (mistakes.NEGATIVE_SIGN, _terms(_pull, lambda x: -_push(x))),
    (mistakes.POSITIVE_LOST, _terms(_nothing, _push)),
    (mistakes.NEGATIVES_LOST, _terms(_pull, _nothing)),
    (mistakes.AVERAGED, lambda v, o, k, U: _sampled(v, o, k, U) / (len(k) + 1)),
    (mistakes.AVERAGED, lambda v, o, k, U: _sampled(v, o, k, U) / len(k)),
    (mistakes.AVERAGED, lambda v, o, k, U: _terms(_pull, lambda x: _push(x) / len(k))(v, o, k, U)),
    (mistakes.FIRST_NEGATIVE_ONLY, lambda v, o, k, U: _sampled(v, o, k[:1], U)),
    (mistakes.FIRST_NEGATIVE_ONLY, lambda v, o, k, U: _sampled(v, o, k[-1:], U)),
)
_SLOPES: tuple[tuple[Mistake, Loss], ...] = (
    (mistakes.SIGMA_SLOPE, _terms(lambda x: -oracle.sigmoid(x), lambda x: -oracle.sigmoid(-x))),
    (mistakes.SIGMA_SLOPE, _terms(oracle.sigmoid, lambda x: oracle.sigmoid(-x))),
    (mistakes.SIGMA_SLOPE, _terms(oracle.sigmoid, oracle.sigmoid)),
)
_WORD_LOSSES: tuple[tuple[Mistake, Loss], ...] = (
    (mistakes.REPEATS_ONCE, lambda v, o, k, U: _sampled(v, o, np.unique(k), U)),
    (mistakes.OTHER_WORD, lambda v, o, k, U: _sampled(v, (o + 1) % len(U), k, U)),
    (mistakes.OTHER_WORD, lambda v, o, k, U: _sampled(v, o - 1, k, U)),
    (mistakes.O_DRAWN, lambda v, o, k, U: _sampled(v, o, np.append(k, o), U)),
    (
        mistakes.WHOLE_VOCABULARY,
        lambda v, o, k, U: _sampled(v, o, np.delete(np.arange(len(U)), o), U),
    ),
    (mistakes.WHOLE_VOCABULARY, lambda v, o, k, U: _sampled(v, o, np.arange(len(U)), U)),
)


def _for_slots(loss: Loss, v_c: Array, o: int, negatives: Array, U: Array) -> Array:
    slots = np.arange(1, len(negatives) + 1)
    rows = _real(U)[np.append(o, negatives)]
    return complex_step(lambda M: loss(_real(v_c), 0, slots, M), rows)


def _slot_residual(v_c: Array, o: int, negatives: Array, U: Array) -> Array:
    """The derivative for the K + 1 scores."""
    scores = _real(U)[np.append(o, negatives)] @ _real(v_c)
    one = np.ones(1)
    slots = np.arange(1, len(scores))
    return complex_step(lambda s: _sampled(one, 0, slots, s[:, np.newaxis]), scores)


def _with_own_vectors(v_c: Array, o: int, negatives: Array, U: Array) -> Array:
    rows = _real(U)[np.append(o, negatives)]
    return _slot_residual(v_c, o, negatives, U)[:, np.newaxis] * rows


def _slot_rows(v_c: Array, o: int, negatives: Array, U: Array) -> Array:
    return _for_slots(_sampled, v_c, o, negatives, U)


def _kept(rows: Array, words: Array, n: int, order: slice) -> Array:
    """Only one of a word's rows, the last in this order."""
    total = np.zeros((n, rows.shape[1]))
    for row, word in list(zip(rows, words, strict=True))[order]:
        total[word] = row
    return total


def _mean_of_rows(rows: Array, words: Array, n: int) -> Array:
    times = np.maximum(np.bincount(words, minlength=n), 1)
    return TASKS["add_rows"].truth(rows, words, n) / times[:, np.newaxis]


# Windows -----------------------------------------------------------------------------------------

Slots = Callable[[int], list[int]]


def _window(choose: Slots, factor: Callable[[int], float] = lambda m: 1.0) -> Loss:
    """The sum of the pair losses of some calls of the window only, times a factor."""

    def loss(c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Any:
        calls = choose(len(words))
        return sum(pair.loss(V[c], words[j], U, j) for j in calls) * factor(len(words))

    return loss


def _words_once(c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Any:
    return sum(pair.loss(V[c], o, U, j) for j, o in enumerate(dict.fromkeys(words)))


def _matrices_exchanged(c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Any:
    return sum(pair.loss(U[c], o, V, j) for j, o in enumerate(words))


def _roles_exchanged(c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Any:
    return sum(pair.loss(V[o], c, U, j) for j, o in enumerate(words))


WINDOW_LOSSES: tuple[tuple[Mistake, Loss], ...] = (
    (mistakes.AVERAGED, _window(lambda m: list(range(m)), lambda m: 1 / m)),
    (mistakes.AVERAGED, _window(lambda m: list(range(m)), lambda m: 1 / (2 * m))),
    (mistakes.FIRST_ONLY, _window(lambda m: [0])),
    (mistakes.OVERWRITTEN, _window(lambda m: [m - 1])),
    (mistakes.OVERWRITTEN, _window(lambda m: [m - 1], lambda m: 2.0)),
    (mistakes.REPEATS_ONCE, _words_once),
    (mistakes.U_FOR_V, _matrices_exchanged),
    (mistakes.ROLES_EXCHANGED, _roles_exchanged),
)


def _for_both(loss: Loss, c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Value:
    return (
        complex_step(lambda M: loss(c, words, M, _real(U), pair), V),
        complex_step(lambda M: loss(c, words, _real(V), M, pair), U),
    )


def _window_truth(*args: Any) -> tuple[Array, Array]:
    dV, dU = TASKS["skip_gram_gradients"].truth(*args)
    return dV, dU


def _in_outside_rows(c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Value:
    dV = np.zeros(V.shape)
    for j, o in enumerate(words):
        dV[o] += complex_step(partial(_pair_loss, pair, o, _real(U), j), V[c])
    return dV, _window_truth(c, words, V, U, pair)[1]


def _pair_loss(pair: PairLoss, o: int, U: Array, call: int, v_c: Array) -> Any:
    return pair.loss(v_c, o, U, call)


def _in_every_row(c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Value:
    dV, dU = _window_truth(c, words, V, U, pair)
    return np.broadcast_to(dV[c], dV.shape), dU


def _row_of_center(c: int, words: list[int], V: Array, U: Array, pair: PairLoss) -> Value:
    dV, dU = _window_truth(c, words, V, U, pair)
    return dV[c], dU


# Blocks ------------------------------------------------------------------------------------------


def _block(true: Callable[[Any], Any], other: Callable[[Any], Any], *, of: Any = None) -> Loss:
    """The loss sum(Y true(Z)) + sum((W - Y) other(Z)); `of` gives other weights (Y, W - Y)."""

    def loss(V: Array, U: Array, Y: Array, W: Array) -> Any:
        Z = V @ U.T
        positive, negative = of(Y, W) if of else (Y, W - Y)
        return np.sum(positive * true(Z)) + np.sum(negative * other(Z))

    return loss


_blocks = oracle.batch_loss
BLOCK_LOSSES: tuple[tuple[Mistake, Loss], ...] = (
    (mistakes.WEIGHT_LOST, _block(_pull, _push, of=lambda Y, W: (Y, 1 - Y))),
    (mistakes.Y_WEIGHTED, _block(_pull, _push, of=lambda Y, W: (W * Y, W - W * Y))),
    (mistakes.POSITIVE_WEIGHT_TWICE, _block(_pull, _push, of=lambda Y, W: (Y, W))),
    (mistakes.NEGATIVE_WEIGHT_ONLY, _block(lambda x: -x, _push)),
    (mistakes.POSITIVES_ONLY, _block(_nothing, _push, of=lambda Y, W: (Y, W))),
    (mistakes.POSITIVE_LOST, _block(_nothing, _push)),
    (mistakes.NEGATIVES_LOST, _block(_pull, _nothing)),
    (mistakes.MINUS_IN_SIGMA, _block(_pull, _pull)),
    (mistakes.MINUS_IN_SIGMA, _block(_push, _pull)),
    (mistakes.MINUS_IN_SIGMA, _block(lambda x: -x, lambda x: -_pull(x), of=lambda Y, W: (Y, W))),
    (mistakes.POSITIVE_SIGN, _block(lambda x: -_pull(x), _push)),
    (mistakes.NEGATIVE_SIGN, _block(_pull, lambda x: -_push(x))),
    (mistakes.PLUS_Y, _block(lambda x: x, _push, of=lambda Y, W: (Y, W))),
    (mistakes.AVERAGED, lambda V, U, Y, W: _blocks(V, U, Y, W) / len(V)),
    (mistakes.AVERAGED, lambda V, U, Y, W: _blocks(V, U, Y, W) / len(U)),
    (mistakes.AVERAGED, lambda V, U, Y, W: _blocks(V, U, Y, W) / Y.size),
    (mistakes.AVERAGED, lambda V, U, Y, W: _blocks(V, U, Y, W) / np.sum(W)),
    (mistakes.AVERAGED, lambda V, U, Y, W: _blocks(V, U, Y, W) / np.sum(Y)),
)


def _for_block(loss: Loss, V: Array, U: Array, Y: Array, W: Array) -> Value:
    return (
        complex_step(lambda M: loss(M, _real(U), _real(Y), _real(W)), V),
        complex_step(lambda M: loss(_real(V), M, _real(Y), _real(W)), U),
    )


# Sigmoid -----------------------------------------------------------------------------------------

_sigma = oracle.sigmoid
_slope = TASKS["sigmoid_derivative"].truth


def _of_sigma(x: Any) -> Any:
    """What the derivative would be if x were a value of sigma: that of a polynomial of x."""
    slopes = [complex_step(lambda t: t * t / 2 - t**3 / 3, entry) for entry in np.ravel(x)]
    return np.reshape(slopes, np.shape(x))


_SLOPE_MODELS: tuple[Model, ...] = (
    (mistakes.UNDIFFERENTIATED, _sigma),
    (mistakes.UNDIFFERENTIATED, lambda x: _sigma(-x)),
    (mistakes.SIGMOID_OF_SIGMOID, lambda x: _sigma(x) * _sigma(1 - _sigma(x))),
    (mistakes.FUNCTION_OF_SIGMA, _of_sigma),
    (mistakes.FUNCTION_OF_SIGMA, lambda x: _slope(_sigma(x))),
    (mistakes.SQUARED, lambda x: _sigma(x) ** 2),
    (mistakes.SQUARED, lambda x: _sigma(-x) ** 2),
)

# All ---------------------------------------------------------------------------------------------

MODELS: dict[str, tuple[Model, ...]] = {
    "scores": (
        (mistakes.NOT_SUMMED, lambda v_c, U: U * v_c),
        (mistakes.AVERAGED, lambda v_c, U: U @ v_c / len(v_c)),
        (mistakes.AVERAGED, lambda v_c, U: U @ v_c / len(U)),
    ),
    "softmax": (
        (mistakes.NOT_NORMALISED, np.exp),
        (mistakes.NOT_NORMALISED, lambda x: np.exp(x - np.max(x))),
        (mistakes.NO_EXP, lambda x: x / np.sum(x)),
        (mistakes.NEGATIVE_SCORES, lambda x: oracle.softmax(-x)),
        (mistakes.AVERAGED, lambda x: np.exp(x) / len(x)),
    ),
    "cross_entropy": (
        (mistakes.AVERAGED, lambda y, y_hat: oracle.cross_entropy(y, y_hat) / len(y)),
        (mistakes.OTHER_LOG, lambda y, y_hat: oracle.cross_entropy(y, y_hat) / LN2),
        (mistakes.OTHER_LOG, lambda y, y_hat: oracle.cross_entropy(y, y_hat) / LN10),
        (mistakes.LOG_LOST, lambda y, y_hat: y @ y_hat),
        (mistakes.LOG_LOST, lambda y, y_hat: -(y @ y_hat)),
        (mistakes.LOG_LOST, lambda y, y_hat: 1 - y @ y_hat),
        (mistakes.Y_EXCHANGED, lambda y, y_hat: -np.sum(y_hat * np.log(y))),
        (mistakes.WHOLE_VOCABULARY, lambda y, y_hat: -np.sum(np.log(y_hat))),
        (mistakes.ONE_WORD_ONLY, lambda y, y_hat: -np.log(y_hat[np.argmax(y)])),
        (mistakes.NOT_SUMMED, lambda y, y_hat: -y * np.log(y_hat)),
    ),
    "naive_softmax_loss": SOFTMAX_LOSSES,
    "center_gradient": (
        *_each(SOFTMAX_LOSSES, _for_center),
        (mistakes.ONE_WORD_ONLY, _true_word_alone),
        (mistakes.VECTOR_LOST, _residual),
    ),
    "outside_gradient": (
        *_each(SOFTMAX_LOSSES, _for_outside),
        (mistakes.ONE_WORD_ONLY, _row_alone),
        (mistakes.TRUE_TERM_LOST, _row_missing),
        (mistakes.VECTOR_LOST, _residual),
        (mistakes.VECTOR_LOST, lambda *args: _residual(*args)[:, np.newaxis]),
        (
            mistakes.VECTOR_LOST,
            lambda v, o, U: np.broadcast_to(_residual(v, o, U)[:, np.newaxis], U.shape),
        ),
        (mistakes.BROADCAST, lambda v, o, U: np.broadcast_to(_rows(v, o, U)[o], U.shape)),
        (
            mistakes.BROADCAST,
            lambda v, o, U: np.broadcast_to(_for_center(_naive, v, o, U), U.shape),
        ),
        (mistakes.WRONG_ROW, lambda v, o, U: np.roll(_rows(v, o, U), 1, axis=0)),
        (mistakes.WRONG_ROW, lambda v, o, U: np.roll(_rows(v, o, U), -1, axis=0)),
        (mistakes.WRONG_ROW, lambda v, o, U: _rows(v, o, U)[::-1]),
    ),
    "sigmoid": (
        (mistakes.NEGATIVE_SCORES, lambda x: _sigma(-_real(x))),
        (mistakes.NOT_NORMALISED, np.exp),
        (mistakes.NOT_NORMALISED, lambda x: np.exp(-x)),
        (mistakes.NOT_NORMALISED, lambda x: 1 + np.exp(-x)),
    ),
    "sigmoid_derivative": _SLOPE_MODELS,
    "sigmoid_jacobian": (
        *((mistake, lambda x, model=model: np.diag(model(x))) for mistake, model in _SLOPE_MODELS),
        (mistakes.NOT_A_MATRIX, _slope),
        (mistakes.NOT_DIAGONAL, lambda x: complex_step(oracle.softmax, x)),
        (mistakes.NOT_DIAGONAL, lambda x: np.broadcast_to(_slope(x), (len(x), len(x)))),
        (mistakes.NOT_DIAGONAL, lambda x: np.broadcast_to(_slope(x), (len(x), len(x))).T),
        (mistakes.NOT_DIAGONAL, lambda x: np.outer(_slope(x), _slope(x))),
        (mistakes.NOT_DIAGONAL, lambda x: np.outer(_sigma(x), _sigma(-x))),
    ),
    "negative_sampling_loss": (
        *_SLOT_LOSSES,
        *_WORD_LOSSES,
        *((mistakes.LOG_LOST, loss) for _, loss in _SLOPES),
        (mistakes.OTHER_LOG, lambda *args: _sampled(*args) / LN2),
        (mistakes.OTHER_LOG, lambda *args: _sampled(*args) / LN10),
    ),
    "negative_sampling_center_gradient": (
        *_each((*_SLOT_LOSSES, *_SLOPES, *_WORD_LOSSES), _for_center),
        (mistakes.OTHER_VECTOR, lambda v, o, k, U: np.sum(_slot_residual(v, o, k, U)) * v),
        (mistakes.NOT_SUMMED, _with_own_vectors),
    ),
    "negative_sampling_outside_rows": (
        *_each((*_SLOT_LOSSES, *_SLOPES), _for_slots),
        (mistakes.POSITIVE_LAST, lambda *args: np.roll(_slot_rows(*args), -1, axis=0)),
        (mistakes.POSITIVE_LAST, lambda *args: _slot_rows(*args)[::-1]),
        (mistakes.VECTOR_LOST, _slot_residual),
        (mistakes.VECTOR_LOST, lambda *args: _slot_residual(*args)[:, np.newaxis]),
        (mistakes.OTHER_VECTOR, _with_own_vectors),
        (mistakes.ADDED_UP, lambda *args: _for_outside(_sampled, *args)),
        (mistakes.BROADCAST, lambda *args: _spread(_slot_rows(*args)[0], _slot_rows(*args))),
        (mistakes.BROADCAST, lambda *args: _spread(_slot_rows(*args).sum(0), _slot_rows(*args))),
    ),
    "add_rows": (
        (mistakes.REPEATS_ONCE, lambda rows, words, n: _kept(rows, words, n, slice(None))),
        (
            mistakes.REPEATS_ONCE,
            lambda rows, words, n: _kept(rows, words, n, slice(None, None, -1)),
        ),
        (mistakes.AVERAGED, _mean_of_rows),
        (mistakes.BROADCAST, lambda rows, words, n: np.tile(_real(rows).sum(axis=0), (n, 1))),
    ),
    "skip_gram_loss": WINDOW_LOSSES,
    "skip_gram_gradients": (
        *_each(WINDOW_LOSSES, _for_both),
        (mistakes.OUTSIDE_ROW, _in_outside_rows),
        (mistakes.BROADCAST, _in_every_row),
        (mistakes.ROW_ONLY, _row_of_center),
    ),
    "batch_loss": BLOCK_LOSSES,
    "batch_gradients": _each(BLOCK_LOSSES, _for_block),
    "sgd_update": (
        (mistakes.CLIMBS, lambda x, gradient, rate: x + rate * gradient),
        (mistakes.RATE_LOST, lambda x, gradient, rate: x - gradient),
        (mistakes.RATE_LOST, lambda x, gradient, rate: x - gradient / rate),
        (mistakes.START_LOST, lambda x, gradient, rate: -rate * gradient),
        (mistakes.START_LOST, lambda x, gradient, rate: rate * gradient),
    ),
}


def _spread(row: Array, like: Array) -> Array:
    return np.broadcast_to(row, like.shape)
