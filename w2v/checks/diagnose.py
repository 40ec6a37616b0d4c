"""Recognises mistakes by their values.

A mistake is named when its model (`w2v.checks.models`) gives the student's value at every point,
and not the true one at some: so a name is evidence and no guess. When several fit, all are offered;
when none does, none is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v import mistakes
from w2v.checks.call import CallError, call
from w2v.checks.judge import Array, Finding, as_array, equal, tolerance
from w2v.checks.tasks import TASKS, Point, task
from w2v.mistakes import Mistake
from w2v.outcomes import Outcome
from w2v.workbook import find

LOOSER = 100  # models are compared less strictly than answers: a wrong value may round worse
NEARLY = 1e-3  # of the scale: errors below are lost digits, not another formula


@dataclass(frozen=True, eq=False)
class Evidence:
    """A point, and the value that the student's function gave there, or the CallError."""

    args: Point
    found: Any


def diagnose(
    name: str,
    answer: Callable[..., Any],
    evidence: Sequence[Evidence],
    findings: Sequence[Finding],
) -> tuple[Mistake, ...]:
    """The mistakes that explain what was found; none where none explains it."""
    named = [mistake for finding in findings for mistake in finding.mistakes]
    errors = [one for one in evidence if isinstance(one.found, CallError)]
    named += _of_errors(name, answer, errors)
    if any(finding.outcome is Outcome.TRANSPOSED for finding in findings):
        named.append(mistakes.TRANSPOSED)
    elif name in TASKS and not named:
        with np.errstate(all="ignore"):
            named += _of_values(
                name, [one for one in evidence if not isinstance(one.found, CallError)]
            )
    return tuple(dict.fromkeys(named))


def _of_errors(name: str, answer: Callable[..., Any], errors: Sequence[Evidence]) -> list[Mistake]:
    if not errors:
        return []
    error = errors[0].found
    if error.kind in ("SystemExit", "KeyboardInterrupt"):
        return [mistakes.EXITS]
    if error.kind in ("ModuleNotFoundError", "ImportError"):
        return [mistakes.OTHER_FRAMEWORK]
    if "replace is False" in error.message or "Fewer non-zero entries" in error.message:
        return [mistakes.NO_REPEATS]
    if error.kind in ("ValueError", "IndexError"):
        if _right_for_transposed(name, answer, errors[0]):
            return [mistakes.U_TRANSPOSED]
        words = ("matmul", "not aligned", "broadcast", "size ")
        if error.kind == "ValueError" and any(word in error.message for word in words):
            return [mistakes.CANNOT_MULTIPLY]
    return []


def _right_for_transposed(name: str, answer: Callable[..., Any], one: Evidence) -> bool:
    """Would the answer be right if it were given U as d x n?"""
    if "U" not in _parameters(name):
        return False
    place = _parameters(name).index("U")
    given = [arg.T.copy() if i == place else arg for i, arg in enumerate(one.args)]
    try:
        found = as_array(call(answer, *given))
    except CallError:
        return False
    truth = np.asarray(task(name).truth(*one.args))
    within = tolerance(one.args, task(name).scales(*one.args)[0])
    return found is not None and (equal(found, truth, within) or equal(found, truth.T, within))


def _parameters(name: str) -> list[str]:
    return list(find(name).signature.parameters)


def _of_values(name: str, evidence: Sequence[Evidence]) -> list[Mistake]:
    """The mistakes that give these values, part by part where several arrays are asked for."""
    parts = max(1, len(task(name).parts))
    found = [_parts(one.found, parts) for one in evidence]
    if not evidence or any(values is None for values in found):
        return []
    named: list[Mistake] = []
    for part in range(parts):
        cases = [
            _Case(name, one.args, values[part], part)
            for one, values in zip(evidence, found, strict=True)
            if values is not None
        ]
        why = _of_part(name, cases)
        if why is None:
            return []
        named += why
    return named


class _Case:
    """One array of the student's, with what it should be."""

    def __init__(self, name: str, args: Point, found: Array, part: int) -> None:
        truth = task(name).truth(*args)
        self.args, self.found, self.part = args, found, part
        self.truth = np.asarray(truth[part] if task(name).parts else truth)
        self.scale = task(name).scales(*args)[part]
        self.within = tolerance(args, self.scale)
        if self.truth.shape == () and found.shape == (1,):
            self.found = found.reshape(())
        self.right = equal(self.found, self.truth, self.within)
        self.double = self.within < 1e-9 * self.scale
        self.finite = bool(np.isfinite(self.found).all())

    def matches(self, value: Any) -> bool:
        """Does a model give the student's value here?"""
        array = np.asarray(value)
        if array.shape == self.found.shape and not self.finite:
            return bool(np.array_equal(np.isfinite(array), np.isfinite(self.found)))
        scale = self.scale + float(np.linalg.norm(array.ravel()))
        return equal(self.found, array, LOOSER * tolerance(self.args, scale))


def _of_part(name: str, cases: Sequence[_Case]) -> list[Mistake] | None:
    """The mistakes in one array: [] if it is right, None if it is wrong and nothing explains it."""
    from w2v.checks.models import models  # loaded only when something is wrong

    wrong = [case for case in cases if not case.right]
    if not wrong:
        return []
    if all(_squeezed(case) for case in wrong):
        return [mistakes.EXTRA_AXIS]
    double = [case for case in wrong if case.double] or wrong
    if all(equal(case.found, case.truth, NEARLY * case.scale) for case in double):
        return [mistakes.IMPRECISE]
    fitting = [
        mistake
        for mistake, model in models(name)
        if all(case.matches(_part_of(model(*case.args), case)) for case in cases)
    ]
    finite = [case for case in cases if case.finite]
    if fitting or len(finite) == len(cases):
        return list(dict.fromkeys(fitting)) or None
    others = _of_part(name, finite)
    infinite = mistakes.ZERO_TIMES_LOG if name == "cross_entropy" else mistakes.OVERFLOWS
    return None if others is None else [infinite, *others]


def _squeezed(case: _Case) -> bool:
    same_size = case.found.size == case.truth.size and case.found.shape != case.truth.shape
    return same_size and equal(np.squeeze(case.found), np.squeeze(case.truth), case.within)


def _part_of(value: Any, case: _Case) -> Any:
    return value[case.part] if isinstance(value, tuple) else value


def _parts(found: Any, how_many: int) -> list[Array] | None:
    values = [found] if how_many == 1 else found
    if not isinstance(values, list | tuple) or len(values) != how_many:
        return None
    arrays = [as_array(value) for value in values]
    return None if any(array is None for array in arrays) else [a for a in arrays if a is not None]
