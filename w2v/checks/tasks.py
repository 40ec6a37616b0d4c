"""What is asked in each exercise: the truth, the scale of its rounding, and points to judge at.

No formula of a gradient stands here: a truth is a loss of the oracle or its complex-step
derivative. The scale is a bound: what the answer would be in size if the terms it is made of did
not cancel (residuals of probabilities are at most 1). It sets the tolerance and no value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v import oracle
from w2v.checks import draw
from w2v.checks.pairs import PairGradients, PairLoss
from w2v.errors import AuthorError
from w2v.guard import guarded
from w2v.numeric import complex_step

Array = np.ndarray[Any, np.dtype[Any]]
Point = tuple[Any, ...]
Generator = np.random.Generator


@dataclass(frozen=True)
class Task:
    """One exercise as its checks see it.

    Args:
        truth: (*args) -> the right value, a tuple where several arrays are asked for.
        scales: (*args) -> one positive number for each array of the truth.
        points: each draws the arguments of one call; every cell of hidden tests judges at the
            first too, so that nobody earns an edge case without the question. For a gradient it
            is steep, so that finite differences earn nothing.
        parts: the names of the arrays, where there are several.
    """

    truth: Callable[..., Any]
    scales: Callable[..., tuple[float, ...]]
    points: tuple[Callable[[Generator], Point], ...]
    parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "truth", guarded(self.truth))


def task(name: str) -> Task:
    """The task of the exercise called `name`.

    Raises:
        AuthorError: it has none yet.
    """
    if name not in TASKS:
        raise AuthorError(f"The exercise {name!r} has no task: add one to w2v/checks/tasks.py.")
    return TASKS[name]


def _truth_of_softmax_gradient_for_center(v_c: Array, o: int, U: Array) -> Array:
    return complex_step(lambda v: oracle.naive_softmax_loss(v, o, _real(U)), v_c)


def _truth_of_softmax_gradient_for_outside(v_c: Array, o: int, U: Array) -> Array:
    return complex_step(lambda M: oracle.naive_softmax_loss(_real(v_c), o, M), U)


def _truth_of_sigmoid_derivative(x: Array) -> Array:
    slopes = [complex_step(oracle.sigmoid, entry) for entry in np.ravel(x)]
    return np.reshape(slopes, np.shape(x))


def _truth_of_sampling_gradient(v_c: Array, o: int, negatives: Array, U: Array) -> Array:
    return complex_step(lambda v: oracle.negative_sampling_loss(v, o, negatives, _real(U)), v_c)


def _truth_of_rows(v_c: Array, o: int, negatives: Array, U: Array) -> Array:
    """Each slot gets a row of its own, so that a repeated word is two variables."""
    slots = np.arange(1, len(negatives) + 1)
    rows = np.asarray(U)[np.append(o, negatives)]
    return complex_step(lambda M: oracle.negative_sampling_loss(_real(v_c), 0, slots, M), rows)


def _truth_of_sum(rows: Array, words: Array, n: int) -> Array:
    """One-hot rows of the words, transposed, times the rows."""
    return np.eye(n)[words].T @ _real(rows)


def _truth_of_window(c: int, outside_words: list[int], V: Array, U: Array, pair: PairLoss) -> Any:
    again = PairLoss(pair.negatives)
    return oracle.skip_gram_loss(c, outside_words, _real(V), _real(U), again)


def _truth_of_window_gradients(
    c: int, outside_words: list[int], V: Array, U: Array, pair: PairGradients
) -> tuple[Array, Array]:
    def loss(centers: Array, outsides: Array) -> Any:
        again = PairLoss(pair.negatives)
        return oracle.skip_gram_loss(c, outside_words, centers, outsides, again)

    return (
        complex_step(lambda M: loss(M, _real(U)), V),
        complex_step(lambda M: loss(_real(V), M), U),
    )


def _truth_of_batch_gradients(V: Array, U: Array, Y: Array, W: Array) -> tuple[Array, Array]:
    Y, W = _real(Y), _real(W)
    return (
        complex_step(lambda M: oracle.batch_loss(M, _real(U), Y, W), V),
        complex_step(lambda M: oracle.batch_loss(_real(V), M, Y, W), U),
    )


def _no_truth(*args: Any) -> Array:
    raise AuthorError("A random answer has no true value: see w2v.checks.sampler.")


def _real(array: Array) -> Array:
    """In double precision, whatever the student was given."""
    return np.asarray(array, dtype=float)


def _longest(rows: Array) -> float:
    return float(np.linalg.norm(_real(rows), axis=1).max())


def _norm(array: Array) -> float:
    return float(np.linalg.norm(_real(array)))


def _loss_scale(loss: Callable[..., Any]) -> Callable[..., tuple[float, ...]]:
    """Probabilities are sums that err by eps, so a loss, their log, errs by eps even near 0."""
    return lambda *args: (1.0 + abs(float(loss(*args))),)


def _pair(**options: Any) -> Callable[[Generator], Point]:
    return lambda rng: draw.pair(rng, **options)


def _sample(**options: Any) -> Callable[[Generator], Point]:
    return lambda rng: draw.sample(rng, **options)


_PAIRS = (_pair(), _pair(), _pair(o="first"), _pair(o="last"), _pair(dtype=np.float32))
_STEEP_PAIRS = (_pair(steep=True), *_PAIRS)
_SAMPLES = (
    _sample(),
    _sample(),
    _sample(repeats=True),
    _sample(repeats=True, o="first"),
    _sample(K=1, o="last"),
    _sample(dtype=np.float32),
)
_STEEP_SAMPLES = (_sample(steep=True), *_SAMPLES)

TASKS: dict[str, Task] = {
    "scores": Task(
        truth=lambda v_c, U: _real(U) @ _real(v_c),
        scales=lambda v_c, U: (_norm(U) * _norm(v_c),),
        points=(draw.scoring, draw.scoring, lambda rng: draw.scoring(rng, np.float32)),
    ),
    "softmax": Task(
        truth=lambda scores: oracle.softmax(_real(scores)),
        scales=lambda scores: (1.0,),
        points=(
            lambda rng: (draw.scores(rng),),
            lambda rng: (draw.scores(rng, dtype=np.float32),),
            lambda rng: (draw.scores(rng, offset=1e4),),
            lambda rng: (draw.scores(rng, offset=-1e4),),
        ),
    ),
    "cross_entropy": Task(
        truth=lambda y, y_hat: oracle.cross_entropy(_real(y), _real(y_hat)),
        scales=_loss_scale(oracle.cross_entropy),
        points=(
            draw.distributions,
            lambda rng: draw.distributions(rng, "one-hot"),
            lambda rng: draw.distributions(rng, "zeros"),
            lambda rng: draw.distributions(rng, dtype=np.float32),
        ),
    ),
    "naive_softmax_loss": Task(
        truth=lambda v_c, o, U: oracle.naive_softmax_loss(_real(v_c), o, _real(U)),
        scales=_loss_scale(oracle.naive_softmax_loss),
        points=_PAIRS,
    ),
    "center_gradient": Task(
        truth=_truth_of_softmax_gradient_for_center,
        scales=lambda v_c, o, U: (_longest(U),),
        points=_STEEP_PAIRS,
    ),
    "outside_gradient": Task(
        truth=_truth_of_softmax_gradient_for_outside,
        scales=lambda v_c, o, U: (_norm(v_c),),
        points=_STEEP_PAIRS,
    ),
    "sigmoid": Task(
        truth=lambda x: oracle.sigmoid(_real(x)),
        scales=lambda x: (np.sqrt(np.size(x)),),
        points=(
            lambda rng: (draw.vector(rng),),
            lambda rng: (draw.block(rng)[0],),
            lambda rng: (float(draw.vector(rng)[0]),),
            lambda rng: (draw.vector(rng, np.float32),),
            lambda rng: (draw.extremes(rng),),
        ),
    ),
    "sigmoid_derivative": Task(
        truth=_truth_of_sigmoid_derivative,
        scales=lambda x: (0.25,),
        points=(
            lambda rng: (draw.vector(rng),),
            lambda rng: (draw.block(rng)[0],),
            lambda rng: (float(draw.vector(rng)[0]),),
            lambda rng: (draw.vector(rng, np.float32),),
        ),
    ),
    "sigmoid_jacobian": Task(
        truth=lambda x: complex_step(oracle.sigmoid, x),
        scales=lambda x: (0.25,),
        points=(
            lambda rng: (draw.vector(rng),),
            lambda rng: (draw.vector(rng),),
            lambda rng: (draw.vector(rng, np.float32),),
        ),
    ),
    "draw_negatives": Task(
        truth=_no_truth,
        scales=lambda o, counts, K, rng: (1.0,),
        points=(
            lambda rng: (*draw.counts(rng), 2000, rng),
            lambda rng: (*draw.counts(rng, o="first"), 7, rng),
            lambda rng: (*draw.counts(rng, o="last"), 1, rng),
        ),
    ),
    "negative_sampling_loss": Task(
        truth=lambda v_c, o, negatives, U: oracle.negative_sampling_loss(
            _real(v_c), o, negatives, _real(U)
        ),
        scales=_loss_scale(oracle.negative_sampling_loss),
        points=_SAMPLES,
    ),
    "negative_sampling_center_gradient": Task(
        truth=_truth_of_sampling_gradient,
        scales=lambda v_c, o, negatives, U: (_norm(U[np.append(o, negatives)]),),
        points=_STEEP_SAMPLES,
    ),
    "negative_sampling_outside_rows": Task(
        truth=_truth_of_rows,
        scales=lambda v_c, o, negatives, U: (_norm(v_c),),
        points=_STEEP_SAMPLES,
    ),
    "add_rows": Task(
        truth=_truth_of_sum,
        scales=lambda rows, words, n: (_norm(rows),),
        points=(draw.slots, draw.slots, lambda rng: draw.slots(rng, np.float32)),
    ),
    "skip_gram_loss": Task(
        truth=_truth_of_window,
        scales=_loss_scale(_truth_of_window),
        points=(
            draw.window,
            lambda rng: draw.window(rng, sampled=True),
            lambda rng: draw.window(rng, sampled=True, dtype=np.float32),
        ),
    ),
    "skip_gram_gradients": Task(
        truth=_truth_of_window_gradients,
        scales=lambda c, words, V, U, pair: (
            len(words) * _longest(U),
            len(words) * _norm(V[c]),
        ),
        points=(
            lambda rng: draw.window(rng, gradients=True),
            lambda rng: draw.window(rng, gradients=True, sampled=True),
            lambda rng: draw.window(rng, gradients=True, sampled=True, dtype=np.float32),
        ),
        parts=("dV", "dU"),
    ),
    "batch_loss": Task(
        truth=lambda V, U, Y, W: oracle.batch_loss(*map(_real, (V, U, Y, W))),
        scales=_loss_scale(oracle.batch_loss),
        points=(draw.block, draw.block, lambda rng: draw.block(rng, dtype=np.float32)),
    ),
    "batch_gradients": Task(
        truth=_truth_of_batch_gradients,
        scales=lambda V, U, Y, W: (_norm(W) * _longest(U), _norm(W) * _longest(V)),
        points=(
            lambda rng: draw.block(rng, steep=True),
            draw.block,
            draw.block,
            lambda rng: draw.block(rng, dtype=np.float32),
        ),
        parts=("dV", "dU"),
    ),
    "sgd_update": Task(
        truth=lambda x, gradient, learning_rate: _real(x) - learning_rate * _real(gradient),
        scales=lambda x, gradient, learning_rate: (_norm(x) + learning_rate * _norm(gradient),),
        points=(
            draw.step,
            lambda rng: draw.step(rng, ndim=1),
            lambda rng: draw.step(rng, dtype=np.float32),
        ),
    ),
}
