"""Answers without work, which must earn nothing in any cell of hidden tests."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from w2v import oracle
from w2v.checks.draw import Array
from w2v.checks.tasks import Point, Task, task
from w2v.checks.visible import visible_points
from w2v.guard import opened
from w2v.numeric import complex_step
from w2v.workbook import find

Function = Callable[..., Any]
Derivative = Callable[[Callable[[Array], Any], Array], Array]


def zero_answers(name: str) -> Iterator[tuple[str, Function]]:
    """(description, function) of every answer without work to the exercise `name`."""
    yield "blank", _blank
    yield "pass", lambda *args: None
    yield "the first argument", lambda *args: args[0]
    yield "the last array", lambda *args: [arg for arg in args if isinstance(arg, np.ndarray)][-1]
    yield "its own stub", lambda *args: find(name)(*args)
    if name == "draw_negatives":
        yield "zeros", lambda o, counts, K, rng: np.zeros(K, dtype=int)
        yield "the most frequent word", lambda o, counts, K, rng: np.full(K, np.argmax(counts))
        return
    for value in (0.0, 1.0, np.nan):
        yield f"{value:.0f} everywhere", _constant(task(name), value)
    yield "a constant that fits the visible example", _visible_value(name)
    yield "the visible check's numbers", _learned(name)
    yield "a delegated call to the oracle", _delegated(name)
    yield "the truth of the check", lambda *args: task(name).truth(*args)
    for description, derivative in DIFFERENCES.items():
        if name in GRADIENTS:
            yield description, _by(derivative, GRADIENTS[name])


def _blank(*args: Any) -> Any:
    raise NotImplementedError


def _shaped(truth: Any, parts: tuple[str, ...], make: Callable[[Array], Array]) -> Any:
    return tuple(make(part) for part in truth) if parts else make(np.asarray(truth))


def _constant(exercise: Task, value: float) -> Function:
    def answer(*args: Any) -> Any:
        with opened():
            truth = exercise.truth(*args)
        return _shaped(truth, exercise.parts, lambda part: np.full(part.shape, value))

    return answer


def _visible_value(name: str) -> Function:
    point = visible_points(name)[0]
    value = task(name).truth(*point)

    def answer(*args: Any) -> Any:
        with opened():
            truth = task(name).truth(*args)
        flat = np.ravel(value[0] if task(name).parts else value)
        return _shaped(truth, task(name).parts, lambda part: np.resize(flat, part.shape))

    return answer


def _learned(name: str) -> Function:
    """Right at every point of the visible check, zero elsewhere."""
    known = {_key(point): task(name).truth(*point) for point in visible_points(name)}
    zeros = _constant(task(name), 0.0)
    return lambda *args: known[_key(args)] if _key(args) in known else zeros(*args)


def _key(point: Point) -> bytes:
    return b"".join(np.asarray(arg).tobytes() for arg in point if not callable(arg))


def _delegated(name: str) -> Function:
    if hasattr(oracle, name):
        return getattr(oracle, name)
    if name in GRADIENTS:
        return _by(complex_step, GRADIENTS[name])
    return lambda *args: task(name).truth(*args)


# Gradients by differences of the student's own loss -----------------------------------------------


def _by(derivative: Derivative, gradient: Callable[[Derivative, Point], Any]) -> Function:
    return lambda *args: gradient(derivative, args)


def _differences(step: float, levels: int) -> Derivative:
    """Central differences, improved by Richardson's extrapolation `levels` times."""

    def derivative(function: Callable[[Array], Any], x: Array) -> Array:
        table = [_central(function, x, step / 2**level) for level in range(levels + 1)]
        for order in range(1, levels + 1):
            table = [
                (4**order * finer - coarser) / (4**order - 1) for coarser, finer in pairwise(table)
            ]
        return table[0]

    return derivative


def _central(function: Callable[[Array], Any], x: Array, step: float) -> Array:
    point = np.asarray(x, dtype=float)
    columns = []
    for index in np.ndindex(point.shape):
        ahead, behind = point.copy(), point.copy()
        ahead[index] += step
        behind[index] -= step
        columns.append((np.asarray(function(ahead)) - np.asarray(function(behind))) / (2 * step))
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + point.shape)


DIFFERENCES: dict[str, Derivative] = {
    "central differences": _differences(1e-5, 0),
    "Richardson's extrapolation, twice": _differences(1e-2, 2),
    "Richardson's extrapolation, four times": _differences(5e-2, 4),
}


def _of_center(loss: str) -> Callable[[Derivative, Point], Array]:
    return lambda derive, args: derive(lambda v: find(loss)(v, *args[1:]), args[0])


def _of_outside(derive: Derivative, args: Point) -> Array:
    v_c, o, U = args
    return derive(lambda M: find("naive_softmax_loss")(v_c, o, M), U)


def _of_slots(derive: Derivative, args: Point) -> Array:
    v_c, o, negatives, U = args
    slots = np.arange(1, len(negatives) + 1)
    loss = find("negative_sampling_loss")
    return derive(lambda M: loss(v_c, 0, slots, M), U[np.append(o, negatives)])


def _of_block(derive: Derivative, args: Point) -> tuple[Array, Array]:
    V, U, Y, W = args
    loss = find("batch_loss")
    return derive(lambda M: loss(M, U, Y, W), V), derive(lambda M: loss(V, M, Y, W), U)


def _of_sigmoid(derive: Derivative, args: Point) -> Array:
    slopes = [derive(find("sigmoid"), np.asarray(entry)) for entry in np.ravel(args[0])]
    return np.reshape(slopes, np.shape(args[0]))


GRADIENTS: dict[str, Callable[[Derivative, Point], Any]] = {
    "center_gradient": _of_center("naive_softmax_loss"),
    "outside_gradient": _of_outside,
    "sigmoid_derivative": _of_sigmoid,
    "sigmoid_jacobian": lambda derive, args: derive(find("sigmoid"), args[0]),
    "negative_sampling_center_gradient": _of_center("negative_sampling_loss"),
    "negative_sampling_outside_rows": _of_slots,
    "batch_gradients": _of_block,
}
