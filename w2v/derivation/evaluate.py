"""The value of an expression at a random point, shapes included.

A number is a complex scalar; a vector is a matrix of one column or one row, as the conventions
say, so a product keeps its order and its shapes. A derivative is the complex step through the
expression itself, and that of J the complex step through the loss of `w2v.oracle`.
"""

import cmath
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from w2v import oracle
from w2v.derivation.conventions import Convention
from w2v.derivation.expression import Node, names
from w2v.derivation.points import Array, Index, Point
from w2v.derivation.values import (
    ELEMENTWISE,
    Value,
    Wrong,
    WrongShape,
    added,
    called,
    finite,
    is_vector,
    multiplied,
    shape_of,
    size_of,
)
from w2v.numeric import STEP

Scope = Mapping[str, Index]

MAX_STEPS = 60_000
"""Operations that the check of one derivation may take: about a second; a long one takes 15 000."""

VOCABULARY = frozenset(["Vocab", "V", "W", "size", "n", "N"])


class Unknown(Exception):  # noqa: N818
    """Something that this checker does not know: a person must read the line."""


class TooMuch(Unknown):
    """More work than a check may take."""


@dataclass
class Budget:
    """What is left of the operations that the check of a derivation may take."""

    steps: int = MAX_STEPS

    def spend(self, steps: int = 1) -> None:
        """Take `steps` away; raises TooMuch where nothing is left."""
        self.steps -= steps
        if self.steps < 0:
            raise TooMuch("this takes too long to compute")


@dataclass
class Helpers:
    """The symbols that "let" lines define: the name of its index, if any, and its expression."""

    defined: dict[str, tuple[str | None, Node]] = field(default_factory=dict)


class Evaluator:
    """Evaluates expressions at one point, under one convention."""

    def __init__(
        self,
        point: Point,
        convention: Convention | None = None,
        helpers: Helpers | None = None,
        free: str | None = None,
        budget: Budget | None = None,
        jacobian: str = "rows",
        outer: bool = False,
        remembers: bool = False,
    ) -> None:
        self.point = point
        self.convention = convention or Convention()
        self.helpers = helpers or Helpers()
        self.free = free  # the name of the index that the question leaves open
        self.budget = budget or Budget()
        self.jacobian = jacobian  # whether the derivative of a vector has it in its rows
        self.outer = outer  # whether the k of d/du_k inside a sum over k is the k outside
        self.arrays = {name: array.copy() for name, array in point.arrays.items()}
        self.shifts: dict[Any, Array] = {}  # added to what a derivative is taken by
        # The values of all parts seen so far, for lines that differ in one place only.
        self.memory: dict[Any, Value] | None = {} if remembers else None
        self.step: Any = None  # what is being stepped for a derivative
        self.stepping = False
        self.peak = 0.0  # the largest number added up so far: what rounding is relative to
        self.notes: set[str] = set()
        self.depth = 0

    # Entry points

    def value(self, node: Node, scope: Scope | None = None) -> Value:
        """The value of an expression.

        Raises:
            Wrong: it has none; WrongShape: because of its shapes.
            Unknown: this checker cannot say.
        """
        scope = scope or {}
        if self.memory is None:
            return self._computed(node, scope)
        key = (node, tuple(scope.items()), self.step)
        if key not in self.memory:
            self.memory[key] = self._computed(node, scope)
        return self.memory[key]

    def _computed(self, node: Node, scope: Scope) -> Value:
        self.budget.spend()
        self.depth += 1
        if self.depth > 150:
            raise Unknown("this is nested too deeply")
        try:
            method = getattr(self, "_" + node.op, None)
            if method is None:
                raise Unknown(f"{called(node)} is not expected here")
            return method(node, scope)
        except (OverflowError, ZeroDivisionError, FloatingPointError) as problem:
            raise Wrong("the numbers get too large here") from problem
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as problem:
            # A combination that nobody foresaw is a person's to judge, and no student's mistake.
            raise Unknown(f"{called(node)} cannot be computed in this question") from problem
        finally:
            self.depth -= 1

    def holds(self, relation: Node, scope: Scope | None = None) -> bool:
        """Whether a condition such as w = o or -m <= j <= m is true here."""
        scope = scope or {}
        if relation.op == "otherwise":
            return True
        if relation.op == "list":
            return all(self.holds(part, scope) for part in relation.args)
        if relation.op != "relation":
            raise Unknown("a condition such as w = o was expected")
        signs: tuple[str, ...] = relation.value  # type: ignore[assignment]
        return all(
            self._compare(left, sign, right, scope)
            for (left, right), sign in zip(pairwise(relation.args), signs, strict=True)
        )

    # Numbers and names

    def _number(self, node: Node, scope: Scope) -> Value:
        return complex(float(str(node.value)))

    def _symbol(self, node: Node, scope: Scope) -> Value:
        name = str(node.value)
        if name in self.helpers.defined:
            return self._helper(name, None, scope)
        sizes, kind = self.point.sizes, self.point.kind
        if kind == "sigmoid" and name == "x":
            return self._x()
        if kind == "block" and name in ("Y", "W", "V", "U", "Z"):
            return self._scores() if name == "Z" else self.arrays[name]
        if kind != "block" and name in ("U", "V") and "U" in self.arrays:
            return self._matrix_of(self.arrays[name])
        if name in ("y", "yhat") and kind in ("pair", "window"):
            return self._row(self._y() if name == "y" else self._y_hat())
        if name in ("size", "Vocab") and "words" in sizes:
            return complex(sizes["words"])
        if name in sizes:
            return complex(sizes[name])
        if name == "I" and kind == "sigmoid":
            return np.eye(sizes["n"], dtype=complex)
        if name == "v" and "V" in self.arrays and kind != "block":
            return self._vector(self.arrays["V"][self.point.indices["c"].value])
        if name in scope or name in self.point.indices or name == self.free:
            raise Wrong(f"{name} is an index: it cannot be added or multiplied")
        raise Unknown(
            f"{name} is no symbol of this question: define it in a line `let {name} = ...`"
        )

    def _entry(self, node: Node, scope: Scope) -> Value:
        name, at = str(node.value), node.args[0]
        if name in self.helpers.defined:
            return self._helper(name, at, scope)
        kind = self.point.kind
        if name in ("u", "v", "U", "V") and "U" in self.arrays:
            return self._vector(self._word_vector(name.lower(), self.index(at, scope)))
        if name in ("y", "yhat") and kind in ("pair", "window", "negatives"):
            values = self._y() if name == "y" else self._y_hat()
            return values[self._word(self.index(at, scope))]
        if name == "x" and kind == "sigmoid":
            return self.arrays["x"][self._position(self.index(at, scope))]
        if kind == "block" and name in ("Y", "W", "Z", "y", "w", "z") and len(at.args) == 2:
            row, column = (self.index(part, scope) for part in at.args)
            array = self._scores() if name in "Zz" else self.arrays[name.upper()]
            if row.kind != "row" or column.kind != "column":
                raise Wrong(
                    f"{name} has its rows over the centers and its columns over the targets"
                )
            return array[row.value, column.value]
        if name == "w":
            raise Wrong("w is a word: it cannot be added or multiplied")
        raise Unknown(f"{name} with an index is no symbol of this question: define it with `let`")

    def _helper(self, name: str, at: Node | None, scope: Scope) -> Value:
        parameter, definition = self.helpers.defined[name]
        if parameter is None:
            value = self.value(definition, {})
            value = value + self.shifts[name] if name in self.shifts else value
            return value if at is None else self._pick(value, at, scope)
        if at is None:
            raise Wrong(f"{name} was defined with an index: write {name}_{parameter}")
        index = self.index(at, scope)
        value = self.value(definition, {parameter: index})
        return value + self.shifts[name, index] if (name, index) in self.shifts else value

    # Indices

    def index(self, node: Node, scope: Scope) -> Index:
        """What an index stands for."""
        if node.op == "number":
            return Index("number", int(node.value))  # type: ignore[call-overload]
        if node.op == "symbol":
            return self._named_index(str(node.value), scope)
        if node.op == "entry" and node.value == "w":
            return self._word_at(node.args[0], scope)
        raise Unknown(f"{called(node)} is not an index")

    def _named_index(self, name: str, scope: Scope) -> Index:
        if name in scope:
            return scope[name]
        if name in self.point.indices:
            return self.point.indices[name]
        if name == "n" and self.point.kind == "sigmoid":
            return Index("position", self.point.sizes["n"] - 1)
        if name == "K" and "K" in self.point.sizes:
            return Index("slot", self.point.sizes["K"] - 1)
        kind = self.kind_of(name)
        if kind in self.point.free and (name == self.free or self.point.kind == "block"):
            return self.point.free[kind]
        raise Wrong(f"{name} stands for nothing here: no sum runs over it")

    def kind_of(self, name: str) -> str:
        """What an index of this name runs over, where nothing says so."""
        kind = self.point.kind
        if kind == "sigmoid":
            return "position"
        if kind == "negatives":
            return "word" if name.rstrip("'") in ("w", "v", "x") else "slot"
        if kind == "window":
            return "offset" if name in ("j", "i", "k") else "word"
        if kind == "block":
            return "row" if name in ("t", "i", "s", "r") else "column"
        return "word"

    def _word_at(self, node: Node, scope: Scope) -> Index:
        """w_k of a sample, or w_{t+j} of a window."""
        if self.point.kind == "window" and node.op == "add" and len(node.args) == 2:
            base, shift = node.args
            if base == Node("symbol", (), "t"):
                minus = shift.op == "neg"
                offset = self.index(shift.args[0] if minus else shift, scope)
                j = -offset.value if minus else offset.value
                if j in self.point.outside:
                    return Index("word", self.point.outside[j])
                raise Wrong("w_{t+j} is no outside word for this j")
        if self.point.kind == "window" and node == Node("symbol", (), "t"):
            return self.point.indices["c"]
        if self.point.kind == "negatives":
            return self._slot(self.index(node, scope))
        raise Wrong("w with this index is no word of this question")

    def _slot(self, index: Index) -> Index:
        if index.kind == "number":
            if not 1 <= index.value <= self.point.sizes["K"]:
                raise Wrong(f"no negative sample has the number {index.value}")
            return Index("slot", index.value - 1)
        if index.kind != "slot":
            raise Wrong("the negative samples are numbered by k")
        return index

    def _word(self, index: Index) -> int:
        if index.kind == "word":
            return index.value
        if index.kind == "slot":
            return self.point.negatives[index.value]
        raise Wrong("words have no numbers here: write o, c, w or a bound index")

    def _position(self, index: Index) -> int:
        if index.kind == "number":
            if not 1 <= index.value <= self.point.sizes["n"]:
                raise Wrong(f"x has no entry {index.value}")
            return index.value - 1
        return index.value

    def _ordinal(self, node: Node, scope: Scope) -> float:
        """The size of an index or a number, in a comparison."""
        try:
            index = self.index(node, scope)
            return index.value + (index.kind not in ("offset", "number"))
        except (Wrong, Unknown):
            return float(np.real(self.value(node, scope)))

    def _compare(self, left: Node, sign: str, right: Node, scope: Scope) -> bool:
        if sign in ("\\in", "\\notin"):
            return self._member(left, right, scope) == (sign == "\\in")
        if sign in ("=", "\\neq"):
            return self._same(left, right, scope) == (sign == "=")
        a, b = self._ordinal(left, scope), self._ordinal(right, scope)
        return {"\\leq": a <= b, "<": a < b, "\\geq": a >= b, ">": a > b}[sign]

    def _same(self, left: Node, right: Node, scope: Scope) -> bool:
        try:
            a, b = self.index(left, scope), self.index(right, scope)
        except Unknown:
            return self._ordinal(left, scope) == self._ordinal(right, scope)
        if {a.kind, b.kind} <= {"word", "slot"} and a.kind != b.kind:
            return self._word(a) == self._word(b)
        if "number" in (a.kind, b.kind):
            return self._ordinal(left, scope) == self._ordinal(right, scope)
        return a == b

    def _member(self, left: Node, right: Node, scope: Scope) -> bool:
        if _is_sample(right) or (self.point.negatives and right.op == "symbol"):
            if right.op == "symbol" and str(right.value) in VOCABULARY:
                return True
            index = self.index(left, scope)
            return index.kind == "slot" or self._word(index) in self.point.negatives
        return True

    # Vectors and matrices

    def _vector(self, values: Array) -> Array:
        return values[:, None] if self.convention.vectors == "column" else values[None, :]

    def _row(self, values: Array) -> Array:
        return values[None, :] if self.convention.y == "row" else values[:, None]

    def _matrix_of(self, words: Array) -> Array:
        return words.T if self.convention.U == "columns" else words

    def _word_vector(self, name: str, index: Index) -> Array:
        if self.point.kind == "block":
            wanted = {"v": "row", "u": "column"}[name]
            if index.kind != wanted:
                raise Wrong(f"this index does not number the vectors {name}")
            return self.arrays[name.upper()][index.value]
        if name == "v":
            return self.arrays["V"][self._word(index)]
        if self.point.kind == "negatives":
            if index.kind == "number":
                index = self._slot(index)
            if index.kind == "slot":
                return self.arrays["U"][self._word(index)] + self.shifts.get(
                    ("slot", index.value), 0
                )
        return self.arrays["U"][self._word(index)]

    def _x(self) -> Value:
        """x of the questions about sigma: a number in one, a vector in the other."""
        if "scalar" in self.point.free:
            return self.arrays["x"][self.point.free["position"].value]
        return self._vector(self.arrays["x"])

    def _y(self) -> Array:
        y = np.zeros(self.point.sizes["words"], dtype=complex)
        y[self.point.indices["o"].value] = 1
        return y

    def _scores(self) -> Array:
        if self.point.kind == "block":
            scores = self.arrays["V"] @ self.arrays["U"].T
        else:
            scores = self.arrays["U"] @ self.arrays["V"][self.point.indices["c"].value]
        return scores + self.shifts["scores"] if "scores" in self.shifts else scores

    def _y_hat(self) -> Array:
        self.budget.spend(3)
        y_hat = oracle.softmax(self._scores())
        return y_hat + self.shifts["yhat"] if "yhat" in self.shifts else y_hat

    def _probability(self, node: Node, scope: Scope) -> Value:
        outside, center = node.args
        try:
            given = self.index(center, scope)
        except (Wrong, Unknown):
            given = Index("number", 0)
        if given != self.point.indices.get("c"):
            raise Wrong("the probability is given the center word: C = c")
        return self._y_hat()[self._word(self.index(outside, scope))]

    # The losses

    def _loss(self, node: Node, scope: Scope) -> Value:
        self.budget.spend(5)
        kind = self.point.kind
        if kind == "window":
            pair = node.value == "pair" and len(node.args) == 3
            if not pair:
                return sum(self._pair_loss(o) for o in self.point.outside.values())
            return self._pair_loss(self._word(self.index(node.args[1], scope)))
        if kind == "pair":
            if len(node.args) == 2 and names(node) <= {"y", "yhat"}:
                return oracle.cross_entropy(self._y(), self._y_hat())
            at = self.point.indices["o"]
            if len(node.args) == 3 and node.args[1].op in ("symbol", "entry"):
                at = self.index(node.args[1], scope)
            return -np.log(self._y_hat()[self._word(at)])
        if kind == "negatives":
            return self._negative_loss()
        if kind == "block":
            Y, W, Z = self.arrays["Y"], self.arrays["W"], self._scores()
            ones = np.eye(Z.shape[1], dtype=complex)
            return oracle.batch_loss(Z, ones, Y, W)
        raise Unknown("there is no loss J in this question")

    def _pair_loss(self, o: int) -> Value:
        c = self.point.indices["c"].value
        return oracle.naive_softmax_loss(self.arrays["V"][c], o, self.arrays["U"])

    def _negative_loss(self) -> Value:
        c, o = (self.point.indices[name] for name in "co")
        v_c = self.arrays["V"][c.value]
        rows = [self._word_vector("u", o)]
        rows += [self._word_vector("u", Index("slot", k)) for k in range(len(self.point.negatives))]
        slots = list(range(1, len(rows)))
        scores = np.stack(rows) @ v_c
        for (name, slot), shift in _score_shifts(self.shifts):
            scores[0 if name == "o" else slot + 1] += shift
        unit = np.ones(1, dtype=complex)
        return oracle.negative_sampling_loss(unit, 0, slots, scores[:, None])

    # Arithmetic

    def _neg(self, node: Node, scope: Scope) -> Value:
        return -self.value(node.args[0], scope)

    def _add(self, node: Node, scope: Scope) -> Value:
        if any(part.op == "dots" for part in node.args):
            raise Unknown("it is not clear what the dots stand for: write a sum")
        total: Value = None
        before: Node | None = None
        for part in node.args:
            value = self.value(part, scope)
            self._remember(value)
            if total is None:
                total, before = value, part
                continue
            if shape_of(total) != shape_of(value) and not (
                _literal(part) or (before is not None and _literal(before))
            ):
                raise WrongShape(
                    f"a {size_of(total)} and a {size_of(value)} cannot be added ({called(part)})"
                )
            total = total + value
            before = None if not (before is not None and _literal(before)) else part
        return total

    def _mul(self, node: Node, scope: Scope) -> Value:
        total = self.value(node.args[0], scope)
        for before, part in pairwise(node.args):
            total = multiplied(total, self.value(part, scope), before, part)
        return total

    def _dot(self, node: Node, scope: Scope) -> Value:
        left, right = (self.value(part, scope) for part in node.args)
        vectors = is_vector(left) and is_vector(right)
        if vectors and shape_of(left) == shape_of(right):
            return complex(np.sum(left * right))
        return multiplied(left, right, *node.args)

    def _hadamard(self, node: Node, scope: Scope) -> Value:
        left, right = (self.value(part, scope) for part in node.args)
        if shape_of(left) != shape_of(right):
            raise WrongShape(f"a {size_of(left)} and a {size_of(right)} have no entrywise product")
        return left * right

    def _div(self, node: Node, scope: Scope) -> Value:
        top, bottom = (self.value(part, scope) for part in node.args)
        if shape_of(bottom):
            raise WrongShape(f"cannot divide by a {size_of(bottom)} ({called(node.args[1])})")
        if bottom == 0:
            raise Wrong("this divides by zero")
        return top / bottom

    def _power(self, node: Node, scope: Scope) -> Value:
        base, exponent = (self.value(part, scope) for part in node.args)
        if shape_of(base) or shape_of(exponent):
            raise WrongShape("only numbers have powers here")
        if exponent.imag == 0 and exponent.real == int(min(abs(exponent.real), 99)):
            return base ** int(exponent.real)
        if base.real <= 0:
            raise Wrong("this power has no real value")
        return finite(cmath.exp(finite(exponent * cmath.log(base))))

    def _transpose(self, node: Node, scope: Scope) -> Value:
        value = self.value(node.args[0], scope)
        return value.T if shape_of(value) else value

    def _index(self, node: Node, scope: Scope) -> Value:
        return self._pick(self.value(node.args[0], scope), node.args[1], scope)

    def _pick(self, value: Value, at: Node, scope: Scope) -> Value:
        """An entry of a vector, or of a matrix by two indices."""
        if not shape_of(value):
            raise WrongShape("a number has no entries")
        if is_vector(value) and at.op not in ("mul", "list"):
            return value.ravel()[self._place(self.index(at, scope), value.size)]
        if len(at.args) != 2:
            raise WrongShape(f"a {size_of(value)} needs two indices")
        places = [self.index(part, scope) for part in at.args]
        row, column = (self._place(i, size) for i, size in zip(places, value.shape, strict=True))
        return value[row, column]

    def _place(self, index: Index, size: int) -> int:
        kinds = {"words": ("word", "slot"), "n": ("position", "number"), "K": ("slot",)}
        kinds |= {"T": ("row",), "C": ("column",)}
        for name, allowed in kinds.items():
            if self.point.sizes.get(name) == size and index.kind in allowed:
                if name == "words":
                    return self._word(index)
                return self._position(index) if name == "n" else index.value
        raise Wrong("this index does not number these entries")

    # Functions

    def _call(self, node: Node, scope: Scope) -> Value:
        self.budget.spend(2)
        function, argument = str(node.value), node.args[0]
        if function == "diag":
            return self._diagonal(argument, scope)
        if function == "CE":
            return oracle.cross_entropy(self._y(), self._y_hat())
        value = self.value(argument, scope)
        if function == "dsigma":
            return self._sigmoid_slope(value)
        if function == "softmax":
            if not is_vector(value):
                raise WrongShape("softmax takes a vector")
            return oracle.softmax(value.ravel()).reshape(value.shape)
        return ELEMENTWISE[function](value)

    def _sigmoid_slope(self, value: Value) -> Value:
        if self.stepping:
            raise Unknown("a derivative inside a derivative cannot be checked")
        slope = np.imag(oracle.sigmoid(np.asarray(value) + 1j * STEP)) / STEP
        return slope.astype(complex) if shape_of(value) else complex(slope)

    def _diagonal(self, argument: Node, scope: Scope) -> Value:
        if argument.op == "list":
            row = Node("matrix", argument.args, len(argument.args))
            return np.diag(self._grid(row, scope, diagonal=True))
        value = self.value(argument, scope)
        if not is_vector(value):
            raise WrongShape("diag takes a vector")
        return np.diag(value.ravel())

    def _indicator(self, node: Node, scope: Scope) -> Value:
        return complex(self.holds(node.args[0], scope))

    def _relation(self, node: Node, scope: Scope) -> Value:
        return complex(self.holds(node, scope))

    def _cases(self, node: Node, scope: Scope) -> Value:
        for branch, condition in zip(node.args[::2], node.args[1::2], strict=True):
            if self.holds(condition, scope):
                return self.value(branch, scope)
        raise Wrong("none of these cases is the one asked for")

    # Sums

    def _sum(self, node: Node, scope: Scope) -> Value:
        domain, body = node.args
        name = str(node.value)
        total: Value = None
        for index in self._range(name, domain, scope):
            value = self.value(body, {**scope, name: index})
            self._remember(value)
            total = value if total is None else added(total, value)
        return 0j if total is None else total

    def _range(self, name: str, domain: Node, scope: Scope) -> Iterator[Index]:
        """The indices that a sum runs over."""
        upper: tuple[Node, ...] = domain.value  # type: ignore[assignment]
        kind = self._range_kind(name, domain, upper)
        sizes = self.point.sizes
        if kind == "offset":
            candidates = [Index(kind, j) for j in self.point.outside]
        else:
            size = {"word": "words", "slot": "K", "position": "n", "row": "T", "column": "C"}[kind]
            if size not in sizes:
                raise Wrong(f"there is nothing here that {name} could run over")
            candidates = [Index(kind, i) for i in range(sizes[size])]
        for index in candidates:
            inner = {**scope, name: index}
            if all(self._admits(name, part, upper, inner) for part in domain.args):
                yield index

    def _range_kind(self, name: str, domain: Node, upper: tuple[Node, ...]) -> str:
        for part in domain.args:
            if part.op == "relation" and part.value[-1] == "\\in":  # type: ignore[index]
                target = part.args[-1]
                if _is_sample(target):
                    return "slot"
                if target.op == "symbol" and str(target.value) in VOCABULARY:
                    return "word"
                if target.op != "list":
                    raise Unknown(f"{called(target)} is no set of this question")
        sizes = {str(part.value) for node in upper for part in node.walk() if part.op == "symbol"}
        for part in domain.args:
            sizes |= names(part) - {name}
        by_size = {"K": "slot", "m": "offset", "T": "row", "C": "column"}
        for size in sizes:
            if size in by_size and size in self.point.sizes:
                return by_size[size]
        if sizes & VOCABULARY and "words" in self.point.sizes:
            return "word"
        return self.kind_of(name)

    def _admits(self, name: str, part: Node, upper: tuple[Node, ...], scope: Scope) -> bool:
        """Whether an index satisfies one of the constraints under the sum."""
        if part.op != "relation":
            return True
        starts = part.value == ("=",) and part.args[0] == Node("symbol", (), name) and upper
        if not starts:
            return "\\in" in part.value or self.holds(part, scope)  # type: ignore[operator]
        if scope[name].kind == "word":
            return True
        first = np.real(self.value(part.args[1], {}))
        last = np.real(self.value(upper[0], {}))
        if first == 0 and scope[name].kind != "offset":  # counted from 0
            last += 1
            first = 1
            if last > self.point.sizes.get(
                {"slot": "K", "position": "n"}.get(scope[name].kind, ""), 99
            ):
                raise Wrong("this sum has one term too many")
        return first <= self._ordinal(Node("symbol", (), name), scope) <= last

    # Derivatives

    def _derivative(self, node: Node, scope: Scope) -> Value:
        of, by = node.args
        if self.stepping:
            raise Unknown("a derivative inside a derivative cannot be checked")
        if by.op == "transpose":
            value = self.value(Node("derivative", (of, by.args[0])), scope)
            return value.T if shape_of(value) else value
        if self._is_slip(of, by):
            self.notes.add("jacobian")
            return self._jacobian_by_rows(of, by)
        around = {} if self.outer and _index_name(by) == self.free else scope
        with self._moving(by, around) as (targets, shape):
            self.step = (by, tuple(around.items()))
            slopes = self._slopes(of, scope, targets)
        if of.op == "loss" and str(by.value) in self.helpers.defined and not np.any(slopes):
            raise Unknown(f"how J depends on {by.value} cannot be told here")
        return self._laid_out(slopes, shape)

    def _is_slip(self, of: Node, by: Node) -> bool:
        """d sigma(x_i) / dx where the whole Jacobian is meant, as the course text writes it."""
        vector = self.point.kind == "sigmoid" and by == Node("symbol", (), "x")
        return vector and "scalar" not in self.point.free and "entry" in {p.op for p in of.walk()}

    def _jacobian_by_rows(self, of: Node, by: Node) -> Value:
        name = self.free or "i"
        rows = []
        for i in range(self.point.sizes["n"]):
            with self._moving(by, {}) as (targets, _):
                rows.append(self._slopes(of, {name: Index("position", i)}, targets).ravel())
        return np.stack(rows)

    def _slopes(self, of: Node, scope: Scope, targets: list[list[tuple[Array, Any]]]) -> Array:
        """The derivative by each target, stacked along the last axis; the first axes are of's."""
        self.stepping = True
        columns = []
        moved = self.step
        try:
            for number, target in enumerate(targets):
                self.step = (moved, number)
                for array, at in target:
                    array[at] += 1j * STEP
                try:
                    value = self.value(of, scope)
                    columns.append(np.imag(value) / STEP)
                finally:
                    for array, at in target:
                        array[at] = array[at].real
        finally:
            self.stepping = False
            self.step = None
        slopes = np.stack([np.asarray(column) for column in columns], axis=-1).astype(complex)
        if not np.all(np.abs(slopes) < 1e100):
            raise Wrong("this has no derivative here")
        return slopes

    @contextmanager
    def _moving(
        self, by: Node, scope: Scope
    ) -> Iterator[tuple[list[list[tuple[Array, Any]]], tuple[int, ...]]]:
        """What to step for a derivative by `by`: for each of its entries, where it is stored."""
        made: list[Any] = []

        def shift(key: Any, shape: tuple[int, ...]) -> Array:
            if key not in self.shifts:
                self.shifts[key] = np.zeros(shape, dtype=complex)
                made.append(key)
            return self.shifts[key]

        try:
            yield self._targets(by, scope, shift)
        finally:
            for key in made:
                del self.shifts[key]

    def _targets(
        self, by: Node, scope: Scope, shift: Callable[[Any, tuple[int, ...]], Array]
    ) -> tuple[list[list[tuple[Array, Any]]], tuple[int, ...]]:
        name = str(by.value)
        if by.op not in ("symbol", "entry"):
            raise Unknown(f"a derivative by {called(by)} cannot be checked")
        if name in self.helpers.defined:
            return self._helper_targets(by, scope, shift)
        kind = self.point.kind
        if name == "x" and kind == "sigmoid":
            return self._x_targets(by, scope)
        if by.op == "symbol" and name in ("U", "V") and name in self.arrays:
            array = self.arrays[name]
            words: list[list[tuple[Array, Any]]] = [[(array, at)] for at in np.ndindex(array.shape)]
            if kind != "block" and self.convention.U == "columns":
                words = [
                    [(array, (w, a))] for a in range(array.shape[1]) for w in range(len(array))
                ]
                return words, array.T.shape
            return words, array.shape
        if by.op == "symbol" and name == "Z" and kind == "block":
            scores = shift("scores", self._scores().shape)
            return [[(scores, at)] for at in np.ndindex(scores.shape)], scores.shape
        if by.op == "symbol" and name == "yhat" and kind == "pair":
            y_hat = shift("yhat", (self.point.sizes["words"],))
            return [[(y_hat, at)] for at in range(y_hat.size)], self._row(y_hat).shape
        if by.op == "symbol" and name == "v" and "c" in self.point.indices:
            by = Node("entry", (Node("symbol", (), "c"),), "v")
        if by.op != "entry":
            raise Unknown(f"a derivative by {name} cannot be checked")
        return self._entry_targets(by, scope, shift)

    def _entry_targets(
        self, by: Node, scope: Scope, shift: Callable[[Any, tuple[int, ...]], Array]
    ) -> tuple[list[list[tuple[Array, Any]]], tuple[int, ...]]:
        name, at = str(by.value).lower(), by.args[0]
        kind = self.point.kind
        if name == "z" and kind == "block" and len(at.args) == 2:
            row, column = (self.index(part, scope).value for part in at.args)
            return [[(shift("scores", self._scores().shape), (row, column))]], ()
        index = self.index(at, scope)
        if name == "yhat" and kind == "pair":
            return [[(shift("yhat", (self.point.sizes["words"],)), self._word(index))]], ()
        if name not in ("u", "v"):
            raise Unknown(f"a derivative by {name} cannot be checked")
        if kind == "negatives" and name == "u" and index.kind == "number":
            index = self._slot(index)
        if kind == "negatives" and name == "u" and index.kind == "slot":
            array = shift(("slot", index.value), (self.point.sizes["d"],))
            targets: list[list[tuple[Array, Any]]] = [[(array, a)] for a in range(array.size)]
        else:
            array = self.arrays[name.upper()]
            row = index.value if kind == "block" else self._word(index)
            targets = [[(array, (row, a))] for a in range(array.shape[1])]
        return targets, self._vector(np.zeros(len(targets))).shape

    def _x_targets(
        self, by: Node, scope: Scope
    ) -> tuple[list[list[tuple[Array, Any]]], tuple[int, ...]]:
        x = self.arrays["x"]
        if by.op == "entry":
            return [[(x, self._position(self.index(by.args[0], scope)))]], ()
        if "scalar" in self.point.free:
            return [[(x, self.point.free["position"].value)]], ()
        return [[(x, i)] for i in range(x.size)], self._vector(x).shape

    def _helper_targets(
        self, by: Node, scope: Scope, shift: Callable[[Any, tuple[int, ...]], Array]
    ) -> tuple[list[list[tuple[Array, Any]]], tuple[int, ...]]:
        """A helper moves, and with it the score that it names, so that J feels it."""
        name = str(by.value)
        value = self.value(by, scope)
        key: Any = name
        if by.op == "entry" and self.helpers.defined[name][0] is not None:
            key = (name, self.index(by.args[0], scope))
        elif by.op == "entry":
            whole = self._symbol(Node("symbol", (), name), {})
            place = self._place(self.index(by.args[0], scope), whole.size)
            array = shift(name, whole.shape)
            at = (place, 0) if whole.shape[1] == 1 else (0, place)
            return [[(array, at), *self._score_target(value, place, shift)]], ()
        array = shift(key, shape_of(value))
        if not shape_of(value):
            return [[(array, ()), *self._score_target(value, None, shift)]], ()
        places = list(np.ndindex(array.shape))
        return [
            [(array, at), *self._score_target(value[at], i, shift)] for i, at in enumerate(places)
        ], array.shape

    def _score_target(
        self, value: Value, place: int | None, shift: Callable[[Any, tuple[int, ...]], Array]
    ) -> list[tuple[Array, Any]]:
        """The score of J that has this value, to be stepped along with a helper."""
        if self.point.kind in ("pair", "block"):
            scores = self._scores()
            for at in np.ndindex(scores.shape):
                if abs(scores[at] - value) < 1e-12:
                    return [(shift("scores", scores.shape), at)]
        if self.point.kind == "negatives":
            v_c = self.arrays["V"][self.point.indices["c"].value]
            if abs(self._word_vector("u", self.point.indices["o"]) @ v_c - value) < 1e-12:
                return [(shift(("score", "o", 0), ()), ())]
            slot = self.point.free["slot"].value
            if abs(self._word_vector("u", Index("slot", slot)) @ v_c - value) < 1e-12:
                return [(shift(("score", "k", slot), ()), ())]
        return []

    def _laid_out(self, slopes: Array, shape: tuple[int, ...]) -> Value:
        """The derivatives in the shape that the convention gives them."""
        of_shape = slopes.shape[:-1]
        if not of_shape:
            if not shape:
                return complex(slopes[0])
            gradient = slopes.reshape(shape)
            return gradient.T if self.convention.gradient == "transposed" else gradient
        if not shape:
            return slopes[..., 0]
        if 1 not in of_shape or 1 not in shape:
            raise WrongShape("a matrix is differentiated here where a number or a vector belongs")
        jacobian = slopes.reshape(-1, slopes.shape[-1])
        return jacobian if self.jacobian == "rows" else jacobian.T

    # Matrices given by their entries

    def _entries(self, node: Node, scope: Scope) -> Value:
        """[a_ij]_{n x n}, or [a_i]_{n x n} for the diagonal matrix of the a_i."""
        n = self.point.sizes.get("n")
        if n is None:
            raise Unknown("this matrix has no size")
        body = node.args[0]
        used = {
            str(index.value)
            for part in body.walk()
            if part.op in ("entry", "relation")
            for index in part.args
            if index.op == "symbol"
        }
        letters = sorted(used - {"n"})
        places = [Index("position", i) for i in range(n)]
        if len(letters) == 1:
            return np.diag([self.value(body, {letters[0]: i}) for i in places])
        if len(letters) == 2:
            return np.array(
                [[self.value(body, {letters[0]: i, letters[1]: j}) for j in places] for i in places]
            )
        raise Unknown("the entries of this matrix have no index")

    def _matrix(self, node: Node, scope: Scope) -> Value:
        return self._grid(node, scope)

    def _grid(self, node: Node, scope: Scope, diagonal: bool = False) -> Array:
        """A matrix that is written out, or shown by its corners with dots between them."""
        columns = int(node.value)  # type: ignore[call-overload]
        rows = [node.args[i : i + columns] for i in range(0, len(node.args), columns)]
        if not any(cell.op == "dots" for cell in node.args):
            values = [[self.value(cell, scope) for cell in row] for row in rows]
            if any(shape_of(value) for row in values for value in row):
                raise Unknown("a matrix made of vectors cannot be checked")
            grid = np.array(values, dtype=complex)
            return grid.ravel() if diagonal else (grid if grid.size > 1 else grid[0, 0])
        n = self.point.sizes.get("n")
        if n is None:
            raise Unknown("it is not clear what the dots stand for")
        return self._dotted(rows, n, scope, diagonal)

    def _dotted(self, rows: list[tuple[Node, ...]], n: int, scope: Scope, flat: bool) -> Array:
        across = _numbered([cell.op == "dots" for cell in _fullest(rows)])
        down = [0] if flat else _numbered([_all_dots(row) for row in rows])
        grid = np.zeros((1 if flat else n, n), dtype=complex)
        patterns: dict[bool, Node] = {}
        shown = [
            (cell, 0 if i is None else i, j)
            for row, i in zip(rows, down, strict=True)
            for cell, j in zip(row, across, strict=True)
            if i is not None and j is not None and cell.op != "dots"
        ]
        last = {-1: n - 1}
        for cell, i, j in shown:
            patterns.setdefault(flat or i == j, _pattern(cell, i, j))
        for i, j in np.ndindex(grid.shape):
            pattern = patterns.get(flat or i == j)
            if pattern is None:
                raise Unknown("it is not clear what the dots stand for")
            inner = {"row ": Index("position", j if flat else i), "column ": Index("position", j)}
            grid[i, j] = self.value(pattern, {**scope, **inner})
        for cell, i, j in shown:
            grid[last.get(i, i), last.get(j, j)] = self.value(cell, scope)
        return grid.ravel() if flat else grid

    def _remember(self, value: Value) -> None:
        if self.stepping:
            return
        size = (
            float(np.max(np.abs(np.real(value)))) if shape_of(value) else abs(complex(value).real)
        )
        self.peak = max(self.peak, size)


def _pattern(cell: Node, i: int, j: int) -> Node:
    """The entry with its row and column numbers made names, so that dots can be filled in."""
    if cell.op in ("entry", "index"):
        at = cell.args[-1]
        number = int(at.value) - 1 if at.op == "number" else -1  # type: ignore[call-overload]
        if at.op == "number" or at == Node("symbol", (), "n"):
            name = "row " if number == i else "column " if number == j else None
            if name:
                return cell.replaced(len(cell.args) - 1, Node("symbol", (), name))
    return Node(cell.op, tuple(_pattern(part, i, j) for part in cell.args), cell.value)


def _numbered(dots: list[bool]) -> list[int | None]:
    """The number of each row or column that is shown: counted up to the dots, the last is -1."""
    if not any(dots):
        return list(range(len(dots)))
    first = dots.index(True)
    behind = len(dots) - first - 1
    if behind != 1 or sum(dots) != 1:
        raise Unknown("it is not clear what the dots stand for")
    return [*range(first), None, -1]


def _fullest(rows: list[tuple[Node, ...]]) -> tuple[Node, ...]:
    return min(rows, key=lambda row: sum(cell.op == "dots" for cell in row))


def _all_dots(row: tuple[Node, ...]) -> bool:
    return sum(cell.op == "dots" for cell in row) > 1 or all(cell.op == "dots" for cell in row)


def _index_name(node: Node) -> str | None:
    """w of u_w."""
    named = node.op == "entry" and node.args[0].op == "symbol"
    return str(node.args[0].value) if named else None


def _score_shifts(shifts: Mapping[Any, Array]) -> Iterator[tuple[tuple[str, int], Any]]:
    for key, shift in shifts.items():
        if isinstance(key, tuple) and key[0] == "score":
            yield (key[1], key[2]), shift[()]


def _literal(node: Node) -> bool:
    """Whether a number may be added to a vector: 1 - sigma(x), or 0 + v."""
    return node.op == "number" or (node.op == "neg" and _literal(node.args[0]))


def _is_sample(node: Node) -> bool:
    """Whether a set is w_1, ..., w_K, or 1, ..., K."""
    return node.op == "list" and any(part.op == "dots" for part in node.args)
