"""Who owns a function, and where the answer to an exercise comes from."""

import json
import os

import numpy as np
import pytest

import w2v
from w2v import workbook
from w2v.errors import NotFilledError, StudentError
from w2v.exercises import EXERCISES, NOTEBOOKS
from w2v.exercises.center_gradient import center_gradient
from w2v.exercises.cross_entropy import naive_softmax_loss, softmax


@pytest.fixture(autouse=True)
def book(monkeypatch, tmp_path):
    monkeypatch.delenv(workbook.ANSWERS_VARIABLE, raising=False)
    monkeypatch.setattr(workbook, "_workbook", workbook.Workbook("02_center_gradient", tmp_path))
    return workbook.current()


def _save(folder, *sources, notebook="01_cross_entropy"):
    cells = [{"cell_type": "code", "source": source.splitlines(True)} for source in sources]
    path = folder / f"{notebook}.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


FILLED = "@w2v.fill\ndef softmax(z):\n    return z + 1\n"


def test_every_exercise_belongs_to_one_notebook():
    assert {exercise.notebook for exercise in EXERCISES.values()} == set(NOTEBOOKS)
    for name, exercise in EXERCISES.items():
        assert exercise.name == name
        assert "Returns:" in exercise.__doc__


def test_fill_gives_the_stub_with_its_contract():
    @w2v.fill
    def center_gradient(v, word, vectors):
        return v

    assert center_gradient is EXERCISES["center_gradient"]
    assert "dJ/dv_c" in center_gradient.__doc__
    assert center_gradient(1, 2, 3) == 1


def test_parameters_may_be_renamed_and_keywords_bind_by_the_stubs_names():
    @w2v.fill
    def center_gradient(a, b, c):
        return a, b, c

    assert center_gradient(U=3, v_c=1, o=2) == (1, 2, 3)


def test_a_wrong_number_of_parameters_is_told():
    def center_gradient(v_c, o):
        return v_c

    with pytest.raises(StudentError, match="must take 3 parameters"):
        w2v.fill(center_gradient)


def test_another_name_is_told_with_those_that_are_asked_for():
    def gradient(v_c, o, U):
        return v_c

    with pytest.raises(StudentError, match="asks for center_gradient"):
        w2v.fill(gradient)


def test_an_earlier_answer_is_looked_up(tmp_path):
    _save(tmp_path, "import numpy as np", FILLED)
    assert softmax(1) == 2


def test_a_later_answer_in_the_kernel_comes_first(tmp_path):
    _save(tmp_path, FILLED)

    @w2v.fill
    def softmax(z):
        return z - 1

    assert softmax(1) == 0


def test_a_saved_change_is_seen(tmp_path):
    path = _save(tmp_path, FILLED)
    assert softmax(1) == 2
    _save(tmp_path, FILLED.replace("+ 1", "+ 2"))
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 10**9))
    assert softmax(1) == 3


def test_the_last_definition_wins(tmp_path):
    _save(tmp_path, FILLED, FILLED.replace("+ 1", "+ 5"))
    assert softmax(1) == 6


def test_a_function_of_this_notebook_is_never_looked_up(tmp_path):
    source = "@w2v.fill\ndef center_gradient(v_c, o, U):\n    return v_c\n"
    _save(tmp_path, source, notebook="02_center_gradient")
    with pytest.raises(NotFilledError, match="not filled in yet"):
        center_gradient(1, 2, 3)


def test_helpers_imports_and_constants_of_the_cell_come_along(tmp_path):
    _save(
        tmp_path,
        "import math\nTWO = 2.0\nTABLE = np.arange(3)\n"
        "def twice(x):\n    return TWO * x\n"
        "@w2v.fill\ndef softmax(z):\n    return twice(z) + TABLE[1] + math.floor(0.5)\n",
    )
    assert softmax(4) == 9


def test_nothing_else_of_the_cell_runs(tmp_path):
    marker = tmp_path / "ran"
    _save(tmp_path, f"{FILLED}\nopen({str(marker)!r}, 'w')\nraise SystemExit\n%matplotlib inline\n")
    assert softmax(1) == 2
    assert not marker.exists()


def test_an_earlier_answer_may_use_another(tmp_path):
    loss = "@w2v.fill\ndef naive_softmax_loss(v_c, o, U):\n    return softmax(U @ v_c)[o]\n"
    _save(tmp_path, FILLED, loss)
    assert naive_softmax_loss(np.ones(2), 0, np.eye(2)) == 2


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1", "no cell there defines it"),
        ("@w2v.fill\ndef softmax(z) return z", "SyntaxError"),
        ("@w2v.fill\ndef softmax(z, t):\n    return z", "must take 1 parameters"),
        ("import no_such_module_at_all\n" + FILLED, "no_such_module_at_all"),
    ],
)
def test_an_unusable_earlier_cell_says_why(tmp_path, source, told):
    _save(tmp_path, source)
    with pytest.raises(NotFilledError, match="01_cross_entropy") as caught:
        softmax(1)
    assert told in str(caught.value)


def test_a_missing_notebook_says_so(tmp_path):
    with pytest.raises(NotFilledError, match=r"there is no 01_cross_entropy\.ipynb"):
        softmax(1)


def test_a_broken_notebook_says_so(tmp_path):
    (tmp_path / "01_cross_entropy.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(NotFilledError, match="not a readable notebook"):
        softmax(1)


def test_while_grading_only_the_given_answers_count(tmp_path, monkeypatch):
    _save(tmp_path, FILLED)
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"softmax": FILLED.replace("+ 1", "+ 9")}), encoding="utf-8")
    monkeypatch.setenv(workbook.ANSWERS_VARIABLE, str(answers))
    assert softmax(1) == 10
    answers.write_text("{}", encoding="utf-8")
    os.utime(answers, ns=(1, answers.stat().st_mtime_ns + 10**9))
    with pytest.raises(NotFilledError):
        softmax(1)


def test_opening_a_notebook_forgets_all_answers():
    @w2v.fill
    def center_gradient(v_c, o, U):
        return v_c

    workbook.open_notebook("02_center_gradient")
    with pytest.raises(NotFilledError):
        center_gradient(1, 2, 3)


def test_an_unknown_notebook_is_told():
    with pytest.raises(StudentError, match="01_cross_entropy"):
        workbook.open_notebook("01_softmax")
