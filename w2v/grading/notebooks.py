"""The instructor notebooks read as data: their cells, their solutions, and who owns what."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from w2v.errors import AuthorError
from w2v.exercises import NOTEBOOKS

ASSIGNMENT = "word2vec"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
HIDDEN_TESTS = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


def course_root(folder: Path | None = None) -> Path:
    """The nearest folder, from `folder` upwards, that holds `nbgrader_config.py`.

    Raises:
        AuthorError: there is none; the command was started outside the course repository.
    """
    start = (folder or Path.cwd()).resolve()
    for candidate in (start, *start.parents):
        if (candidate / "nbgrader_config.py").exists():
            return candidate
    raise AuthorError(
        f"There is no nbgrader_config.py in {start} or above it: "
        "run this command inside the course repository."
    )


def instructor_folder(root: Path) -> Path:
    """Where the notebooks with the solutions are."""
    return root / "notebooks" / ASSIGNMENT


def read(path: Path) -> NotebookNode:
    """The notebook in `path`.

    Raises:
        AuthorError: it is missing or is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError) as error:
        raise AuthorError(f"{path} is not a readable notebook: {error}") from error


def instructor_notebooks(root: Path) -> dict[str, NotebookNode]:
    """Every instructor notebook by its name, in the order of the course."""
    folder = instructor_folder(root)
    return {path.stem: read(path) for path in sorted(folder.glob("*.ipynb"))}


def grade_id(cell: NotebookNode) -> str:
    """The cell's nbgrader id, or an empty string."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_solution(cell: NotebookNode) -> bool:
    """Whether the student writes in this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_graded(cell: NotebookNode) -> bool:
    """Whether the cell carries points."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def derivation_name(cell: NotebookNode) -> str | None:
    """NAME of a `%%derive NAME` cell; None for every other cell."""
    match = re.match(r"%%derive[ \t]+(\w+)", cell.source) if cell.cell_type == "code" else None
    return match[1] if match else None


def filled_functions(cell: NotebookNode) -> list[str]:
    """The exercises that a code cell fills: its functions under `@w2v.fill`."""
    if cell.cell_type != "code" or "w2v.fill" not in cell.source:
        return []
    return [
        node.name
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(mark) == "w2v.fill" for mark in node.decorator_list)
    ]


def solution_cells(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """(exercise, cell) for every function that the notebook fills."""
    for cell in notebook.cells:
        for name in filled_functions(cell):
            yield name, cell


def answers(root: Path, before: str | None = None) -> dict[str, str]:
    """{exercise: source of its solution cell}, from the instructor notebooks.

    Args:
        root: the course repository.
        before: take only the notebooks that come before this one in the course.
    """
    order = list(NOTEBOOKS)
    wanted = order if before is None else order[: order.index(before)]
    folder = instructor_folder(root)
    return {
        name: cell.source
        for notebook in wanted
        for name, cell in solution_cells(read(folder / f"{notebook}.ipynb"))
    }
