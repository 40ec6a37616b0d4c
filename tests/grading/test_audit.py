"""The audit itself: it must find every hole that is put into the hidden tests."""

import ast
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import workbook
from w2v.errors import AuthorError
from w2v.exercises import EXERCISES
from w2v.grading import audit as auditing
from w2v.grading.fixtures import load
from w2v.grading.mutants import Mutant, mutants
from w2v.grading.rewrite import rewritten
from w2v.workbook import Stub

ROOT = Path(__file__).parents[2]
NOTEBOOKS, FIXTURES = ROOT / "notebooks" / "word2vec", ROOT / "tests" / "audit"
NOTEBOOK = "02_center_gradient.ipynb"

SOLUTION = '''
@w2v.fill
def center_gradient(v_c, o, U):
    """dJ/dv_c."""
    difference = softmax(U @ v_c)
    difference[o] -= 1.0
    return U.T @ difference
'''


@pytest.fixture(autouse=True)
def own_workbook(monkeypatch):
    monkeypatch.setattr(workbook, "_workbook", workbook.Workbook())
    monkeypatch.setattr(auditing, "TASKS", dict(auditing.TASKS))


@pytest.fixture
def audited(tmp_path):
    """Audit center_gradient after an edit of one of its cells: (grade_id, old, new)."""

    def run(cell: str = "", old: str = "", new: str = "") -> auditing.Result:
        folder = tmp_path / "notebooks"
        shutil.copytree(NOTEBOOKS, folder)
        content = json.loads((folder / NOTEBOOK).read_text(encoding="utf-8"))
        for one in content["cells"]:
            if one["metadata"].get("nbgrader", {}).get("grade_id") == cell:
                source = "".join(one["source"])
                assert old in source
                one["source"] = source.replace(old, new)
        (folder / NOTEBOOK).write_text(json.dumps(content), encoding="utf-8")
        return auditing.audit_exercise("center_gradient", folder, FIXTURES)

    return run


@pytest.fixture
def hidden_tests_alone(monkeypatch):
    """Leave out what takes long and has no say about the cell that a test breaks."""
    monkeypatch.setattr(auditing, "mutants", lambda source: iter(()))
    monkeypatch.setattr(auditing, "load", lambda folder: [])


def test_the_hidden_tests_of_an_exercise_have_no_hole(audited):
    result = audited()
    assert result.holes == []
    assert result.mutants > 50 and result.caught + len(result.equivalent) == result.mutants
    assert result.mistakes == result.diagnosed > 10
    assert result.variants >= auditing.VARIANTS and result.zeros > 10


CELL = "center_gradient-inputs"
TEST = "    test.unmodified(*draw.pair(test.rng))"
BROKEN = {
    "asserts nothing": ("test.unmodified(*draw.pair(test.rng))", "draw.pair(test.rng)"),
    "no exam at all": ('with exam("center_gradient", "inputs") as test:\n' + TEST, "pass"),
    "is skipped": ("with exam", "if False:\n  with exam"),
    "tests another exercise": ('exam("center_gradient"', 'exam("outside_gradient"'),
    "wrong sign": (TEST, "    v_c, o, U = draw.pair(test.rng)\n    test(-v_c, o, -U[::-1], 1)"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_broken_hidden_test_is_a_hole(audited, hidden_tests_alone, change):
    result = audited(CELL, *change)
    assert any(hole.startswith(CELL) for hole in result.holes), result.holes


def test_a_swallowed_failure_is_a_hole(audited, hidden_tests_alone):
    whole = 'with exam("center_gradient", "inputs") as test:\n' + TEST
    inside = "\n".join(f"    {line}" for line in whole.splitlines())
    result = audited(CELL, whole, f"try:\n{inside}\nexcept Exception:\n    pass")
    assert any("without work" in hole for hole in result.holes)


def test_a_test_with_the_wrong_sign_rejects_the_solution(audited, hidden_tests_alone):
    wrong = (
        TEST
        + "\n    if center_gradient(np.ones(2), 0, np.eye(2))[0] < 0:\n        raise ValueError"
    )
    result = audited(CELL, TEST, wrong)
    assert any("rejects the instructor's solution" in hole for hole in result.holes)


@pytest.mark.parametrize("tested", [True, False])
def test_a_missing_edge_case_leaves_a_mutant_alive(
    audited, hidden_tests_alone, monkeypatch, tested
):
    """Without a test that looks at the inputs afterwards, writing into them goes unseen."""
    slip = SOLUTION.replace("return", "result =") + "    U *= 2\n    return result\n"
    mutant = Mutant("written in place", 6, slip)
    monkeypatch.setattr(auditing, "mutants", lambda source: iter([mutant]))
    result = audited(CELL, "test.unmodified(", "test.unmodified(" if tested else "test(")
    alive = [hole for hole in result.holes if "a mutant is alive" in hole and "U *= 2" in hole]
    assert (result.caught, len(alive)) == ((1, 0) if tested else (0, 1))


def test_an_author_s_mistake_in_the_solution_is_a_hole(audited, hidden_tests_alone):
    result = audited("center_gradient", "difference[o] -= 1.0", "difference[o] += 1.0")
    assert any("rejects the instructor's solution" in hole for hole in result.holes)


def test_a_new_exercise_is_told_what_it_lacks(monkeypatch):
    def momentum(x):
        """A new exercise."""

    monkeypatch.setitem(EXERCISES, "momentum", Stub(momentum, "08_train"))
    result = auditing.audit_exercise("momentum", NOTEBOOKS, FIXTURES)
    told = "\n".join(result.holes)
    for lack in (
        "no solution cell with the grade_id 'momentum' in 08_train.ipynb",
        "no hidden tests with a grade_id that begins with 'momentum-'",
        "no visible check",
        "no task in w2v/checks/tasks.py",
        "no models of mistakes in w2v/checks/models.py",
        "0 variants in tests/audit, but 5 are needed",
        "no real mistakes in tests/audit",
    ):
        assert lack in told


def test_every_exercise_has_variants_and_mistakes():
    fixtures = load(FIXTURES)
    assert {one.exercise for one in fixtures} == set(EXERCISES)
    names = [(one.exercise, one.name) for one in fixtures]
    assert len(set(names)) == len(names)


def test_fixtures_need_a_folder(tmp_path):
    with pytest.raises(AuthorError, match="no fixtures"):
        load(tmp_path)


def test_an_endless_answer_is_stopped(monkeypatch):
    monkeypatch.setattr(auditing, "CALL_SECONDS", 0.05)
    answer = auditing.limited(lambda: [None for _ in iter(int, 1)])
    with pytest.raises(auditing.TooSlowError):
        answer()
    with pytest.raises(auditing.TooSlowError, match="before"):
        answer()


# Mutants and rewritings


def test_mutants_are_python_and_all_different():
    found = [mutant.source for mutant in mutants(SOLUTION)]
    assert len(found) == len(set(found)) > 40
    for source in found:
        ast.parse(source)
    assert ast.unparse(ast.parse(SOLUTION)) not in found


@pytest.mark.parametrize(
    "line",
    [
        "return U @ difference",
        "return difference @ U.T",
        "return -(U.T @ difference)",
        "difference[o] += 1.0",
        "difference[o] = 1.0",
        "difference[o] -= 2.0",
        "difference[o + 1] -= 1.0",
        "difference[:] -= 1.0",
        "difference = U @ v_c",
        "difference = softmax(v_c @ U)",
        "return",
    ],
)
def test_mutants_contain_the_usual_slips(line):
    lines = [text.strip() for one in mutants(SOLUTION) for text in one.source.splitlines()]
    assert line in lines


def test_every_operator_finds_something_to_change():
    found = set()
    for name in EXERCISES:
        question = auditing.read_question(name, NOTEBOOKS)
        found |= {mutant.operator for mutant in mutants(question.solutions[name])}
    assert len(found) >= 15


@pytest.mark.parametrize("name", sorted(EXERCISES))
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_rewritings_keep_the_meaning(name, data):
    """Hypothesis draws each step of a rewriting; the hidden tests accept every one."""
    question = auditing.read_question(name, NOTEBOOKS)
    bench = auditing.Bench(question, NOTEBOOKS)
    source = rewritten(
        question.solutions[name], lambda options: data.draw(st.integers(0, options - 1))
    )
    answer = bench.filled(source)
    assert answer is not None
    assert bench.failures(answer) == {}


def test_rewritings_differ():
    rng = np.random.default_rng(0)
    texts = {rewritten(SOLUTION, lambda k: int(rng.integers(k))) for _ in range(20)}
    assert len(texts) > 10


# The whole course


@pytest.mark.slow
def test_the_course_has_no_hole():
    report = auditing.audit(NOTEBOOKS, FIXTURES)
    assert report.holes == []
    table = report.table().splitlines()
    documented = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    for line in table:
        *numbers, _ = line.split("|")[1:-1]  # all but the seconds
        assert "|".join(numbers) in documented, "docs/audit.md is out of date"
