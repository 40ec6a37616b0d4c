"""Which function answers which exercise: filled in this notebook, or found in an earlier one.

A stub (`w2v.exercises`) calls the answer that the workbook holds. `fill` puts an answer in; what
this notebook has not filled is looked up in the notebook that owns it, except a function that the
current notebook owns itself: an empty answer stays empty. While the course is graded the look-up
reads one file of earlier answers (`ANSWERS_VARIABLE`) and nothing else.
"""

import ast
import functools
import inspect
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from w2v.errors import NotFilledError, StudentError

ANSWERS_VARIABLE = "W2V_ANSWERS"
"""Names a JSON file {function: source of its solution cell}; set while grading."""

Function = Callable[..., Any]


class Stub:
    """A function of the course without its body; calling it calls the student's answer."""

    def __init__(self, contract: Function, notebook: str) -> None:
        functools.update_wrapper(self, contract)
        self.name = contract.__name__
        self.notebook = notebook
        self.signature = inspect.signature(contract)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the answer of the workbook; raises NotFilledError where there is none."""
        # Bound by the stub's own names and passed on by position: an answer may rename parameters.
        bound = self.signature.bind(*args, **kwargs)
        return answer(self)(*bound.args)

    def __repr__(self) -> str:
        return f"<exercise {self.name}{self.signature} of notebook {self.notebook}>"


def stub(notebook: str) -> Callable[[Function], Stub]:
    """Declare a function of `w2v.exercises` as the stub of an exercise of `notebook`."""
    return lambda contract: Stub(contract, notebook)


class Workbook:
    """The answers of one kernel."""

    def __init__(self, notebook: str | None = None, folder: Path | None = None) -> None:
        self.notebook = notebook
        self.folder = folder or Path.cwd()
        self.answers: dict[str, Function] = {}  # filled in this kernel
        self.earlier: dict[str, tuple[int, Function]] = {}  # looked up: (file's mtime, function)
        self.derivations: dict[str, str] = {}  # the text of each %%derive cell, by its name


_workbook = Workbook()


def current() -> Workbook:
    """The workbook of this process."""
    return _workbook


def open_notebook(name: str, folder: str | Path | None = None) -> None:
    """Start a notebook: forget all answers, and look earlier ones up in `folder`.

    Every notebook names itself in its locked first cell, for a kernel cannot know its file.

    Args:
        name: the notebook's name without `.ipynb`, such as "02_center_gradient".
        folder: where the earlier notebooks are; the working directory unless told.

    Raises:
        StudentError: there is no notebook of that name.
    """
    from w2v.exercises import NOTEBOOKS

    global _workbook
    if name not in NOTEBOOKS:
        raise StudentError(f"There is no notebook {name!r}; there are {', '.join(NOTEBOOKS)}.")
    _workbook = Workbook(name, Path(folder) if folder is not None else None)
    if "IPython" in sys.modules:
        from w2v.derivation.magic import register

        register()


def fill(function: Function) -> Stub:
    """Make `function` the answer to the exercise of its name; used as the decorator `@w2v.fill`.

    Returns:
        The stub of that name, which calls `function`, with the contract as its docstring.

    Raises:
        StudentError: no exercise has this name, or the number of parameters differs.
    """
    exercise = find(function.__name__)
    _check_signature(exercise, function)
    _workbook.answers[exercise.name] = function
    return exercise


def read_answers(folder: str | Path) -> None:
    """Take every answer from the notebooks in `folder`, outside of a notebook."""
    global _workbook
    _workbook = Workbook(folder=Path(folder))


def find(name: str) -> Stub:
    """The stub called `name`.

    Raises:
        StudentError: no exercise has this name; the message lists those of the open notebook.
    """
    from w2v.exercises import EXERCISES

    if name in EXERCISES:
        return EXERCISES[name]
    here = [stub.name for stub in EXERCISES.values() if stub.notebook == _workbook.notebook]
    raise StudentError(
        f"There is no exercise called {name!r}. "
        f"This notebook asks for {', '.join(here) or 'no function'}: keep that name."
    )


def answer(exercise: Stub) -> Function:
    """The function that answers `exercise` in this kernel.

    Raises:
        NotFilledError: neither this notebook nor an earlier one has an answer.
    """
    if exercise.name in _workbook.answers:
        return _workbook.answers[exercise.name]
    if exercise.notebook == _workbook.notebook:
        raise NotFilledError(
            f"{exercise.name} is not filled in yet: write it under @w2v.fill in this notebook "
            f"({exercise.notebook}) and run that cell."
        )
    return _earlier_answer(exercise)


def _earlier_answer(exercise: Stub) -> Function:
    graded = os.environ.get(ANSWERS_VARIABLE)
    path = Path(graded) if graded else _workbook.folder / f"{exercise.notebook}.ipynb"
    modified = path.stat().st_mtime_ns if path.exists() else 0
    known = _workbook.earlier.get(exercise.name)
    if known is None or known[0] != modified:
        known = modified, _load(exercise, path)
        _workbook.earlier[exercise.name] = known
    return known[1]


def _load(exercise: Stub, path: Path) -> Function:
    """Execute the definitions of the cell that answers `exercise` and return its function."""
    try:
        namespace = _fresh_namespace()
        exec(_definitions(source(exercise.name, path), exercise.name, str(path)), namespace)
        function: Function = namespace[exercise.name]
        _check_signature(exercise, function)
        return function
    except (SystemExit, Exception) as error:
        reason = str(error) if isinstance(error, StudentError) else f"its cell fails: {error!r}"
    raise NotFilledError(
        f"{exercise.name} is not filled in yet: notebook {exercise.notebook} asks for it, "
        f"and {reason}. Fill it in there, save that notebook, and run this cell again."
    )


def source(name: str, path: Path) -> str:
    """The source of the last code cell in `path` that defines `name`."""
    if not path.exists():
        raise StudentError(f"there is no {path.name} in {path.parent}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise StudentError(f"{path.name} is not a readable notebook") from None
    if "cells" in content:
        cells = (cell for cell in content["cells"] if cell["cell_type"] == "code")
        sources = ["".join(cell["source"]) for cell in cells]
    else:
        sources = [content.get(name, "")]  # a file of answers
    for source in reversed(sources):
        if f"def {name}(" in source:
            return source
    raise StudentError("no cell there defines it")


def _fresh_namespace() -> dict[str, Any]:
    """What a solution cell finds around it: NumPy, the package, and every exercise."""
    import numpy as np

    import w2v
    from w2v.exercises import EXERCISES

    return {"__name__": "w2v.earlier", "np": np, "w2v": w2v, **EXERCISES}


def _definitions(source: str, name: str, filename: str) -> CodeType:
    """The imports, constants and functions of a solution cell, compiled; nothing else of it runs.

    Raises:
        SyntaxError: the cell is not Python.
        StudentError: the function `name` has no body yet.
    """
    magic = ("%", "!")  # lines for IPython, not for Python
    lines = ("#" + line if line.startswith(magic) else line for line in source.splitlines())
    tree = ast.parse("\n".join(lines), filename)
    tree.body = [node for node in tree.body if _is_definition(node)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = [mark for mark in node.decorator_list if not _is_fill(mark)]
            if node.name == name and is_empty(node):
                raise StudentError("its cell there is still empty")
    return compile(tree, filename, "exec")


def is_empty(function: ast.FunctionDef) -> bool:
    """Whether nothing but a docstring, `pass`, `...` or `raise NotImplementedError` is in it."""
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node))
        for node in function.body
    )


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
        return all(ast.unparse(call.func).startswith(("np.", "numpy.")) for call in calls)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def _is_fill(mark: ast.expr) -> bool:
    return ast.unparse(mark) in ("w2v.fill", "fill")


def _check_signature(exercise: Stub, function: Function) -> None:
    """Count the parameters: their names are free, for calls are bound by the stub's."""
    expected = len(exercise.signature.parameters)
    try:
        inspect.signature(function).bind(*range(expected))
    except TypeError:
        raise StudentError(
            f"{exercise.name} must take {expected} parameters, {exercise.signature}; "
            f"found {inspect.signature(function)}."
        ) from None
