"""Keeps a student's answer from calling the truth that it is compared with.

While an answer runs, the functions marked `guarded` (the losses of `w2v.oracle`, the derivative of
`w2v.numeric`) raise ClosedError, so an answer that delegates to them earns nothing.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from w2v.errors import StudentError

Formula = TypeVar("Formula", bound=Callable[..., Any])

_closed = False


class ClosedError(StudentError):
    """An answer called one of the functions that it is compared with."""


def guarded(formula: Formula) -> Formula:
    """Decorate a function of the truth: it raises ClosedError while an answer runs."""

    @functools.wraps(formula)
    def gate(*args: Any, **kwargs: Any) -> Any:
        if _closed:
            raise ClosedError(
                f"{formula.__module__}.{formula.__name__} is what your answer is compared with; "
                "write the formula yourself."
            )
        return formula(*args, **kwargs)

    del gate.__wrapped__  # or it would be a way around
    return gate  # type: ignore[return-value]


@contextmanager
def closed(state: bool = True) -> Iterator[None]:
    """Close the guarded functions in this block."""
    global _closed
    before, _closed = _closed, state
    try:
        yield
    finally:
        _closed = before


def opened() -> Any:
    """Open them again in a block: for a call-back that an answer is given."""
    return closed(False)
