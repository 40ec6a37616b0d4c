"""One answer under examination: calls it at points, collects findings, comes to a verdict."""

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v import mistakes
from w2v.checks import sampler
from w2v.checks.call import CallError, call
from w2v.checks.diagnose import Evidence, diagnose
from w2v.checks.judge import Finding, judge, tolerance
from w2v.checks.pairs import PairLoss
from w2v.checks.tasks import Point, task
from w2v.mistakes import Mistake
from w2v.outcomes import Outcome
from w2v.workbook import find

GRAVITY = list(Outcome)  # the first outcome of this order is the verdict


@dataclass(frozen=True)
class Verdict:
    """The outcome for one answer, with all that was found on the way.

    Args:
        name: the exercise.
        findings: what was not right.
        tests: how many tests were made.
        why: finds the mistakes that explain the findings.
    """

    name: str
    findings: tuple[Finding, ...]
    tests: int
    why: Callable[[], tuple[Mistake, ...]]

    @property
    def outcome(self) -> Outcome:
        """The gravest outcome of all findings."""
        outcomes = [finding.outcome for finding in self.findings]
        return min(outcomes, key=GRAVITY.index, default=Outcome.CORRECT)

    @functools.cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The recognised mistakes; looked for only when asked, for it takes a while."""
        return self.why() if self.findings else ()

    def text(self, numbers: bool) -> str:
        """What a student reads; `numbers` of the points only where the points are not secret."""
        lines = [f"{self.outcome.mark} {self.name}: {self.outcome.value}"]
        details: dict[str, list[Finding]] = {}
        for finding in self.findings:
            details.setdefault(finding.detail, []).append(finding)
        for detail, alike in details.items():
            times = f" ({len(alike)} of {self.tests} tests)" if self.tests > 1 else ""
            lines.append(f"  - {detail}{times}")
            if numbers and alike[0].numbers:
                lines.append(f"    {alike[0].numbers}")
        lines += _advice(self.mistakes)
        return "\n".join(lines)


def _advice(why: tuple[Mistake, ...]) -> list[str]:
    if not why:
        return []
    lines = ["  This looks like:" if len(why) == 1 else "  This looks like one of these:"]
    for mistake in why:
        lines.append(f"  * {mistake.name}. {mistake.explanation}")
        lines.append(f"    Read again: {mistake.where}")
    return lines


class Trial:
    """Calls the answer to an exercise through its stub, and keeps what it finds."""

    def __init__(self, name: str) -> None:
        self.answer: Callable[..., Any] = find(name)
        self.name = name
        self.tests = 0
        self.findings: list[Finding] = []  # what was not right
        self.evidence: list[Evidence] = []

    def value(self, *args: Any) -> None:
        """Is the answer right at this point?"""
        self._try(lambda: self._judge(args, copies(args)))

    def unmodified(self, *args: Any) -> None:
        """Is it right, and are the arguments afterwards as they were?"""

        def test() -> list[Finding]:
            given = copies(args)
            findings = self._judge(args, given)
            changed = [
                name
                for name, before, after in zip(self._parameters(), args, given, strict=True)
                if not same(before, after)
            ]
            if changed:
                detail = f"the call changed its argument {' and '.join(changed)}"
                why = (mistakes.MODIFIES_INPUT,)
                findings.append(Finding(Outcome.WRONG_VALUE, detail, mistakes=why))
            return findings

        self._try(test)

    def distribution(self, o: int, counts: sampler.Array, rng: np.random.Generator) -> None:
        """Does a sampler follow the noise distribution?"""
        self._try(lambda: [sampler.distribution(self.answer, o, counts, rng)])

    def verdict(self) -> Verdict:
        """The outcome of all tests so far."""
        wrong, evidence = tuple(self.findings), tuple(self.evidence)
        why = functools.partial(diagnose, self.name, self.answer, evidence, wrong)
        return Verdict(self.name, wrong, self.tests, why)

    def _try(self, test: Callable[[], list[Finding]]) -> None:
        self.tests += 1
        try:
            findings = test()
        except CallError as error:
            findings = [_cannot(error, self.name)]
        self.findings += [one for one in findings if one.outcome is not Outcome.CORRECT]

    def _judge(self, args: Point, given: list[Any]) -> list[Finding]:
        try:
            if self.name == "draw_negatives":
                return [sampler.examine(self.answer, *given)]
            found = call(self.answer, *given)
        except CallError as error:
            self.evidence.append(Evidence(args, error))
            raise
        self.evidence.append(Evidence(args, found))
        findings = _compare(self.name, args, found)
        if all(finding.outcome is Outcome.CORRECT for finding in findings):
            findings = [_calls(args, given)]
        return findings

    def _parameters(self) -> list[str]:
        return list(find(self.name).signature.parameters)


def _compare(name: str, args: Point, found: Any) -> list[Finding]:
    """One finding for each array that the exercise asks for."""
    exercise = task(name)
    truth, scales = exercise.truth(*args), exercise.scales(*args)
    if not exercise.parts:
        return [judge(found, np.asarray(truth), tolerance(args, scales[0]))]
    if not isinstance(found, tuple | list) or len(found) != len(exercise.parts):
        expected = f"expected a tuple ({', '.join(exercise.parts)})"
        return [Finding(Outcome.WRONG_SHAPE, f"{expected}, found {type(found).__name__}")]
    return [
        judge(part, right, tolerance(args, scale), label)
        for part, right, scale, label in zip(found, truth, scales, exercise.parts, strict=True)
    ]


def _calls(args: Point, given: list[Any]) -> Finding:
    """A pair function must be called once for each outside word, in their order."""
    for pair in given:
        if isinstance(pair, PairLoss) and pair.words != list(args[1]):
            detail = "the pair function was not called once for each outside word, in their order"
            return Finding(Outcome.WRONG_VALUE, detail, mistakes=(mistakes.CALLS,))
    return Finding(Outcome.CORRECT)


def copies(args: Point) -> list[Any]:
    """Arguments to give away, so that the point stays as it was drawn."""
    return [arg.again() if isinstance(arg, PairLoss) else copy.deepcopy(arg) for arg in args]


def same(before: Any, after: Any) -> bool:
    """Is an argument after a call as it was before? What remembers its calls always is."""
    if isinstance(before, PairLoss | np.random.Generator):
        return True
    return np.array_equal(before, after)


def _cannot(error: CallError, name: str) -> Finding:
    if error.not_filled:
        empty = error.message or "its cell still holds `raise NotImplementedError`."
        here = error.kind == "NotImplementedError" or error.message.startswith(f"{name} ")
        return Finding(Outcome.NOT_ATTEMPTED if here else Outcome.CANNOT_RUN, empty)
    place = f", {error.place}" if error.place else ""
    if error.kind == "RecursionError":
        message = f"it calls itself without end: inside it, the name {name} means this exercise"
        return Finding(Outcome.CANNOT_RUN, message + place)
    return Finding(Outcome.CANNOT_RUN, f"{error.kind}: {error.message}{place}")
