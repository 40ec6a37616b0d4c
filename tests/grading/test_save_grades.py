"""A derivation that cannot be read to its end waits for a person; all else is marked as usual."""

from pathlib import Path

import nbformat
import pytest
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from w2v.derivation import MANUAL
from w2v.grading.save_grades import SaveCourseGrades, asks_for_a_person


def graded_cell(printed: str, value: str | None) -> NotebookNode:
    """A graded cell as nbgrader finds it after it has run."""
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed)] if printed else []
    if value is not None:
        data = {"text/plain": value}
        outputs.append(nbformat.v4.new_output("execute_result", data=data, execution_count=1))
    cell = nbformat.v4.new_code_cell("marks('center_gradient', points=6)", outputs=outputs)
    cell.metadata["nbgrader"] = {
        "grade_id": "derive-center_gradient-marks",
        "grade": True,
        "solution": False,
        "points": 6,
    }
    return cell


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        (MANUAL + "center_gradient has a line that the checker cannot read.\n", True),
        ("some words\n" + MANUAL + "x\n", True),
        ("", False),
        ("about manual grading\n", False),
    ],
)
def test_the_marker_is_recognised(printed: str, asked: bool) -> None:
    assert asks_for_a_person(graded_cell(printed, "3.0")) == asked


NAME = "02_center_gradient"


def resources(folder: Path, cell: NotebookNode) -> dict[str, dict[str, str]]:
    """What nbgrader knows of a submission, for which there is a gradebook with one graded cell."""
    url = f"sqlite:///{folder / 'gradebook.db'}"
    grade_id = cell.metadata["nbgrader"]["grade_id"]
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("word2vec")
        gradebook.add_notebook(NAME, "word2vec")
        gradebook.add_grade_cell(grade_id, NAME, "word2vec", max_score=6, cell_type="code")
        gradebook.add_student("a")
        gradebook.add_submission("word2vec", "a")
    names = {"notebook": NAME, "assignment": "word2vec", "student": "a", "db_url": url}
    return {"nbgrader": names}


@pytest.mark.parametrize(
    ("printed", "score", "manual"),
    [("", 4.5, False), (MANUAL + "center_gradient ...\n", None, True)],
)
def test_the_gradebook_says_who_marks(
    tmp_path: Path, printed: str, score: float | None, manual: bool
) -> None:
    cell = graded_cell(printed, "4.5")
    about = resources(tmp_path, cell)
    SaveCourseGrades().preprocess(nbformat.v4.new_notebook(cells=[cell]), about)
    with Gradebook(about["nbgrader"]["db_url"]) as gradebook:
        grade = gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], NAME, "word2vec", "a")
        assert grade.auto_score == score
        assert grade.needs_manual_grade is manual


def test_a_notebook_that_is_cut_off_leaves_no_score(tmp_path: Path) -> None:
    cell, unknown = graded_cell("", "4.5"), graded_cell("", "4.5")
    about = resources(tmp_path, cell)
    unknown.metadata["nbgrader"]["grade_id"] = "of-another-course"
    with pytest.raises(MissingEntry):
        SaveCourseGrades().preprocess(nbformat.v4.new_notebook(cells=[cell, unknown]), about)
    with Gradebook(about["nbgrader"]["db_url"]) as gradebook:
        grade = gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], NAME, "word2vec", "a")
        assert grade.auto_score is None
