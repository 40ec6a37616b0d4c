"""Answers that the audit judges beside the mutants: other right ones, and real mistakes.

They stand in `tests/audit/`, one module for each notebook, as plain functions marked with `variant`
or `mistaken`.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from w2v.errors import AuthorError
from w2v.mistakes import Mistake

Function = Callable[..., Any]


@dataclass(frozen=True)
class Fixture:
    """One answer to an exercise.

    Args:
        exercise: the name of the exercise.
        function: the answer.
        right: whether it must earn all points, or lose some.
        mistakes: for a wrong one, the entries of the catalogue of which one at least must be named
            and no other alone; without any, none must be named.
        loses: for a right one, the cell (its grade_id after the exercise's name) whose small credit
            it may lose, because it overflows.
    """

    exercise: str
    function: Function
    right: bool
    mistakes: tuple[Mistake, ...] = ()
    loses: str = ""

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.function.__name__


_collected: list[Fixture] = []


def variant(exercise: str, loses: str = "") -> Callable[[Function], Function]:
    """Mark a function as a right answer, written in another way than the instructor's."""
    return lambda function: _collect(Fixture(exercise, function, right=True, loses=loses))


def mistaken(exercise: str, *mistakes: Mistake) -> Callable[[Function], Function]:
    """Mark a function as a wrong answer that people give, with the mistakes it shows."""
    return lambda function: _collect(Fixture(exercise, function, False, mistakes))


def _collect(fixture: Fixture) -> Function:
    _collected.append(fixture)
    return fixture.function


def load(folder: Path) -> list[Fixture]:
    """The fixtures of all modules in `folder`.

    Raises:
        AuthorError: there are no modules.
    """
    paths = sorted(folder.glob("[!_]*.py"))
    if not paths:
        raise AuthorError(f"There are no fixtures in {folder}: the audit needs a repository.")
    _collected.clear()
    for path in paths:
        spec = importlib.util.spec_from_file_location(f"w2v_audit_{path.stem}", path)
        assert spec and spec.loader
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return list(_collected)
