"""Values of expressions: complex numbers and matrices, what is done with them, their shapes.

A vector is a matrix of one column or of one row.
"""

import cmath
from collections.abc import Callable
from typing import Any

import numpy as np

from w2v import oracle
from w2v.derivation.expression import Node
from w2v.outcomes import Outcome

Value = Any  # a complex number, or a complex matrix
TOLERANCE = 1e-9


class Wrong(Exception):  # noqa: N818 - it is not raised to a caller of the package
    """A line that has no value: the message says why."""


class WrongShape(Wrong):
    """Two things whose shapes do not go together."""


def shape_of(value: Value) -> tuple[int, ...]:
    """The shape; () for a number."""
    return value.shape if isinstance(value, np.ndarray) else ()


def is_vector(value: Value) -> bool:
    """Whether this is one column or one row."""
    return len(shape_of(value)) == 2 and 1 in shape_of(value)


def size_of(value: Value) -> str:
    """Such as "column (5 x 1)"."""
    shape = shape_of(value)
    if not shape:
        return "number"
    kind = "column" if shape[1] == 1 else "row" if shape[0] == 1 else "matrix"
    return f"{kind} ({shape[0]} x {shape[1]})"


def multiplied(left: Value, right: Value, *parts: Node) -> Value:
    """The product; raises WrongShape where it has none."""
    if not shape_of(left) or not shape_of(right):
        return left * right
    if left.shape[1] != right.shape[0]:
        raise WrongShape(
            f"{called(parts[0])} times {called(parts[1])}: a {size_of(left)} and a "
            f"{size_of(right)} cannot be multiplied in this order"
        )
    result = left @ right
    return complex(result[0, 0]) if result.shape == (1, 1) else result


def added(total: Value, value: Value) -> Value:
    """The sum; raises WrongShape where the shapes differ."""
    if shape_of(total) != shape_of(value):
        raise WrongShape("the terms of this sum have different shapes")
    return total + value


def finite(value: Value) -> Value:
    """The value; raises Wrong where it is too large."""
    if not np.all(np.isfinite(value)) or np.max(np.abs(value)) > 1e200:
        raise Wrong("the numbers get too large here")
    return value


def _exp(value: Value) -> Value:
    if np.max(np.real(value)) > 400 if shape_of(value) else value.real > 400:
        raise Wrong("the numbers get too large here")
    return np.exp(value) if shape_of(value) else cmath.exp(value)


def _log(value: Value) -> Value:
    if np.min(np.real(value)) <= 0 if shape_of(value) else value.real <= 0:
        raise Wrong("the logarithm of a number that is not positive")
    return np.log(value) if shape_of(value) else cmath.log(value)


def _sigmoid(value: Value) -> Value:
    return oracle.sigmoid(np.asarray(value)) if shape_of(value) else complex(oracle.sigmoid(value))


ELEMENTWISE: dict[str, Callable[[Value], Value]] = {"exp": _exp, "log": _log, "sigma": _sigmoid}

_NAMES = {"yhat": r"\hat{y}", "size": "|V|", "Vocab": "V"}


def called(node: Node) -> str:
    """A short name of an expression for a message."""
    if node.op == "symbol":
        return _NAMES.get(str(node.value), str(node.value))
    if node.op == "entry" and node.args[0].op == "symbol":
        name = _NAMES.get(str(node.value), str(node.value))
        return f"{name}_{node.args[0].value}"
    if node.op == "transpose":
        return called(node.args[0]) + "^T"
    if node.op in ("add", "neg"):
        return "(" + " ".join(called(part) for part in node.args) + ")"
    if node.op == "number":
        return f"{node.value:g}"
    if node.op == "sum":
        return f"the sum over {node.value}"
    if node.op == "call":
        return f"{node.value}(...)"
    return {"derivative": "the derivative", "div": "the fraction"}.get(node.op, f"the {node.op}")


# Comparing ------------------------------


def comparison(value: Value, truth: Value, peak: float) -> tuple[Outcome, str]:
    """Compare a value with the truth: shapes first, then numbers to a relative 1e-9."""
    if np.shape(value) != np.shape(truth):
        if np.shape(value) == () and value == 0 and not np.any(truth):
            return Outcome.CORRECT, ""
        if np.shape(truth) == () and truth == 0 and not np.any(value):
            return Outcome.CORRECT, ""
        turned = np.shape(value) == np.shape(truth)[::-1]
        if turned and _close(np.transpose(value), truth, peak):
            return Outcome.TRANSPOSED, (
                f"this is a {size_of(value)}, the transpose of what it should equal"
            )
        return Outcome.WRONG_SHAPE, f"this is a {size_of(value)}; it must be a {size_of(truth)}"
    if _close(value, truth, peak):
        return Outcome.CORRECT, ""
    return Outcome.WRONG_VALUE, "this does not follow: it has another value than the left side"


def agree(value: Value, truth: Value) -> bool:
    """Whether both are the same, to rounding."""
    return comparison(value, truth, 1.0)[0] is Outcome.CORRECT


def _close(value: Value, truth: Value, peak: float) -> bool:
    difference = float(np.max(np.abs(np.asarray(value) - np.asarray(truth))))
    scale = float(max(np.max(np.abs(value)), np.max(np.abs(truth))))
    # Where large terms cancel, rounding alone may exceed the tolerance.
    rounding = 1e-14 * peak if peak < 1e4 * max(scale, 1e-3) else 0.0
    return difference <= max(TOLERANCE * scale, rounding)


def same_numbers(formula: Value, result: Any) -> bool:
    """Whether a function of the student gave what the formula says, in any usual shape."""
    try:
        found = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        return False
    expected = np.real(np.asarray(formula))
    if found.size != expected.size:
        return False
    options = [expected] if expected.ndim < 2 else [expected, expected.T]
    squeezed = [option.reshape(-1) if 1 in option.shape else option for option in options]
    shaped = found.reshape(-1) if found.ndim < 2 or 1 in found.shape else found
    return any(
        option.shape == shaped.shape and np.allclose(option, shaped, rtol=1e-4, atol=1e-6)
        for option in (option.reshape(-1) if option.ndim < 2 else option for option in squeezed)
    )
