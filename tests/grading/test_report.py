"""The class report: every figure on the page is checked on a class whose figures are known."""

import base64
import csv
import dataclasses
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from w2v.errors import AuthorError, SetupError
from w2v.grading import report as report_module
from w2v.grading.classroom import Classroom, read_class
from w2v.grading.report import contents, named, report
from w2v.grading.separation import separation
from w2v.mistakes import Mistake

SIGN = Mistake("sign flipped", "Going downhill & uphill are not the same.", "02, the last step")
SIGN_OF_ONE = Mistake("sign flipped in one term", "One term pulls the wrong way.", "02, the sum")
DERIVE = "%%derive center_gradient\n"
STUB = "raise NotImplementedError"

# (notebook, first cell, {solution cell: {graded cell: points}})
COURSE_CELLS = [
    ("00_welcome", "# 00\n\n**Warm-up**", {"scores": {"scores-values": 2}}),
    (
        "02_center_gradient",
        "# 02\n\n**Question (b)** · 45 minutes",
        {
            "derive-center_gradient": {"derive-center_gradient-marks": 4},
            "center_gradient": {"center_gradient-values": 3, "center_gradient-edges": 1},
        },
    ),
]
# student: the marks in the order above (None waits for a person), the cells left empty
MARKS: dict[str, list[float | None]] = {
    "ada": [2, 4, 3, 1],
    "ben": [2, 3, 3, 0],
    "cleo": [2, None, 0, 0],
    "dora": [0, 0, 0, 0],
}
EMPTY = {
    "ada": set(),
    "ben": {"scores"},
    "cleo": {"center_gradient"},
    "dora": {"scores", "derive-center_gradient", "center_gradient"},
}
FEEDBACK = {
    ("ben", "center_gradient-edges"): "✗ wrong value\n  * sign flipped in one term. One term",
    ("cleo", "center_gradient-values"): "✗ wrong value\n  * sign flipped. Going downhill",
    ("cleo", "center_gradient-edges"): "✗ wrong value\n  * sign flipped. Going downhill",
    ("dora", "derive-center_gradient"): "line 3: sign flipped",
}


def metadata(name: str, **kind: object) -> dict[str, object]:
    return {"nbgrader": {"grade_id": name, "schema_version": 3, "locked": False, **kind}}


def notebook(student: str | None, first: str, cells: dict[str, dict[str, int]]) -> NotebookNode:
    """A notebook as the instructor wrote it (None), or as it was graded."""
    made = [new_markdown_cell(first)]
    for answer, tests in cells.items():
        source = STUB if student and answer in EMPTY[student] else f"the answer of {student}"
        made.append(new_code_cell(source, metadata=metadata(answer, solution=True, grade=False)))
        for name, points in tests.items():
            made.append(
                new_code_cell(metadata=metadata(name, solution=False, grade=True, points=points))
            )
    for cell in made[1:]:
        text = FEEDBACK.get((student or "", cell.metadata.nbgrader.grade_id))
        if (
            cell.metadata.nbgrader.grade_id.startswith("derive-")
            and cell.metadata.nbgrader.solution
        ):
            cell.source = f"%%derive center_gradient\n{cell.source}"
            if text:
                cell.outputs = [new_output("display_data", {"text/plain": text})]
        elif text:
            cell.outputs = [new_output("error", ename="TestsFailed", evalue=text, traceback=[text])]
    return new_notebook(cells=made)


def open_gradebook(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", "word2vec")


def write_release(root: Path) -> None:
    """The gradebook as `nbgrader generate_assignment` leaves it."""
    with open_gradebook(root) as gradebook:
        gradebook.add_assignment("word2vec")
        for name, _, cells in COURSE_CELLS:
            gradebook.add_notebook(name, "word2vec")
            for answer, tests in cells.items():
                start = DERIVE if answer.startswith("derive-") else ""
                gradebook.add_solution_cell(answer, name, "word2vec")
                gradebook.add_source_cell(
                    answer, name, "word2vec", cell_type="code", source=start + STUB
                )
                for test, points in tests.items():
                    gradebook.add_grade_cell(
                        test, name, "word2vec", max_score=points, cell_type="code"
                    )


def write_marks(root: Path) -> None:
    with open_gradebook(root) as gradebook:
        gradebook.add_student("eve_who_hands_in_nothing")
        for student, marks in MARKS.items():
            gradebook.add_student(student)
            gradebook.add_submission("word2vec", student)
            cells = [(nb, test) for nb, _, c in COURSE_CELLS for t in c.values() for test in t]
            for (name, test), mark in zip(cells, marks, strict=True):
                grade = gradebook.find_grade(test, name, "word2vec", student)
                grade.auto_score, grade.needs_manual_grade = mark, mark is None
        gradebook.db.commit()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    write_release(root)
    shutil.copy(root / "gradebook.db", root / "before_grading.db")
    write_marks(root)
    for name, first, cells in COURSE_CELLS:
        for student in (None, *MARKS):
            folder = f"autograded/{student}/word2vec" if student else "notebooks/word2vec"
            (root / folder).mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook(student, first, cells), root / folder / f"{name}.ipynb")
    (root / "submitted" / "fay" / "word2vec").mkdir(parents=True)
    return root


@pytest.fixture(autouse=True, scope="module")
def catalogue() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        known = {mistake.name: mistake for mistake in (SIGN, SIGN_OF_ONE)}
        patch.setattr(report_module, "MISTAKES", known)
        yield


@pytest.fixture(scope="module")
def classroom(course: Path) -> Classroom:
    return read_class(course)


@pytest.fixture(scope="module")
def out(course: Path) -> Path:
    report(course, course / "out")
    return course / "out"


@pytest.fixture(scope="module")
def page(out: Path) -> str:
    return (out / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shown(classroom: Classroom) -> dict[str, Any]:
    return contents(classroom)


def pictures(page: str) -> list[tuple[str, str]]:
    """(SVG, alt text) of every picture on the page; the SVG repeats its words in comments."""
    found = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)">', page)
    return [(base64.b64decode(code).decode(), alt) for code, alt in found]


def test_the_class_is_read_in_the_order_of_the_course(classroom: Classroom) -> None:
    assert classroom.students == ["ada", "ben", "cleo", "dora"]
    assert [question.label for question in classroom.questions] == [
        "00 welcome",
        "02 (b) center gradient",
    ]
    assert [cell for _, cell in classroom.graded] == [
        "scores-values",
        "derive-center_gradient-marks",
        "center_gradient-values",
        "center_gradient-edges",
    ]
    wanted = np.array(list(MARKS.values()), dtype=float)
    np.testing.assert_array_equal(classroom.marks, wanted)
    np.testing.assert_array_equal(classroom.points, [2, 4, 3, 1])
    assert classroom.ungraded == 1


def test_the_csv_has_a_row_for_every_student(out: Path) -> None:
    with (out / "report.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[0] == "student"
    assert header[2] == "02_center_gradient/derive-center_gradient-marks"
    assert header[-2:] == ["total", "waiting"]
    assert rows == [
        ["ada", "2", "4", "3", "1", "10", "0"],
        ["ben", "2", "3", "3", "0", "8", "0"],
        ["cleo", "2", "", "0", "0", "2", "1"],
        ["dora", "0", "0", "0", "0", "0", "0"],
    ]


def test_marks_of_a_question_leave_out_what_waits(shown: dict[str, Any]) -> None:
    welcome, center = shown["questions"]
    assert (welcome["mean"], welcome["nothing"], welcome["full marks"]) == ("1.5", 1, 3)
    assert (center["points"], center["nothing"], center["full marks"]) == ("8", 2, 1)
    assert center["mean"] == "3.5"  # 8, 6, 0 of the 4 points that are marked, 0


def test_mistakes_are_counted_once_for_a_student(shown: dict[str, Any]) -> None:
    first, second = shown["mistakes"]
    assert (first["mistake"], first["students"]) == ("sign flipped", 2)
    assert first["why it is wrong"] == SIGN.explanation
    assert first["seen in"] == "02 center_gradient (2)"
    assert (second["mistake"], second["students"]) == ("sign flipped in one term", 1)


def test_a_name_inside_a_longer_one_is_not_counted() -> None:
    assert named("this looks like: sign flipped in one term.") == {"sign flipped in one term"}
    assert named("sign flipped. And: sign flipped in one term") == {SIGN.name, SIGN_OF_ONE.name}
    assert named("the sign flippeds") == set()


def test_students_stop_at_the_last_cell_that_they_changed(shown: dict[str, Any]) -> None:
    rows = {row["cell"]: row for row in shown["fills"]}
    assert rows["00 scores"]["left empty"] == 2
    assert rows["00 scores"]["stopped here"] == 0
    assert rows["02 derive-center_gradient"]["stopped here"] == 1
    assert rows["02 center_gradient"]["stopped here"] == 2
    assert "(nothing): 1; 02 derive-center_gradient: 1; (the end): 2" in (
        shown["plots"]["stops"].alt
    )


def test_what_waits_for_a_person_is_listed(shown: dict[str, Any]) -> None:
    assert shown["waiting"] == [
        {"graded cell": "02 derive-center_gradient-marks", "points": "4", "students": 1}
    ]


def test_the_page_needs_nothing_else_and_names_no_student(page: str) -> None:
    assert not re.search(r'(?:src|href)="(?!data:|#|report\.csv")', page)
    drawn = "".join(svg for svg, _ in pictures(page))
    assert "<!-- Total marks -->" in drawn
    visible = re.sub(r"base64,[^\"]+", "", page) + drawn
    for student in (*MARKS, "fay", "eve_who_hands_in_nothing"):
        assert not re.search(rf"\b{student}\b", visible)
    assert "1 submission is not graded yet" in page
    assert "Going downhill &amp; uphill" in page


def test_plots_are_readable_without_colour_and_without_eyes(page: str) -> None:
    found = pictures(page)
    assert len(found) == 5
    for svg, alt in found:
        assert len(alt) > 60
        colours = set(re.findall(r"#([0-9a-f]{6})\b", svg))
        assert colours and all(c[:2] == c[2:4] == c[4:] for c in colours)


def test_the_same_class_gives_the_same_page(course: Path, page: str, tmp_path: Path) -> None:
    assert report(course, tmp_path / "again").read_text(encoding="utf-8") == page


@pytest.mark.parametrize("students", [1, 3])
def test_a_tiny_class_has_its_page_and_no_claims(classroom: Classroom, students: int) -> None:
    tiny = dataclasses.replace(
        classroom,
        students=classroom.students[:students],
        marks=classroom.marks[:students],
        feedback=[{}] * students,
        attempted=classroom.attempted[:students],
    )
    shown = contents(tiny)
    assert shown["mistakes"] == []
    readings = {row["reading"] for row in shown["cells"]}
    assert readings <= {f"cannot tell from {n} students" for n in (2, 3)} | {
        "cannot separate: all marks are the same"
    }


def test_without_a_gradebook_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"no gradebook .*w2v grade"):
        report(tmp_path, tmp_path / "out")
    assert not (tmp_path / "gradebook.db").exists()


def test_a_submission_that_could_not_be_graded_is_counted_apart(
    course: Path, tmp_path: Path
) -> None:
    """nbgrader leaves it in the gradebook and removes its notebooks."""
    (tmp_path / "notebooks").symlink_to(course / "notebooks")
    shutil.copy(course / "gradebook.db", tmp_path)
    for student in ("ada", "ben"):
        shutil.copytree(course / "autograded" / student, tmp_path / "autograded" / student)
        (tmp_path / "submitted" / student / "word2vec").mkdir(parents=True)
    (tmp_path / "submitted" / "cleo" / "word2vec").mkdir(parents=True)
    found = read_class(tmp_path)
    assert found.students == ["ada", "ben"]
    assert found.ungraded == 1


@pytest.fixture
def not_graded(tmp_path: Path, course: Path) -> Path:
    """The course before the first submission was graded."""
    (tmp_path / "notebooks").symlink_to(course / "notebooks")
    shutil.copy(course / "before_grading.db", tmp_path / "gradebook.db")
    return tmp_path


def test_without_graded_students_it_says_what_to_run(not_graded: Path) -> None:
    with pytest.raises(SetupError, match=r"Nothing is graded .*w2v grade"):
        report(not_graded, not_graded / "out")


def test_a_cell_that_left_the_notebooks_is_named(not_graded: Path) -> None:
    with open_gradebook(not_graded) as gradebook:
        gradebook.add_grade_cell("old", "00_welcome", "word2vec", max_score=1, cell_type="code")
    with pytest.raises(AuthorError, match="00_welcome/old"):
        report(not_graded, not_graded / "out")


STRONG = np.arange(40.0)


@pytest.mark.parametrize(
    ("item", "rest", "reading"),
    [
        (STRONG > 20, STRONG, "separates strong from weak"),
        (STRONG < 20, STRONG, "weaker students do better: look at this question"),
        (STRONG % 2, STRONG, "cannot tell from 40 students"),
        (np.arange(800) % 2, np.arange(800.0) // 2, "does not separate"),
        (STRONG * 0 + 3, STRONG, "cannot separate: all marks are the same"),
        (STRONG * np.nan, STRONG, "waits for marks"),
        ([0, 0, np.nan, np.nan], [1, 2, 3, 4], "waits for marks"),
        ([0, 1, 1], [1, 2, 3], "cannot tell from 3 students"),
        ([0, 0, 1, 0, 1, 1], [1, 2, 3, 4, 5, 6], "cannot tell from 6 students"),
    ],
)
def test_readings(item: np.ndarray, rest: np.ndarray, reading: str) -> None:
    assert separation(np.asarray(item, float), np.asarray(rest, float)).reading == reading


def test_a_weak_but_sure_correlation_separates_a_little() -> None:
    rng = np.random.default_rng(1)
    rest = rng.normal(size=2000)
    assert separation(0.3 * rest + rng.normal(size=2000), rest).reading == "separates a little"


marks = arrays.arrays(
    float, st.shared(st.integers(4, 30), key="students"), elements=st.integers(0, 9)
)


@given(marks, marks)
def test_the_interval_holds_the_correlation_and_knows_no_scale(
    item: np.ndarray, rest: np.ndarray
) -> None:
    found, scaled = separation(item, rest), separation(7 * item + 1, rest)
    assert np.isnan(found.r) or found.low - 1e-9 <= found.r <= found.high + 1e-9
    np.testing.assert_allclose(scaled.r, found.r, atol=1e-9)
    assert separation(-item, rest).students == found.students == len(item)


def test_the_gradebook_is_the_one_that_the_configuration_names(
    course: Path, tmp_path: Path, classroom: Classroom
) -> None:
    for name in ("notebooks", "autograded"):
        (tmp_path / name).symlink_to(course / name)
    shutil.copy(course / "gradebook.db", tmp_path / "elsewhere.db")
    setting = f'c.CourseDirectory.db_url = "sqlite:///{tmp_path / "elsewhere.db"}"\n'
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{setting}", encoding="utf-8")
    np.testing.assert_array_equal(read_class(tmp_path).marks, classroom.marks)
