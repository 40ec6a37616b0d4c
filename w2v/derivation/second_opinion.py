"""A second evaluator, written apart from `evaluate`, that says whether an equation is true.

It shares nothing with the checker but the expression tree and `w2v.oracle`: other points and
larger sizes, real numbers, five-point differences in place of the complex step. The audit asks it
about every injected error that the checker lets pass. It knows the layout of the course text (in
blocks, that of the code) and no other.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from w2v import oracle
from w2v.derivation.expression import Node

STEP = 1e-3
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sigma": lambda x: 1 / (1 + np.exp(-x)),
    "dsigma": lambda x: 1 / (2 + np.exp(x) + np.exp(-x)),
}


class NoValue(Exception):  # noqa: N818 - an expression without a value is no error here
    """The expression means nothing."""


class World:
    """Random numbers for the symbols of one kind of question and one case."""

    def __init__(self, kind: str, case: str, rng: np.random.Generator) -> None:
        n, d = 6, 4
        self.kind = kind
        self.words = {"o": 3, "c": 1, "w": 3 if case == "w = o" else 5}
        if kind == "window":
            self.words["w"] = 1 if case == "w = c" else 5
        self.U, self.V = rng.normal(size=(n, d)), rng.normal(size=(n, d))
        self.sample = [0, 2, 5, 0, 4] if kind == "negatives" else []
        self.slots = rng.normal(size=(0, d))
        self.window = {j: int(rng.integers(n)) for j in (-2, -1, 1, 2)}
        self.x = rng.normal(size=5)
        if kind == "block":
            self.V, self.U = rng.normal(size=(3, d)), rng.normal(size=(5, d))
            self.Y = rng.uniform(0.1, 1, (3, 5))
            self.W = self.Y + rng.uniform(0.1, 1, (3, 5))
        self.moved = {k: np.zeros(d) for k in range(len(self.sample))}
        self.Z_moved: Any = 0.0
        self.free = {"k": 2, "i": 1, "j": 3, "t": 0}
        self.open: set[str] = set()  # the indices that the left side leaves open
        self.scalar = case == "scalar"
        self.helpers: dict[str, tuple[str | None, Node]] = {}

    def scores(self) -> Any:
        """u_w . v_c for all words, shape (n,); in a block V U^T, shape (T, C)."""
        if self.kind == "block":
            return self.V @ self.U.T + self.Z_moved
        return self.U @ self.V[self.words["c"]]

    def slot(self, k: int) -> Any:
        """The vector in slot k of the sample, shape (d,)."""
        return self.U[self.sample[k]] + self.moved[k]


def holds(left: Node, right: Node, worlds: list[World]) -> bool:
    """Whether two expressions are equal in every world."""
    return all(_equal(left, right, world) for world in worlds)


def _equal(left: Node, right: Node, world: World) -> bool:
    try:
        a, b = (np.asarray(_value(node, world, {}), dtype=float) for node in (left, right))
    except (NoValue, KeyError, IndexError, ValueError):
        return False
    if a.shape != b.shape:
        zero = np.max(np.abs(a)) < 1e-9 and np.max(np.abs(b)) < 1e-9
        return bool(zero) and 0 in (a.ndim, b.ndim)
    return bool(np.all(np.abs(a - b) <= 1e-7 * (1 + np.max(np.abs(a)))))


def _value(node: Node, world: World, scope: dict[str, int]) -> Any:
    one = [_value(part, world, scope) for part in node.args] if node.op in _SIMPLE else []
    match node.op:
        case "number":
            return float(str(node.value))
        case "neg":
            return -one[0]
        case "add":
            return _sum_of(one, node.args)
        case "mul" | "dot":
            return _chain(one)
        case "hadamard":
            return _same_shape(one[0] * one[1], *one)
        case "div":
            return one[0] / _number(one[1])
        case "power":
            return _number(one[0]) ** one[1]
        case "transpose":
            return np.transpose(one[0])
        case "symbol":
            return _symbol(str(node.value), world)
        case "entry":
            return _entry(str(node.value), node.args[0], world, scope)
        case "call":
            return _call(str(node.value), node.args[0], world, scope)
        case "probability":
            return oracle.softmax(world.scores())[_word(node.args[0], world, scope)]
        case "loss":
            return _loss(node, world, scope)
        case "sum":
            return _sum(node, world, scope)
        case "cases":
            pairs = zip(node.args[::2], node.args[1::2], strict=True)
            return next(_value(v, world, scope) for v, when in pairs if _true(when, world, scope))
        case "derivative":
            return _derivative(node, world, scope)
        case "entries":
            return _entries(node.args[0], world)
        case "matrix":
            return _matrix(node, world)
        case "indicator":
            return float(_true(node.args[0], world, scope))
    raise NoValue(node.op)


_SIMPLE = ("neg", "add", "mul", "dot", "hadamard", "div", "power", "transpose")


def _sum_of(values: list[Any], parts: tuple[Node, ...]) -> Any:
    total = values[0]
    for value, (before, part) in zip(values[1:], pairwise(parts), strict=True):
        if not (_literal(before) or _literal(part)):
            _same_shape(total, total, value)
        total = total + value
    return total


def _literal(node: Node) -> bool:
    return node.op == "number" or (node.op == "neg" and _literal(node.args[0]))


def _same_shape(result: Any, left: Any, right: Any) -> Any:
    if np.shape(left) != np.shape(right):
        raise NoValue("shapes")
    return result


def _number(value: Any) -> Any:
    if np.ndim(value):
        raise NoValue("not a number")
    return value


def _chain(values: list[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        total = total @ value if np.ndim(total) and np.ndim(value) else total * value
        total = total.item() if np.shape(total) == (1, 1) else total
    return total


def _symbol(name: str, world: World) -> Any:
    if name in world.helpers:
        return _value(world.helpers[name][1], world, {})
    block = world.kind == "block"
    if name in ("U", "V"):
        array = getattr(world, name)
        return array if block else array.T
    if block and name in ("Y", "W"):
        return getattr(world, name)
    if block and name == "Z":
        return world.scores()
    if name == "x" and world.kind == "sigmoid":
        return world.x[1] if world.scalar else world.x[:, None]
    if name == "yhat" and not block:
        return oracle.softmax(world.scores())[None, :]
    if name == "y" and not block:
        return np.eye(len(world.U))[world.words["o"]][None, :]
    raise NoValue(name)


def _word(at: Node, world: World, scope: dict[str, int]) -> int:
    name = str(at.value)
    if at.op == "entry" and name == "w":
        inner = at.args[0]
        if inner.op == "add":
            return world.window[scope[str(inner.args[1].value)]]
        return world.sample[_place(inner, world, scope)]
    if at.op != "symbol":
        raise NoValue("index")
    if name in scope:
        return world.sample[scope[name]] if _is_slot(name, world) else scope[name]
    if name not in ("o", "c") and name not in world.open:
        raise NoValue(f"{name} is bound by nothing")
    return world.sample[world.free["k"]] if _is_slot(name, world) else world.words[name]


def _is_slot(name: str, world: World) -> bool:
    return world.kind == "negatives" and name not in ("o", "c", "w")


def _place(at: Node, world: World, scope: dict[str, int]) -> int:
    if at.op == "number":
        return int(float(str(at.value))) - 1
    name = str(at.value)
    if name in scope:
        return scope[name]
    if name not in world.open:
        raise NoValue(f"{name} is bound by nothing")
    return world.free[name]


def _entry(name: str, at: Node, world: World, scope: dict[str, int]) -> Any:
    if name in world.helpers:
        parameter, definition = world.helpers[name]
        if parameter is None:
            array = _value(definition, world, {})
            return array[tuple(_place(part, world, scope) for part in at.args)]
        raise NoValue(name)
    if world.kind == "block":
        if name in ("u", "v"):
            array = world.U if name == "u" else world.V
            if str(at.value) not in ("j" if name == "u" else "i"):
                raise NoValue(name)
            return array[_place(at, world, scope)][:, None]
        row, column = (_place(part, world, scope) for part in at.args)
        array = world.scores() if name in "Zz" else getattr(world, name.upper())
        return array[row, column]
    if name == "x":
        return world.x[_place(at, world, scope)]
    if name == "v":
        return world.V[_word(at, world, scope)][:, None]
    if name == "u" and at.op == "symbol" and _is_slot(str(at.value), world):
        return world.slot(_place(at, world, scope))[:, None]
    if name == "u":
        return world.U[_word(at, world, scope)][:, None]
    if name in ("y", "yhat"):
        return _symbol(name, world)[0, _word(at, world, scope)]
    raise NoValue(name)


def _call(name: str, argument: Node, world: World, scope: dict[str, int]) -> Any:
    if name == "diag":
        if argument.op == "list":
            return _diagonal([argument.args[0], argument.args[-1]], world)
        return np.diag(np.ravel(_value(argument, world, scope)))
    with np.errstate(all="ignore"):
        result = _FUNCTIONS[name](_value(argument, world, scope))
    if not np.all(np.isfinite(result)):
        raise NoValue(name)
    return result


def _loss(node: Node, world: World, scope: dict[str, int]) -> Any:
    c, o = world.words["c"], world.words["o"]
    if world.kind == "block":
        Z = world.scores()
        return oracle.batch_loss(Z, np.eye(Z.shape[1]), world.Y, world.W)
    if world.kind == "negatives":
        rows = np.stack([world.U[o], *(world.slot(k) for k in range(len(world.sample)))])
        slots = np.arange(1, len(rows))
        return oracle.negative_sampling_loss(world.V[c], 0, slots, rows)
    if world.kind == "window" and not (node.value == "pair" and len(node.args) == 3):
        words = world.window.values()
        return sum(oracle.naive_softmax_loss(world.V[c], word, world.U) for word in words)
    at = _word(node.args[1], world, scope) if len(node.args) == 3 else o
    return oracle.naive_softmax_loss(world.V[c], at, world.U)


def _true(when: Node, world: World, scope: dict[str, int]) -> bool:
    if when.op == "otherwise":
        return True
    if when.op != "relation":
        return True
    left, right = when.args[0], when.args[-1]
    sign = when.value[0]  # type: ignore[index]
    if sign not in ("=", "\\neq"):
        return True
    if right.op == "number" or world.kind == "sigmoid":
        return (_place(left, world, scope) == int(float(str(right.value)))) == (sign == "=")
    return (_word(left, world, scope) == _word(right, world, scope)) == (sign == "=")


def _sum(node: Node, world: World, scope: dict[str, int]) -> Any:
    domain, body = node.args
    name = str(node.value)
    numbered = [part for part in domain.args if part.op == "relation" and part.value == ("=",)]
    others = [part for part in domain.args if part not in numbered]
    if world.kind == "window" and name == "j":
        places = list(world.window)
        others = []
    elif world.kind == "block":
        places = list(range(3 if name in ("i", "t") else 5))
    elif _is_slot(name, world):
        places = list(range(len(world.sample)))
    elif world.kind == "sigmoid":
        places = list(range(len(world.x)))
    else:
        places = list(range(len(world.U)))
    inner = [{**scope, name: place} for place in places]
    kept = [s for s in inner if all(_true(part, world, s) for part in others)]
    values = [_value(body, world, s) for s in kept]
    total = values[0]
    for value in values[1:]:
        total = _same_shape(total + value, total, value)
    return total


def _derivative(node: Node, world: World, scope: dict[str, int]) -> Any:
    of, by = node.args
    array, place, shape = _variable(by, world, scope)
    slopes = []
    for at in place:
        kept = array[at]
        values = []
        for steps in (-2, -1, 1, 2):
            array[at] = kept + steps * STEP
            try:
                values.append(np.asarray(_value(of, world, scope), dtype=float))
            finally:
                array[at] = kept
        slopes.append((values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * STEP))
    if slopes[0].ndim == 0:
        stacked = np.array(slopes).reshape(shape)
        return stacked if shape else stacked.item()
    if not shape:
        return slopes[0]
    return np.stack([slope.ravel() for slope in slopes], axis=-1)


def _variable(by: Node, world: World, scope: dict[str, int]) -> tuple[Any, list[Any], Any]:
    """The array to move, its entries, and the shape of a gradient by it."""
    name = str(by.value)
    block = world.kind == "block"
    if by.op == "symbol" and name in ("U", "V"):
        array = getattr(world, name)
        if block:
            return array, list(np.ndindex(array.shape)), array.shape
        n, d = array.shape
        return array, [(w, a) for a in range(d) for w in range(n)], (d, n)
    if name == "Z" and block:
        world.Z_moved = np.zeros((3, 5))
        if by.op == "symbol":
            return world.Z_moved, list(np.ndindex(3, 5)), (3, 5)
        return world.Z_moved, [tuple(_place(part, world, scope) for part in by.args[0].args)], ()
    if name == "x" and by.op == "symbol":
        if world.scalar:
            return world.x, [1], ()
        return world.x, list(range(len(world.x))), (len(world.x), 1)
    if name == "x":
        return world.x, [_place(by.args[0], world, scope)], ()
    if by.op != "entry" or name not in ("u", "v"):
        raise NoValue(name)
    at = by.args[0]
    if name == "u" and _is_slot(str(at.value), world):
        array = world.moved[_place(at, world, scope)]
        return array, list(range(array.size)), (array.size, 1)
    array = world.U if name == "u" else world.V
    row = _place(at, world, scope) if block else _word(at, world, scope)
    return array, [(row, a) for a in range(array.shape[1])], (array.shape[1], 1)


def _entries(body: Node, world: World) -> Any:
    """[a_ij]_{n x n}; with one index only, the diagonal matrix that the course text writes so."""
    n = len(world.x)
    used = {str(part.args[0].value) for part in body.walk() if part.op == "entry"}
    if len(used) == 1:
        return np.diag([_value(body, world, {name: i}) for i in range(n) for name in used])
    return np.array([[_value(body, world, {"i": i, "j": j}) for j in range(n)] for i in range(n)])


def _diagonal(ends: list[Node], world: World) -> Any:
    """A diagonal shown by its first and last entry, f(x_1), ..., f(x_n)."""
    n = len(world.x)
    first, last = (
        [
            _value(end, world, {"n": n - 1, "1": i}) if k else _shifted(end, world, i)
            for i in range(n)
        ]
        for k, end in enumerate(ends)
    )
    if abs(first[-1] - last[-1]) > 1e-9:
        first[-1] = last[-1]
    return np.diag(first)


def _shifted(node: Node, world: World, i: int) -> Any:
    """f(x_1) at x_{i+1}."""
    kept = world.x[0]
    world.x[0] = world.x[i]
    try:
        return _value(node, world, {"n": len(world.x) - 1})
    finally:
        world.x[0] = kept


def _matrix(node: Node, world: World) -> Any:
    """A matrix with dots whose shown corners follow the diagonal."""
    columns = int(str(node.value))
    rows = [node.args[i : i + columns] for i in range(0, len(node.args), columns)]
    n = len(world.x)
    labels: list[int | None] = [*range(columns - 2), None, n - 1]
    grid = np.diag([_shifted(rows[0][0], world, i) for i in range(n)])
    for row, i in zip(rows, labels, strict=True):
        for cell, j in zip(row, labels, strict=True):
            if cell.op != "dots" and i is not None and j is not None:
                grid[i, j] = _value(cell, world, {"n": n - 1})
    return grid
