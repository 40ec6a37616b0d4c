"""The machinery of the hidden tests: `with exam("softmax") as test:`."""

import os
import secrets
import zlib
from typing import Any

import numpy as np

from w2v.checks import draw
from w2v.checks.tasks import task
from w2v.checks.trial import Trial, Verdict
from w2v.errors import AuthorError
from w2v.outcomes import Outcome

SEED_VARIABLE = "W2V_SEED"
"""The seed of the hidden tests, a whole number; drawn anew where it is not set."""


class WrongAnswerError(Exception):
    """An answer is not right; the message is the verdict."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict

    def __str__(self) -> str:
        return self.verdict.text(numbers=False)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the verdict, and none of the hidden test's lines."""
        return [str(self)]


class exam:  # noqa: N801 - it reads as a statement: with exam("softmax") as test
    """Judges the answer to an exercise in one cell of hidden tests.

    It prints the seed, so that a mark can be reproduced, tries all tests of the block, and the
    first point of the exercise's task besides, and at the end raises one exception that tells all
    that failed, without the numbers of the points.

    Args:
        name: the exercise.
        cell: tells the cells of one exercise apart, so that each draws points of its own.

    Attributes:
        rng: draws this cell's points; it follows from the seed, the exercise and the cell.

    Raises:
        WrongAnswerError: at the end, when the answer is not right everywhere.
        AuthorError: the block makes no test, there is no such exercise, or the seed is no number.
    """

    def __init__(self, name: str, cell: str = "") -> None:
        seed = _seed()
        print(f"seed {seed}")
        self.name = name
        self.rng = np.random.default_rng([seed, zlib.crc32(f"{name} {cell}".encode())])
        self._first = np.random.default_rng([seed, zlib.crc32(name.encode())])
        self._trial = Trial(name)
        self._made = 0

    def __enter__(self) -> "exam":
        return self

    def __call__(self, *args: Any) -> None:
        """Test the value at one point, given as the exercise's arguments."""
        self._made += 1
        self._trial.value(*args)

    def unmodified(self, *args: Any) -> None:
        """Test the value, and that the arguments are left as they were."""
        self._made += 1
        self._trial.unmodified(*args)

    def distribution(self, o: int, counts: draw.Array) -> None:
        """Test the distribution of a sampler's words (see `w2v.checks.sampler`)."""
        self._made += 1
        self._trial.distribution(o, counts, self.rng)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return  # a mistake in the test itself: an author's, so it is shown as it is
        if not self._made:
            raise AuthorError(f"This cell tests nothing of {self.name}.")
        self._trial.value(*task(self.name).points[0](self._first))
        verdict = self._trial.verdict()
        if verdict.outcome is not Outcome.CORRECT:
            raise WrongAnswerError(verdict)


def _seed() -> int:
    text = os.environ.get(SEED_VARIABLE, "")
    if text and not text.isdecimal():
        raise AuthorError(f"{SEED_VARIABLE} must be a whole number, found {text!r}.")
    return int(text) if text else secrets.randbits(32)
