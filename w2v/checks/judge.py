"""Compares one value with the truth.

The tolerance of an answer is ROUNDING * size * eps * scale: eps is the precision of the inputs
(the coarsest float among the arguments), size the longest axis of any argument (how many terms a
sum has), scale the size of the answer's terms before they cancel, which every task states. Scores
are exact (see `w2v.checks.draw`), so what is left is the rounding of exp and log, one or two eps
each, and of the sums, at most size * eps: ROUNDING leaves a right answer room for a dozen
such steps. In float64 that is about 5e-14 of the scale, where central differences err by eps**(2/3)
= 4e-11 at best, and a steep point (loss 400) puts Richardson's extrapolation above 4e-13.

Errors are measured by norm over the whole array: an entry that cancels, such as y_hat_o - 1 near 0,
is as good as the terms that it was made of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v.mistakes import Mistake
from w2v.outcomes import Outcome

Array = np.ndarray[Any, np.dtype[Any]]

ROUNDING = 16


@dataclass(frozen=True)
class Finding:
    """What one test found.

    Args:
        outcome: one of the fixed outcomes.
        detail: what was expected and found; nothing about the numbers of the point.
        numbers: where and how the value differs; for the visible check alone.
        mistakes: those that the finding itself shows, whatever the value.
    """

    outcome: Outcome
    detail: str = ""
    numbers: str = ""
    mistakes: tuple[Mistake, ...] = ()


def tolerance(args: Sequence[Any], scale: float) -> float:
    """The largest error, by norm, of a right answer at the point `args`."""
    arrays = [arg for arg in args if isinstance(arg, np.ndarray | np.generic)]
    floats = [array.dtype for array in arrays if array.dtype.kind == "f"]
    eps = max((float(np.finfo(dtype).eps) for dtype in floats), default=np.finfo(float).eps)
    size = max((length for array in arrays for length in array.shape), default=1)
    return ROUNDING * size * eps * scale


def as_array(value: Any) -> Array | None:
    """The student's value as an array of real numbers; None if it is none."""
    try:
        array = np.asarray(value)
    except Exception:  # ragged lists, objects with an odd __array__
        return None
    return array if array.dtype.kind in "fiub" else None


def judge(found: Any, truth: Array, within: float, name: str = "") -> Finding:
    """Compare a student's value with `truth`, within a tolerance by norm.

    A single number may come as a float, a NumPy scalar, or an array of shape () or (1,); any other
    shape must be met exactly. `name` is what the message calls the value.
    """
    subject = f"{name}: " if name else ""
    array = as_array(found)
    if array is None:
        return Finding(Outcome.WRONG_SHAPE, f"{subject}expected {_shape(truth)}, {_kind(found)}")
    if truth.shape == () and array.shape == (1,):
        array = array.reshape(())
    if array.shape != truth.shape:
        return _misshapen(array, truth, within, subject)
    if equal(array, truth, within):
        return Finding(Outcome.CORRECT)
    return Finding(Outcome.WRONG_VALUE, f"{subject}not the right numbers", _differ(array, truth))


def equal(found: Array, truth: Array, within: float) -> bool:
    """Is the norm of the difference at most `within`? nan never is."""
    if found.shape != truth.shape:
        return False
    with np.errstate(all="ignore"):
        return bool(np.linalg.norm((found - truth).ravel()) <= within)


def _misshapen(found: Array, truth: Array, within: float, subject: str) -> Finding:
    detail = f"{subject}expected {_shape(truth)}, found {_shape(found)}"
    if truth.ndim == 2 and found.shape == truth.T.shape and equal(found, truth.T, within):
        return Finding(Outcome.TRANSPOSED, detail)
    return Finding(Outcome.WRONG_SHAPE, detail)


def _shape(array: Array) -> str:
    return f"an array of shape {array.shape}" if array.shape else "a single number"


def _kind(value: Any) -> str:
    if value is None:
        return "found None: is a `return` missing?"
    if isinstance(value, tuple):
        return f"found a tuple of {len(value)}"
    return f"found {type(value).__name__}"


def _differ(found: Array, truth: Array) -> str:
    """Where the error is largest, and the ratio if it is the same everywhere."""
    with np.errstate(all="ignore"):
        error = np.abs(found - truth)
        if not np.isfinite(error).all():
            place = np.argwhere(~np.isfinite(error))[0]
            return f"{found[tuple(place)]} {_at(place)}".strip()
        place = np.unravel_index(np.argmax(error), error.shape)
        text = f"largest error {error[place]:.3g} {_at(place)}".strip()
        ratio = np.sum(found * truth) / np.sum(truth * truth)
        alike = equal(found, ratio * truth, 1e-9 * float(np.linalg.norm(found.ravel())))
        if alike and truth.size > 1 and abs(ratio - 1) > 1e-6:
            text += f"; the answer is {ratio:.4g} times what it should be"
    return text


def _at(place: Any) -> str:
    return f"at index [{', '.join(str(int(i)) for i in place)}]" if len(place) else ""
