"""Rebuilds a student's notebook from the course's own: only the answers are the student's.

From the submitted file come the sources of the solution cells, by their `grade_id` (the last one
wins, a missing one is blank), and nothing else; tests, metadata and all other cells are the
release's, with the hidden tests of the gradebook. What had to be changed is listed for the
instructor. The submitted file itself is only read.
"""

import contextlib
import copy
import json
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from w2v.errors import AuthorError
from w2v.grading.notebooks import HIDDEN_TESTS, grade_id, is_graded, is_solution, read

MAX_NOTEBOOK = 20 << 20  # bytes
MAX_CELL = 200_000  # characters


class UnreadableError(Exception):
    """A submitted file is no notebook, or not the student's; the message says why."""


@dataclass(frozen=True)
class Cell:
    """What is read of a submitted cell."""

    grade_id: str
    kind: str
    source: str


def read_submitted(path: Path) -> bytes:
    """The bytes of a submitted file; follows no link and opens nothing but ordinary files.

    Raises:
        UnreadableError: it is something else, or too large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise UnreadableError(f"it cannot be opened: {error.strerror}") from error
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableError("it is not an ordinary file")
        if about.st_size > MAX_NOTEBOOK:
            raise UnreadableError(f"it is larger than {MAX_NOTEBOOK >> 20} MB")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_NOTEBOOK)
    finally:
        os.close(descriptor)


def parse(content: bytes) -> list[Cell]:
    """The cells of a submitted notebook, read leniently: nothing but ids, types and sources.

    Raises:
        UnreadableError: it is not a notebook.
    """
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
        return [_cell(cell) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"it is not a notebook ({type(error).__name__}: {error})") from error


def _cell(cell: dict[str, Any]) -> Cell:
    about = cell.get("metadata", {}).get("nbgrader") or {}
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return Cell(str(about.get("grade_id", "")), str(cell["cell_type"]), text)


def transplant(cells: list[Cell], release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The release with the answers of the submitted cells in it, and what was changed.

    Args:
        cells: of the submitted notebook.
        release: the notebook as the students got it.
    """
    rebuilt = copy.deepcopy(release)
    changes = _left_out(cells, release)
    last = {cell.grade_id: cell for cell in cells}
    for cell in rebuilt.cells:
        if not (name := grade_id(cell)):
            continue
        found = last.get(name)
        if found is None:
            what = "counted as blank" if is_solution(cell) else "put back"
            changes.append(f"cell {name} was missing: {what}")
        elif found.kind != cell.cell_type:
            changes.append(f"cell {name} had become a {found.kind} cell: the release's is used")
        elif not is_solution(cell):
            if found.source.strip() != cell.source.strip():
                changes.append(f"cell {name} was edited: the original is restored")
        elif len(found.source) > MAX_CELL:
            changes.append(f"cell {name} had {len(found.source)} characters: counted as blank")
        elif found.source != cell.source:
            cell.source = found.source if cell.cell_type == "code" else _harmless(found.source)
    return rebuilt, changes


def _left_out(cells: list[Cell], release: NotebookNode) -> list[str]:
    known = {grade_id(cell) for cell in release.cells} - {""}
    shown = {cell.source.strip() for cell in release.cells}
    counts = Counter(cell.grade_id for cell in cells)
    changes = [
        f"cell {name} stood there {count} times: the last one counts"
        for name, count in counts.items()
        if name in known and count > 1
    ]
    own = [cell for cell in cells if cell.grade_id not in known]
    extra = [cell for cell in own if cell.source.strip() and cell.source.strip() not in shown]
    for cell in extra:
        first = cell.source.strip().splitlines()[0][:60]
        changes.append(f"a {cell.kind} cell that is not the course's was left out: {first!r}")
    return changes


def _harmless(markdown: str) -> str:
    """Written answers are shown in a browser: no tag of theirs is one."""
    return re.sub(r"<(?=[A-Za-z/!?])", "< ", markdown)


def blank(release: NotebookNode, reason: str) -> tuple[NotebookNode, list[str]]:
    """The release without an answer, for a notebook that cannot be read, with a note on top."""
    rebuilt = copy.deepcopy(release)
    note = f"The notebook that was handed in could not be graded: {reason}."
    rebuilt.cells.insert(0, new_markdown_cell(f"**{note}**", id="unreadable"))
    return rebuilt, [note]


def restore_tests(notebook: NotebookNode, gradebook: Gradebook, assignment: str, name: str) -> None:
    """Put the hidden tests and the points of the gradebook into a notebook, in place.

    Raises:
        AuthorError: the release and the gradebook are not of the same build.
    """
    kept = gradebook.find_notebook(name, assignment)
    sources = {cell.name: cell for cell in kept.source_cells}
    points = {cell.name: cell.max_score for cell in kept.grade_cells}
    found = {grade_id(cell) for cell in notebook.cells} - {""}
    if found != sources.keys():
        raise AuthorError(
            f"The release of {name} does not fit the gradebook (cells "
            f"{', '.join(sorted(found ^ sources.keys()))}): run `w2v build`, or "
            f"`nbgrader generate_assignment {assignment} --force`."
        )
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata.nbgrader.checksum = sources[grade_id(cell)].checksum
            if not is_solution(cell):
                cell.source = sources[grade_id(cell)].source
        if is_graded(cell):
            cell.metadata.nbgrader.points = points[grade_id(cell)]


def collect(
    coursedir: CourseDirectory, assignment: str, student: str, name: str
) -> tuple[NotebookNode, list[str]]:
    """A student's notebook, rebuilt from the release, and what had to be changed.

    Args:
        coursedir: where submissions, release and gradebook are.
        assignment: the name of the assignment.
        student: whose notebook it is.
        name: of the notebook, without `.ipynb`.

    Raises:
        AuthorError: there is no release, or the gradebook is not of the same build.
    """
    folder = Path(coursedir.format_path(coursedir.release_directory, ".", assignment))
    release = read(folder / f"{name}.ipynb")
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    try:
        if folder.is_symlink() or folder.parent.is_symlink():
            raise UnreadableError("its folder is a link to another one")
        cells = parse(read_submitted(folder / f"{name}.ipynb"))
        rebuilt, changes = transplant(cells, release)
    except UnreadableError as error:
        rebuilt, changes = blank(release, str(error))
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        restore_tests(rebuilt, gradebook, assignment, name)
    rebuilt.metadata["w2v"] = {"changes": changes}
    return rebuilt, changes


# As nbgrader plugs it in ------------------------------


class SubmissionExporter(NotebookExporter):
    """Reads submitted notebooks by `collect`, and passes on no other file.

    Plugged in as `Autograde.exporter_class`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # nbgrader copies every file beside the notebooks on, links followed, to the feedback too.
        converter: Any = self.parent
        self.coursedir = converter.coursedir = copy.copy(converter.coursedir)
        self.coursedir.ignore = ["*", ".*"]

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """Convert a notebook file, a submitted one with every change that it needs logged."""
        coursedir, who = self.coursedir, resources["nbgrader"]
        folder = coursedir.format_path(
            coursedir.submitted_directory, who["student"], who["assignment"]
        )
        if Path(filename).parent.absolute() != Path(folder).absolute():
            with contextlib.suppress(UnreadableError):  # by its time nbgrader knows a newer one
                timestamp = read_submitted(Path(folder) / "timestamp.txt")[:100]
                Path(filename).with_name("timestamp.txt").write_bytes(timestamp)
            return super().from_filename(filename, resources=resources, **options)
        notebook, changes = collect(coursedir, who["assignment"], who["student"], who["notebook"])
        for change in changes:
            self.log.warning("%s, %s: %s", who["student"], who["notebook"], change)
        return self.from_notebook_node(notebook, resources, **options)


class HideTests(NbGraderPreprocessor):
    """For the feedback: the verdict of a hidden test without its text."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:
        """Blank the hidden tests of a cell and the lines that its errors quote."""
        if is_graded(cell) and not is_solution(cell):
            cell.source = HIDDEN_TESTS.sub("# hidden tests", cell.source)
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources
