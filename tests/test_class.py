"""The sample class through real nbgrader commands: every mark is the expected one."""

import csv
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.conftest import run
from tests.sample_class import EVERYTHING, EXPECTED_LOSS, write

# The fixture grades nine students times nine notebooks, one of which never ends by itself.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SEED = "20260101"


@pytest.fixture(scope="module")
def graded(course: Path) -> Path:
    write(course)
    done = run("nbgrader", "autograde", "word2vec", cwd=course, W2V_SEED=SEED)
    assert done.returncode == 0, done.stderr[-4000:]
    return course


@pytest.fixture(scope="module")
def gradebook(graded: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{graded / 'gradebook.db'}")


def loses(student: str, notebook: str, cell: str) -> bool:
    loss = EXPECTED_LOSS[student]
    return loss == EVERYTHING or any(
        cell.startswith(prefix) or notebook.startswith(prefix) for prefix in loss
    )


@pytest.mark.parametrize("student", EXPECTED_LOSS)
def test_every_mark_is_the_expected_one(gradebook: Gradebook, student: str) -> None:
    submission = gradebook.find_submission("word2vec", student)
    found, expected = {}, {}
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            if grade.cell.name == "comparison":
                continue  # graded by hand
            found[grade.cell.name] = grade.auto_score
            lost = loses(student, notebook.name, grade.cell.name)
            expected[grade.cell.name] = 0.0 if lost else grade.cell.max_score
    assert found == expected
    assert len(found) > 50


def test_only_the_written_comparison_waits_for_a_grader(gradebook: Gradebook) -> None:
    submission = gradebook.find_submission("word2vec", "ada_all_right")
    waiting = [
        g.cell.name for nb in submission.notebooks for g in nb.grades if g.needs_manual_grade
    ]
    assert waiting == ["comparison"]


def test_the_seed_stands_with_the_marks(graded: Path) -> None:
    path = graded / "autograded" / "ada_all_right" / "word2vec" / "02_center_gradient.ipynb"
    assert f"seed {SEED}" in path.read_text(encoding="utf-8")


def test_feedback_shows_verdicts_and_no_hidden_test(graded: Path) -> None:
    done = run("nbgrader", "generate_feedback", "word2vec", cwd=graded)
    assert done.returncode == 0, done.stderr[-4000:]
    page = graded / "feedback" / "dora_sign_errors" / "word2vec" / "02_center_gradient.html"
    html = page.read_text(encoding="utf-8")
    assert "wrong value" in html
    assert "HIDDEN TESTS" not in html
    assert "draw.pair" not in html


def test_export_lists_every_student(graded: Path) -> None:
    done = run("nbgrader", "export", cwd=graded)
    assert done.returncode == 0, done.stderr[-4000:]
    with open(graded / "grades.csv", encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores["ada_all_right"] == 97.0  # all but the written comparison
    assert scores["cleo_blank"] == 0.0
    assert scores.keys() == EXPECTED_LOSS.keys()


def test_validate_runs_on_a_release_notebook(course: Path) -> None:
    done = run("nbgrader", "validate", "release/word2vec/00_welcome.ipynb", cwd=course)
    assert done.returncode == 0, done.stderr
