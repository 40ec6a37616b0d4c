import numpy as np
import pytest

import w2v
from w2v import workbook
from w2v.exercises import EXERCISES
from w2v.exercises.cross_entropy import softmax


def test_every_solution_is_correct(answers, capsys):
    for name in EXERCISES:
        w2v.check(name)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"✓ {name}: correct" for name in EXERCISES]


def test_a_function_serves_as_well_as_its_name(answers, capsys):
    assert w2v.check(softmax) is None
    assert capsys.readouterr().out == "✓ softmax: correct\n"


def test_the_verdict_is_always_the_same_text(answers, capsys):
    answers["softmax"] = lambda scores: np.exp(scores) / 2
    w2v.check("softmax")
    first = capsys.readouterr().out
    w2v.check("softmax")
    assert capsys.readouterr().out == first
    assert "✗ softmax: wrong value" in first
    assert "largest error" in first or "inf at index" in first


@pytest.mark.parametrize("body", ["raise NotImplementedError", "raise NotImplementedError('yet')"])
def test_the_stubs_text_is_not_attempted(answers, capsys, body):
    exec(f"def softmax(scores):\n    {body}", namespace := {})
    answers["softmax"] = namespace["softmax"]
    w2v.check("softmax")
    assert capsys.readouterr().out.startswith("○ softmax: not attempted")


def test_an_unfilled_exercise_names_its_notebook(monkeypatch, capsys):
    monkeypatch.setattr(workbook, "_workbook", workbook.Workbook("01_cross_entropy"))
    w2v.check("softmax")
    out = capsys.readouterr().out
    assert "not attempted" in out and "01_cross_entropy" in out


def test_an_unfilled_earlier_exercise_is_named(answers, capsys, tmp_path):
    del answers["softmax"]
    answers["center_gradient"] = lambda v_c, o, U: softmax(U @ v_c) @ U - U[o]
    workbook.current().folder = tmp_path
    w2v.check("center_gradient")
    out = capsys.readouterr().out
    assert "cannot run" in out
    assert "softmax is not filled in yet" in out


def test_a_forgotten_fill_is_recognised(answers, capsys):
    namespace = {"w2v": w2v}
    exec("def softmax(scores):\n    return scores\nw2v.check('softmax')", namespace)
    assert "@w2v.fill" in capsys.readouterr().out
    exec("w2v.check(softmax)", namespace)
    assert "@w2v.fill" in capsys.readouterr().out
    exec("softmax = w2v.fill(softmax)\nw2v.check('softmax')", namespace)
    assert "@w2v.fill" not in capsys.readouterr().out


def test_a_call_of_itself_is_told(answers, capsys):
    answers["softmax"] = lambda scores: softmax(scores)
    w2v.check("softmax")
    assert "it calls itself without end" in capsys.readouterr().out


def test_a_call_of_the_oracle_is_told(answers, capsys):
    from w2v import oracle

    answers["softmax"] = oracle.softmax
    w2v.check("softmax")
    assert "is what your answer is compared with" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["softmaks", len])
def test_an_unknown_name_is_told_with_those_of_the_notebook(answers, capsys, wrong):
    workbook.current().notebook = "01_cross_entropy"
    w2v.check(wrong)
    assert "softmax, cross_entropy, naive_softmax_loss" in capsys.readouterr().out


def test_a_missing_return_is_told(answers, capsys):
    answers["outside_gradient"] = lambda v_c, o, U: None
    w2v.check("outside_gradient")
    out = capsys.readouterr().out
    assert "wrong shape" in out and "`return` missing" in out


def test_two_results_must_be_two(answers, capsys):
    answers["batch_gradients"] = lambda V, U, Y, W: V
    w2v.check("batch_gradients")
    assert "expected a tuple (dV, dU), found ndarray" in capsys.readouterr().out


def test_every_wrong_part_is_shown(answers, capsys):
    answers["batch_gradients"] = lambda V, U, Y, W: (0 * V, np.zeros(3))
    w2v.check("batch_gradients")
    out = capsys.readouterr().out
    assert "dV: not the right numbers (4 of 4 tests)" in out
    assert "dU: expected an array of shape" in out
