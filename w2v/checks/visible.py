"""The check that a student sees: `w2v.check("softmax")`."""

import sys
import types

import numpy as np

from w2v.checks import draw
from w2v.checks.tasks import Point, task
from w2v.checks.trial import Trial, Verdict
from w2v.errors import StudentError
from w2v.outcomes import Outcome
from w2v.workbook import Stub, find

SEED = 2013  # of the visible points: the same for everybody, and not those of any mark


def check(exercise: str | Stub | types.FunctionType) -> None:
    """Say whether the answer to an exercise is right, and if not, what is wrong with it.

    Args:
        exercise: its name, or the function itself.
    """
    name = exercise if isinstance(exercise, str) else getattr(exercise, "__name__", "")
    try:
        find(name)
    except StudentError as error:
        print(error)
        return
    loose = sys._getframe(1).f_globals.get(name) if isinstance(exercise, str) else exercise
    if isinstance(loose, types.FunctionType):
        print(_forgotten(name))
    else:
        print(verdict(name).text(numbers=True))


def visible_points(name: str) -> list[Point]:
    """The points of the visible check, always the same."""
    rng = np.random.default_rng(SEED)
    return [point(rng) for point in task(name).points]


def verdict(name: str) -> Verdict:
    """The verdict of the visible check."""
    trial = Trial(name)
    for point in visible_points(name):
        trial.unmodified(*point)
    if name == "draw_negatives":
        rng = np.random.default_rng(SEED)
        trial.distribution(*draw.counts(rng), rng)
    return trial.verdict()


def _forgotten(name: str) -> str:
    outcome = Outcome.NOT_ATTEMPTED
    return (
        f"{outcome.mark} {name}: {outcome.value}\n"
        f"  - your function {name} is not marked as the answer: write @w2v.fill on the line above "
        "its `def`, and run that cell again"
    )
