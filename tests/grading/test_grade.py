"""`w2v grade` and `nbgrader autograde` on a small class: same marks, nothing lost on the way."""

import io
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.conftest import run
from tests.grading import small
from tests.grading.course import CLASS, EXPECTED, hand_in, marks
from w2v.errors import AuthorError, SetupError
from w2v.grading.grade import grade, regrade
from w2v.grading.intake import take_in
from w2v.grading.notebooks import read
from w2v.grading.sandbox import Limits

pytestmark = pytest.mark.slow


def autograded(course: Path, student: str) -> nbformat.NotebookNode:
    return read(course / "autograded" / student / "word2vec" / f"{small.NAME}.ipynb")


def test_both_commands_give_the_expected_marks(course: Path) -> None:
    done = run("nbgrader", "autograde", "word2vec", cwd=course)
    assert done.returncode == 0, done.stderr
    assert marks(course) == EXPECTED
    (course / "gradebook.db").rename(course / "first.db")
    shutil.copy(course / "first.db", course / "gradebook.db")
    shutil.rmtree(course / "autograded")
    summary = grade(course)
    assert sorted(summary.graded) == sorted(CLASS)
    assert not summary.failed
    assert marks(course) == EXPECTED


def test_a_second_run_has_nothing_to_do_until_something_is_handed_in(course: Path) -> None:
    grade(course)
    assert sorted(grade(course).skipped) == sorted(CLASS)
    hand_in(course, "dan", small.SOFTMAX, "")
    summary = grade(course)
    assert summary.graded == ["dan"]
    assert marks(course) == {**EXPECTED, "dan": 4.0}


def test_feedback_shows_the_verdict_and_not_the_test(course: Path) -> None:
    grade(course, ["bob"])
    done = run("nbgrader", "generate_feedback", "word2vec", "--student", "bob", cwd=course)
    assert done.returncode == 0, done.stderr
    page = course / "feedback" / "bob" / "word2vec" / f"{small.NAME}.html"
    text = page.read_text(encoding="utf-8")
    assert "wrong value" in text
    assert "draw.distributions" not in text
    assert "HIDDEN TESTS" not in text


def test_one_torn_notebook_is_its_owners_problem(course: Path) -> None:
    path = hand_in(course, "bob", small.SOFTMAX, "")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    summary = grade(course)
    assert not summary.failed
    assert "could not be graded" in " ".join(summary.changes["bob"])
    assert marks(course) == {**EXPECTED, "bob": 0.0}
    assert "could not be graded" in autograded(course, "bob").cells[0].source
    assert path.read_bytes() == content[: len(content) // 2]


def test_other_files_and_links_stay_behind(course: Path) -> None:
    folder = hand_in(course, "bob", "", "").parent
    (folder / "w2v.py").write_text("raise SystemExit")
    (folder / "secret.txt").symlink_to("/etc/passwd")
    (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    link = course / "submitted" / "bob" / "word2vec" / "00_welcome.ipynb"
    link.symlink_to(course / "notebooks" / "word2vec" / "00_welcome.ipynb")
    grade(course, ["bob"])
    copied = {path.name for path in (course / "autograded" / "bob" / "word2vec").iterdir()}
    assert copied == {"00_welcome.ipynb", f"{small.NAME}.ipynb", "timestamp.txt"}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "word2vec") as gradebook:
        assert gradebook.find_submission("word2vec", "bob").score == 0


def test_the_seed_changes_from_run_to_run_and_stands_in_the_notebook(course: Path) -> None:
    seeds = set()
    for _ in range(2):
        grade(course, ["ada"], again=True)
        content = autograded(course, "ada")
        seed = content.metadata["w2v"]["seed"]
        assert f"seed {seed}" in small.printed(content, "softmax-values")
        seeds.add(seed)
    assert len(seeds) == 2


def test_a_memorised_seed_earns_nothing(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("W2V_SEED", "77")
    collect = "\n    with open('/scratch/seen', 'a') as f: f.write(scores.tobytes().hex() + ' ')\n"
    spy = small.SOFTMAX.replace("(scores):\n", "(scores):" + collect)
    asked = small.graded(
        small.notebook(spy + "\nprint()", "print(open('/scratch/seen').read())"), seed=77
    )
    points = small.printed(asked, "cross_entropy").split()
    assert len(points) > 3
    table = {point: _softmax_bytes(point) for point in points}
    memory = f"""
@w2v.fill
def softmax(scores):
    return np.frombuffer(bytes.fromhex({table!r}[scores.tobytes().hex()]))
"""
    hand_in(course, "dan", memory, "")
    grade(course, ["dan"])
    assert marks(course)["dan"] == 4.0  # the attack works where the seed is known
    monkeypatch.delenv("W2V_SEED")
    grade(course, ["dan"], again=True)
    assert marks(course)["dan"] == 0.0


def _softmax_bytes(point: str) -> str:
    import numpy as np

    scores = np.frombuffer(bytes.fromhex(point))
    e = np.exp(scores - scores.max())
    return (e / e.sum()).tobytes().hex()


def test_regrading_one_question_touches_nothing_else(course: Path) -> None:
    grade(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "word2vec") as gradebook:
        kept = gradebook.find_grade("softmax-values", small.NAME, "word2vec", "ada")
        kept.manual_score = 1.5
        gradebook.db.commit()
    path = course / "notebooks" / "word2vec" / f"{small.NAME}.ipynb"
    text = path.read_text().replace("test(*draw.distributions(test.rng))", "test.rng")
    path.write_text(text.replace('with exam(\\"cross_entropy\\") as test:', "if True:"))
    path.write_text(path.read_text().replace('"    test.rng\\n"', '"    pass\\n"'))
    done = run("nbgrader", "generate_assignment", "word2vec", "--force", cwd=course)
    assert done.returncode == 0, done.stderr
    before = autograded(course, "dan")
    regrade(course, "cross_entropy-values")
    after = autograded(course, "dan")
    assert marks(course)["dan"] == 2.0
    for old, new in zip(before.cells, after.cells, strict=True):
        if new.id != "cross_entropy-values":
            assert old == new
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "word2vec") as gradebook:
        kept = gradebook.find_grade("softmax-values", small.NAME, "word2vec", "ada")
        assert kept.manual_score == 1.5
        assert not kept.needs_manual_grade
    with pytest.raises(AuthorError):
        regrade(course, "no such cell")


def test_a_plain_start_grades_as_a_warm_one_does() -> None:
    for source in (small.SOFTMAX, "import os; os._exit(0)"):
        content = small.notebook(source)
        limits = Limits(cell=10, notebook=60)
        warm, plain = (
            small.passed(small.graded(content, warm=warm, limits=limits)) for warm in (True, False)
        )
        assert warm == plain


def test_without_namespaces_it_says_so_and_goes_on_only_when_told(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(course))  # no bubblewrap here
    with pytest.raises(SetupError, match="bubblewrap"):
        grade(course, ["ada"])
    assert "ada" not in marks(course)
    summary = grade(course, ["ada"], unsafe=True)
    assert summary.graded == ["ada"]
    assert "NO NAMESPACES" in str(summary)
    assert marks(course)["ada"] == 6.0


def test_pure_jobs_map_over_any_executor() -> None:
    with ThreadPoolExecutor(2) as executor:
        results = list(executor.map(small.graded, [small.notebook(), small.notebook("")]))
    assert [len(small.passed(result)) for result in results] == [3, 1]


def test_exports_of_learning_platforms_are_taken_in(course: Path, tmp_path: Path) -> None:
    shutil.rmtree(course / "submitted")
    (course / "submitted").mkdir()
    answer = hand_in(course, "x", small.SOFTMAX, small.CROSS_ENTROPY).read_bytes()
    shutil.rmtree(course / "submitted" / "x")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(f"work/{small.NAME}.ipynb", answer)
    with zipfile.ZipFile(course / "submitted" / "export.zip", "w") as archive:
        archive.writestr(f"Eve Moodle_123_assignsubmission_file_/{small.NAME}.ipynb", answer)
        archive.writestr("Flo Moodle_124_assignsubmission_file_/all.zip", inner.getvalue())
        archive.writestr(f"canvasgil_55_66_{small.NAME}-2.ipynb", answer)
        archive.writestr(f"../../outside/{small.NAME}.ipynb", answer)
        archive.writestr("Eve Moodle_123_assignsubmission_file_/w2v.py", "evil")
    summary = grade(course)
    assert {"Eve_Moodle", "Flo_Moodle", "canvasgil"} <= set(summary.graded)
    assert any("w2v.py" in line for line in summary.left_out)
    assert marks(course)["canvasgil"] == 6.0
    assert not (course.parent / "outside").exists()
    assert take_in(course / "submitted", "word2vec", [small.NAME]) == []
