"""A graded class read as data: marks from the gradebook, the rest from the graded notebooks."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from traitlets.config import Config, ConfigFileNotFound, PyFileConfigLoader

from w2v.errors import AuthorError, SetupError
from w2v.grading.notebooks import (
    ASSIGNMENT,
    derivation_name,
    grade_id,
    instructor_folder,
    instructor_notebooks,
    is_graded,
    is_solution,
)

Array = np.ndarray[Any, np.dtype[np.float64]]
CellKey = tuple[str, str]
"""The name of a notebook and the id of a cell in it."""

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Question:
    """A notebook of the course, with the letter of its question if it has one."""

    notebook: str
    letter: str = ""

    @property
    def label(self) -> str:
        """Such as "02 (b) center gradient"."""
        number, _, words = self.notebook.partition("_")
        letter = f" ({self.letter})" if self.letter else ""
        return f"{number}{letter} {words.replace('_', ' ')}"


@dataclass(frozen=True)
class Classroom:
    """What was graded, of S students.

    Args:
        students: their ids, in the order of the rows below.
        questions: the notebooks, in the order of the course.
        graded: the C graded cells, in the order of the course.
        points: what each of them can earn, shape (C,).
        marks: what each student earned, shape (S, C); nan where a person has yet to mark.
        feedback: for each student, the text of the graded cells' outputs.
        attempted: for each student, the cells to fill in that are not as released.
        to_fill: all cells to fill in, in the order of the course.
        ungraded: how many students handed in what is not graded, or could not be.
    """

    students: list[str]
    questions: list[Question]
    graded: list[CellKey]
    points: Array
    marks: Array
    feedback: list[dict[CellKey, str]]
    attempted: list[set[CellKey]]
    to_fill: list[CellKey]
    ungraded: int

    @cached_property
    def totals(self) -> Array:
        """The sum of each student's marks, shape (S,); what waits for a person counts nothing."""
        return np.nansum(self.marks, axis=1)

    def columns(self, question: Question) -> list[int]:
        """Where the cells of a question are in `graded`."""
        return [i for i, (notebook, _) in enumerate(self.graded) if notebook == question.notebook]


def read_class(root: Path) -> Classroom:
    """Read the graded class of the course in `root`.

    Raises:
        SetupError: there is no gradebook, or nothing in it is graded.
        AuthorError: there are no instructor notebooks, or they do not fit the gradebook.
    """
    coursedir = _course_directory(root)
    path = make_url(coursedir.db_url).database
    if coursedir.db_url.startswith("sqlite") and not Path(str(path)).exists():
        raise SetupError(f"There is no gradebook {path}: run `w2v build`, then `w2v grade`.")
    instructor = instructor_notebooks(root)
    if not instructor:
        raise AuthorError(f"There are no instructor notebooks in {instructor_folder(root)}.")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        grades, points, released = _grades(gradebook), _points(gradebook), _released(gradebook)
    # With `w2v build --derivations given` the gradebook knows fewer cells than the notebooks hold.
    graded = [key for key in _keys(instructor, is_graded) if key in points]
    if unknown := sorted("/".join(key) for key in points.keys() - set(graded)):
        raise AuthorError(
            f"The gradebook knows cells that no instructor notebook has: {', '.join(unknown)}. "
            "Run `w2v build` and `w2v grade` again."
        )
    # A submission that could not be graded is in the gradebook and has no autograded notebooks.
    students = sorted({student for student, _ in grades} & _folders(root, "autograded"))
    if not students:
        raise SetupError(f"Nothing is graded in {path}: run `w2v grade` first.")
    to_fill = [key for key in _keys(instructor, is_solution) if key in released]
    notebooks = [_graded_notebooks(root, student) for student in students]
    return Classroom(
        students=students,
        questions=[_question(name, notebook) for name, notebook in instructor.items()],
        graded=graded,
        points=np.array([points[key] for key in graded]),
        marks=np.array([[grades.get((who, key), 0.0) for key in graded] for who in students]),
        feedback=[_feedback(mine) for mine in notebooks],
        attempted=[_attempted(mine, released, to_fill) for mine in notebooks],
        to_fill=to_fill,
        ungraded=len(_folders(root, "submitted") - set(students)),
    )


def _course_directory(root: Path) -> CourseDirectory:
    """Where nbgrader keeps what belongs to the course, as its `nbgrader_config.py` says."""
    config = Config()
    with suppress(ConfigFileNotFound):
        config = PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return CourseDirectory(config=config)


def _grades(gradebook: Gradebook) -> dict[tuple[str, CellKey], float]:
    """{(student, cell): marks}, in one query: a class has tens of thousands of grades."""
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            BaseCell.name,
            Grade.score,
            Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(Notebook, BaseCell.notebook_id == Notebook.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment.has(name=ASSIGNMENT))
    )
    return {
        (student, (notebook, cell)): np.nan if waits else score
        for student, notebook, cell, score, waits in rows
    }


def _points(gradebook: Gradebook) -> dict[CellKey, float]:
    rows = (
        gradebook.db.query(Notebook.name, GradeCell.name, GradeCell.max_score)
        .join(Notebook, GradeCell.notebook_id == Notebook.id)
        .filter(Notebook.assignment.has(name=ASSIGNMENT))
    )
    return {(notebook, cell): points for notebook, cell, points in rows}


def _released(gradebook: Gradebook) -> dict[CellKey, str]:
    """The source of every cell as the students received it."""
    rows = (
        gradebook.db.query(Notebook.name, SourceCell.name, SourceCell.source)
        .join(Notebook, SourceCell.notebook_id == Notebook.id)
        .filter(Notebook.assignment.has(name=ASSIGNMENT))
    )
    return {(notebook, cell): source or "" for notebook, cell, source in rows}


def _keys(
    notebooks: dict[str, NotebookNode], wanted: Callable[[NotebookNode], bool]
) -> list[CellKey]:
    return [
        (name, grade_id(cell))
        for name, notebook in notebooks.items()
        for cell in notebook.cells
        if wanted(cell)
    ]


def _question(name: str, notebook: NotebookNode) -> Question:
    letter = re.search(r"\*\*Question \((\w)\)\*\*", notebook.cells[0].source)
    return Question(name, letter[1] if letter else "")


def _folders(root: Path, step: str) -> set[str]:
    """The students who have a folder in this step of nbgrader's."""
    return {path.parent.name for path in root.glob(f"{step}/*/{ASSIGNMENT}")}


def _graded_notebooks(root: Path, student: str) -> dict[str, NotebookNode]:
    # Read without nbformat's validation, which takes most of the time in a large class.
    folder = root / "autograded" / student / ASSIGNMENT
    return {
        path.stem: nbformat.reader.reads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.ipynb"))
    }


def _feedback(notebooks: dict[str, NotebookNode]) -> dict[CellKey, str]:
    return {
        (name, grade_id(cell)): "\n".join(_texts(cell.get("outputs", [])))
        for name, notebook in notebooks.items()
        for cell in notebook.cells
        if is_graded(cell) or derivation_name(cell)
    }


def _texts(outputs: Iterable[NotebookNode]) -> Iterator[str]:
    """What a cell printed, raised and displayed, as plain text."""
    for output in outputs:
        if output.output_type == "stream":
            yield output.text
        elif output.output_type == "error":
            yield ESCAPES.sub("", output.evalue)
        elif "text/plain" in output.data:
            yield output.data["text/plain"]


def _attempted(
    notebooks: dict[str, NotebookNode], released: dict[CellKey, str], to_fill: list[CellKey]
) -> set[CellKey]:
    written = {
        (name, grade_id(cell)): cell.source.strip()
        for name, notebook in notebooks.items()
        for cell in notebook.cells
        if is_solution(cell)
    }
    return {
        key for key in to_fill if written.get(key, "") not in ("", released.get(key, "").strip())
    }
