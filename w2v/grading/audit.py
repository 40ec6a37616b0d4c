"""The audit: are the hidden tests as good as they must be?

It takes the instructor's solutions and judges, with the hidden test cells that grade students,
answers of which it knows what they are worth: mutants of the solution and real mistakes (must lose
points), other right answers and rewritings (must lose none), answers without work (must earn none
in any cell). A mutant that loses nothing must be equivalent: it is evaluated beside the solution at
many points, and if it ever differs, the tests have a hole.
"""

import ast
import contextlib
import dataclasses
import difflib
import io
import json
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from w2v import workbook
from w2v.checks import visible
from w2v.checks.call import CallError, call
from w2v.checks.hidden import SEED_VARIABLE, WrongAnswerError
from w2v.checks.judge import as_array, equal, tolerance
from w2v.checks.models import MODELS
from w2v.checks.pairs import PairLoss
from w2v.checks.tasks import TASKS, Point, task
from w2v.checks.trial import copies, same
from w2v.exercises import EXERCISES
from w2v.grading.fixtures import Fixture, load
from w2v.grading.mutants import mutants
from w2v.grading.rewrite import rewritten
from w2v.grading.zeros import zero_answers
from w2v.mistakes import Mistake
from w2v.outcomes import Outcome

Function = Callable[..., Any]
Namespace = dict[str, Any]

SEEDS = (1, 2, 3)  # of the hidden tests when right answers are judged; wrong ones see the first
VARIANTS = 5  # at least, for every exercise
REWRITINGS = 25
POINTS = 20  # times all kinds of points, at which an equivalent mutant must agree
CALL_SECONDS = 1.0  # of processor time for one call of an answer: a mutant may loop for ever


# The notebooks ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """An exercise as its notebook asks it.

    Args:
        name: the exercise.
        opening: the source of the notebook's first cell.
        solutions: {exercise: source} of all solution cells of the notebook.
        tests: {grade_id: source} of this exercise's cells of hidden tests.
        checked: whether the notebook calls the visible check.
    """

    name: str
    opening: str
    solutions: dict[str, str]
    tests: dict[str, str]
    checked: bool


def read_question(name: str, folder: Path) -> Question:
    """Find the cells of the exercise `name` in its notebook."""
    path = folder / f"{EXERCISES[name].notebook}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
    opening, solutions, tests, checked = "", {}, {}, False
    for cell in [cell for cell in cells if cell["cell_type"] == "code"]:
        source, marks = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        identity = marks.get("grade_id", "")
        opening = opening or source
        checked = checked or f'w2v.check("{name}")' in source or f"w2v.check({name})" in source
        if marks.get("solution") and identity in EXERCISES:
            solutions[identity] = source
        elif marks.get("grade") and identity.startswith(f"{name}-"):
            tests[identity] = source
    return Question(name, opening, solutions, tests, checked)


def missing(question: Question, fixtures: Iterable[Fixture]) -> list[str]:
    """What an exercise lacks before it can be audited, as sentences for its author."""
    name, own = question.name, [one for one in fixtures if one.exercise == question.name]
    notebook = EXERCISES[name].notebook
    right = sum(one.right for one in own)
    lacks = {
        f"no solution cell with the grade_id {name!r} in {notebook}.ipynb": (
            name not in question.solutions
        ),
        f"no hidden tests with a grade_id that begins with '{name}-' in {notebook}.ipynb": (
            not question.tests
        ),
        f"no visible check, w2v.check({name!r}), in {notebook}.ipynb": not question.checked,
        "no task in w2v/checks/tasks.py": name not in TASKS,
        "no models of mistakes in w2v/checks/models.py": (
            name not in MODELS and name != "draw_negatives"
        ),
        f"{right} variants in tests/audit, but {VARIANTS} are needed": right < VARIANTS,
        "no real mistakes in tests/audit": right == len(own),
    }
    return [lack for lack, is_missing in lacks.items() if is_missing]


# Judging one answer -------------------------------------------------------------------------------


class Bench:
    """The notebook of one question, ready to judge answers with its hidden tests."""

    def __init__(self, question: Question, folder: Path) -> None:
        self.question = question
        self.namespace: Namespace = {"__name__": "__main__"}
        exec(question.opening, self.namespace)
        workbook.current().folder = folder
        for source in question.solutions.values():
            exec(source, self.namespace)
        self.solution = workbook.current().answers[question.name]

    def filled(self, source: str) -> Function | None:
        """The answer that a solution cell gives; None if the cell cannot run."""
        answers = workbook.current().answers
        answers.pop(self.question.name, None)
        with contextlib.suppress(Exception), _quiet():
            exec(source, dict(self.namespace))
        answer = answers.get(self.question.name)
        answers[self.question.name] = self.solution
        return answer

    def failures(
        self, answer: Function, seed: int = SEEDS[0], first: bool = False
    ) -> dict[str, BaseException]:
        """{grade_id: error} of the cells in which an answer earns nothing; `first`: of one only."""
        workbook.current().answers[self.question.name] = limited(answer)
        failed: dict[str, BaseException] = {}
        os.environ[SEED_VARIABLE] = str(seed)
        try:
            for identity, source in self.question.tests.items():
                error = self._run(source)
                if error is not None:
                    failed[identity] = error
                    if first:
                        break
        finally:
            del os.environ[SEED_VARIABLE]
            workbook.current().answers[self.question.name] = self.solution
        return failed

    def _run(self, source: str) -> BaseException | None:
        """Run a cell as nbgrader does: an exception or a word on stderr costs its points."""
        errors = io.StringIO()
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
                exec(source, dict(self.namespace))
        except (Exception, SystemExit) as error:
            return error
        return RuntimeError(errors.getvalue()) if errors.getvalue() else None

    def named(self, answer: Function) -> list[tuple[Mistake, ...]]:
        """The mistakes that each check names: the visible one first, then every cell that fails."""
        failed = self.failures(answer)
        workbook.current().answers[self.question.name] = limited(answer)
        verdicts = [visible.verdict(self.question.name)]
        verdicts += [
            error.verdict for error in failed.values() if isinstance(error, WrongAnswerError)
        ]
        named = [verdict.mistakes for verdict in verdicts if verdict.outcome is not Outcome.CORRECT]
        workbook.current().answers[self.question.name] = self.solution
        return named


class TooSlowError(Exception):
    """An answer used more processor time than any right one."""


def limited(answer: Function) -> Function:
    """The same function, stopped after CALL_SECONDS; once stopped it fails at every call."""
    stopped = False

    def stop(*_: Any) -> None:
        nonlocal stopped
        stopped = True
        raise TooSlowError(f"no answer after {CALL_SECONDS} s")

    def call_within(*args: Any) -> Any:
        if stopped:
            raise TooSlowError("no answer before either")
        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, CALL_SECONDS)
        try:
            return answer(*args)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    return call_within


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    sink = io.StringIO()
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
        yield


# Equivalence --------------------------------------------------------------------------------------


class Twin:
    """A solution, beside which its mutants are evaluated.

    The points are those of the task, drawn POINTS times, and the same with enlarged vectors, where
    other formulas overflow. The solution's values there are computed when first needed.
    """

    def __init__(self, name: str, solution: Function) -> None:
        self.name = name
        self.solution = solution
        self.expected: list[tuple[Point, Outcomes]] = []

    def equivalent(self, mutant: Function) -> bool:
        """Does a mutant give the solution's value, and leave its arguments, at all points?"""
        if not self.expected:
            self.expected = [(args, _outcome(self.solution, args)) for args in self._points()]
        mutant = limited(mutant)
        return all(self._agree(args, outcome, mutant) for args, outcome in self.expected)

    def _points(self) -> Iterator[Point]:
        for seed in range(POINTS):
            for draw_point in task(self.name).points:
                point = draw_point(np.random.default_rng([seed, 7]))
                yield from (point, self._enlarged(point))

    def _enlarged(self, point: Point) -> Point:
        names = EXERCISES[self.name].signature.parameters
        return tuple(
            arg * 2.0**9 if isinstance(arg, np.ndarray) and name in VECTORS else arg
            for name, arg in zip(names, point, strict=True)
        )

    def _agree(self, args: Point, outcome: "Outcomes", mutant: Function) -> bool:
        expected, given = outcome
        if expected is None:
            return True  # beyond what the exercise asks for: the solution itself cannot
        found, changed = _outcome(mutant, args)
        if found is None or len(found) != len(expected) or not all(map(same, given, changed)):
            return False
        scales = (1.0,) if self.name == "draw_negatives" else task(self.name).scales(*args)
        return all(
            (np.isnan(right).any() and np.array_equal(right, value, equal_nan=True))
            or equal(value, right, tolerance(args, scale))
            for value, right, scale in zip(found, expected, scales, strict=True)
        )


Outcomes = tuple[list[Any] | None, list[Any]]  # the arrays of an answer, its arguments afterwards
VECTORS = ("scores", "x", "v_c", "V")  # what is enlarged; weights and probabilities are not


def _outcome(answer: Function, args: Point) -> Outcomes:
    given = copies(args)
    try:
        value = call(answer, *given)
    except CallError:
        return None, given
    parts = value if isinstance(value, tuple | list) else [value]
    arrays = [as_array(part) for part in parts]
    after = [arg.words if isinstance(arg, PairLoss) else arg for arg in given]
    return (None if any(array is None for array in arrays) else arrays), after


# The report ---------------------------------------------------------------------------------------


@dataclass
class Result:
    """What the audit found for one exercise; every entry of `holes` makes it fail."""

    name: str
    mutants: int = 0
    caught: int = 0
    equivalent: list[str] = field(default_factory=list)  # as diffs
    mistakes: int = 0
    diagnosed: int = 0
    variants: int = 0
    rewritings: int = 0
    zeros: int = 0
    cells: int = 0
    seconds: float = 0.0
    holes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """The results of all exercises."""

    results: tuple[Result, ...]

    @property
    def holes(self) -> list[str]:
        """Everything that must be mended, each with its exercise."""
        return [f"{result.name}: {hole}" for result in self.results for hole in result.holes]

    def table(self) -> str:
        """The results as a Markdown table with a last row of sums."""
        rows = [_row(result) for result in self.results]
        sums = [str(sum(int(row[i]) for row in rows)) for i in range(1, len(HEADER) - 1)]
        seconds = f"{sum(result.seconds for result in self.results):.0f}"
        lines = [HEADER, ["---", *["---:"] * (len(HEADER) - 1)], *rows, ["all", *sums, seconds]]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def equivalents(self) -> str:
        """The mutants that lose nothing because they are the same function, as diffs."""
        return "\n".join(
            f"{result.name}\n{diff}" for result in self.results for diff in result.equivalent
        )


HEADER = [
    "exercise",
    "cells",
    "mutants",
    "caught",
    "equivalent",
    "real mistakes",
    "named",
    "variants",
    "rewritings",
    "zero answers",
    "holes",
    "seconds",
]


def _row(result: Result) -> list[str]:
    numbers = [result.cells, result.mutants, result.caught, len(result.equivalent)]
    numbers += [result.mistakes, result.diagnosed, result.variants, result.rewritings]
    numbers += [result.zeros, len(result.holes)]
    return [result.name, *map(str, numbers), f"{result.seconds:.0f}"]


def audit(
    notebooks: Path, fixtures: Path, names: Iterable[str] = tuple(EXERCISES), workers: int = 2
) -> Report:
    """Audit the hidden tests of the instructor's notebooks.

    Args:
        notebooks: the folder of the instructor's notebooks.
        fixtures: the folder of variants and real mistakes, `tests/audit` in the repository.
        names: the exercises to audit.
        workers: how many processes share the work.
    """
    jobs = [(name, notebooks.resolve(), fixtures.resolve()) for name in names]
    if workers == 1:
        return Report(tuple(audit_exercise(*job) for job in jobs))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return Report(tuple(pool.map(audit_exercise, *zip(*jobs, strict=True))))


def audit_exercise(name: str, notebooks: Path, fixtures: Path) -> Result:
    """Audit one exercise."""
    start = time.perf_counter()
    result = Result(name)
    question, known = read_question(name, notebooks), load(fixtures)
    result.holes += missing(question, known)
    if name in question.solutions and question.tests and name in TASKS:
        _remember_truths(name)
        bench = Bench(question, notebooks)
        result.cells = len(question.tests)
        _judge_solution(bench, result)
        _judge_mutants(bench, result)
        for fixture in [one for one in known if one.exercise == name]:
            (_judge_variant if fixture.right else _judge_mistake)(bench, fixture, result)
        _judge_rewritings(bench, result)
        _judge_zeros(bench, result)
    result.seconds = time.perf_counter() - start
    return result


def _remember_truths(name: str) -> None:
    """Every mutant is judged at the same points: keep their truths."""
    known: dict[bytes, Any] = {}
    truth = TASKS[name].truth

    def remembered(*args: Any) -> Any:
        key = pickle.dumps([arg.negatives if isinstance(arg, PairLoss) else arg for arg in args])
        if key not in known:
            known[key] = truth(*args)
        return known[key]

    TASKS[name] = dataclasses.replace(TASKS[name], truth=remembered)


def _judge_solution(bench: Bench, result: Result) -> None:
    for seed in SEEDS:
        for cell, error in bench.failures(bench.solution, seed).items():
            result.holes.append(f"{cell} rejects the instructor's solution: {error}")


def _judge_mutants(bench: Bench, result: Result) -> None:
    source = bench.question.solutions[result.name]
    twin = Twin(result.name, bench.solution)
    for mutant in mutants(source):
        result.mutants += 1
        answer = bench.filled(mutant.source)
        if answer is None or bench.failures(answer, first=True):
            result.caught += 1
            continue
        diff = _diff(source, mutant.source)
        if twin.equivalent(answer):
            result.equivalent.append(diff)
        else:
            result.holes.append(f"a mutant is alive ({mutant.operator}):\n{diff}")


def _judge_mistake(bench: Bench, fixture: Fixture, result: Result) -> None:
    result.mistakes += 1
    if not bench.failures(fixture.function, first=True):
        result.holes.append(f"the mistake {fixture.name!r} loses nothing")
        return
    named = bench.named(fixture.function)
    wrongly = {m.name for entry in named if entry and not _right(entry, fixture) for m in entry}
    if wrongly:
        result.holes.append(f"the mistake {fixture.name!r} is wrongly named {sorted(wrongly)}")
    elif _right(named[0], fixture):
        result.diagnosed += 1


def _right(named: tuple[Mistake, ...], fixture: Fixture) -> bool:
    """Is one of the mistakes named that a fixture shows, or rightly none?"""
    return bool(set(named) & set(fixture.mistakes)) or not (named or fixture.mistakes)


def _judge_variant(bench: Bench, fixture: Fixture, result: Result) -> None:
    result.variants += 1
    for seed in SEEDS:
        failed = bench.failures(fixture.function, seed)
        failed.pop(f"{result.name}-{fixture.loses}", None)
        for cell, error in failed.items():
            result.holes.append(f"{cell} rejects the variant {fixture.name!r}: {error}")


def _judge_rewritings(bench: Bench, result: Result) -> None:
    source = bench.question.solutions[result.name]
    rng = np.random.default_rng(SEEDS[0])
    for _ in range(REWRITINGS):
        result.rewritings += 1
        changed = rewritten(source, lambda options: int(rng.integers(options)))
        answer = bench.filled(changed)
        failed = {"its cell": "cannot run"} if answer is None else bench.failures(answer)
        for cell, error in failed.items():
            result.holes.append(f"{cell} rejects a rewriting: {error}\n{_diff(source, changed)}")


def _judge_zeros(bench: Bench, result: Result) -> None:
    for description, answer in zero_answers(result.name):
        result.zeros += 1
        for cell in set(bench.question.tests) - set(bench.failures(answer)):
            result.holes.append(f"{cell} gives points for an answer without work: {description}")


def _diff(before: str, after: str) -> str:
    """What changed, both sources written in the same style."""
    old, new = (ast.unparse(ast.parse(source)).splitlines() for source in (before, after))
    changes = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
    return "\n".join(f"    {line}" for line in changes if not line.startswith("@@"))
