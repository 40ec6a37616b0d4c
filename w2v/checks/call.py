"""Runs a student's answer so that nothing but its value comes out."""

import contextlib
import os
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import w2v
from w2v.errors import NotFilledError, StudentError
from w2v.guard import closed

LONGEST_MESSAGE = 300
_PATHS = sysconfig.get_paths()
_NOT_THE_STUDENTS = (
    _PATHS["purelib"],
    _PATHS["platlib"],
    _PATHS["stdlib"],
    os.path.dirname(w2v.__file__),
)


class CallError(StudentError):
    """An answer raised an exception.

    Args:
        kind: the name of the exception's type.
        message: what it said.
        place: where, such as "line 3 in center_gradient: return y @ U"; may be empty.
    """

    def __init__(self, kind: str, message: str, place: str = "") -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.place = place

    @classmethod
    def of(cls, error: BaseException) -> "CallError":
        """Describe an exception that an answer raised, here or, by a proxy, in its own process.

        A proxy's exception brings the student's line along as its attribute `student_line`.
        """
        message = " ".join(str(error).split())[:LONGEST_MESSAGE]
        place = getattr(error, "student_line", None)
        return cls(type(error).__name__, message, _place(error) if place is None else place)

    @property
    def not_filled(self) -> bool:
        """Is the exercise still empty?"""
        return self.kind in (NotFilledError.__name__, NotImplementedError.__name__)


def call(function: Callable[..., Any], *args: Any) -> Any:
    """The value of a student's function, called in silence and with the oracle closed.

    Nothing that it prints, warns, shows or sets reaches the cell, for a mere warning would cost
    the cell its marks.

    Raises:
        CallError: it raised any exception at all, SystemExit and KeyboardInterrupt included.
    """
    try:
        with _silence(), closed():
            return function(*args)
    except BaseException as error:
        raise CallError.of(error) from None


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
        stack.enter_context(contextlib.redirect_stdout(sink))
        stack.enter_context(contextlib.redirect_stderr(sink))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(_no_figures())
        if "IPython" in sys.modules:
            from IPython.utils.capture import capture_output

            stack.enter_context(capture_output(stdout=False, stderr=False, display=True))
        yield


@contextlib.contextmanager
def _no_figures() -> Iterator[None]:
    """Close the figures that are opened in this block: a notebook shows what is open."""
    before = _figures()
    try:
        yield
    finally:
        for number in _figures() - before:
            sys.modules["matplotlib.pyplot"].close(number)


def _figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def _place(error: BaseException) -> str:
    """The last line of the traceback that the student wrote."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(".ipynb"):  # an earlier answer: its cell is not in this kernel
            return f"line {frame.lineno} of the cell of {frame.name}"
        if frame.line and not frame.filename.startswith(_NOT_THE_STUDENTS):
            return f"line {frame.lineno} in {frame.name}: {frame.line}"
    return ""
