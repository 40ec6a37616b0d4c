"""The check that a student sees: `w2v.check("softmax")`."""

import sys
import types

import numpy as np

from w2v.checks.tasks import task
from w2v.checks.trial import Trial
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
    loose = exercise if not isinstance(exercise, str) else sys._getframe(1).f_globals.get(name)
    print(_forgotten(name) if isinstance(loose, types.FunctionType) else _verdict(name))


def _verdict(name: str) -> str:
    rng = np.random.default_rng(SEED)
    trial = Trial(name)
    for point in task(name).points:
        trial.unmodified(*point(rng))
    if name == "draw_negatives":
        from w2v.checks import draw

        trial.distribution(*draw.counts(rng), rng)
    return trial.verdict().text(numbers=True)


def _forgotten(name: str) -> str:
    outcome = Outcome.NOT_ATTEMPTED
    return (
        f"{outcome.mark} {name}: {outcome.value}\n"
        f"  - your function {name} is not marked as the answer: write @w2v.fill on the line above "
        "its `def`, and run that cell again"
    )
