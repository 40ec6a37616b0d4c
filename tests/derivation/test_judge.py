"""Marks, missing steps, conventions, helpers, and the comparison with the student's code."""

import numpy as np
import pytest

import w2v
from w2v import oracle
from w2v.derivation import MANUAL, derive, marks
from w2v.errors import StudentError
from w2v.outcomes import Outcome
from w2v.workbook import current, open_notebook

HEAD = r"\frac{\partial J}{\partial v_c}"
SHORT = (
    rf"{HEAD} = \frac{{\partial}}{{\partial v_c}} (-u_o^\top v_c + \log \sum_w \exp(u_w^\top v_c))"
    "\n"
    r"= -u_o + \sum_w P(O = w | C = c) u_w"
    "\n"
    r"= U (\hat y - y)^\top"
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "% YOUR DERIVATION HERE: one step a line, in place of the dots",
        "### BEGIN SOLUTION\n\n### END SOLUTION",
        "YOUR ANSWER HERE",
        rf"{HEAD} = \dots",
        rf"{HEAD} =",
        rf"\begin{{aligned}} {HEAD} &= \dots \\ &= \end{{aligned}}",
    ],
)
def test_nothing_written_is_not_attempted_and_earns_nothing(text: str) -> None:
    report = derive("center_gradient", text)
    assert report.outcome is Outcome.NOT_ATTEMPTED
    assert report.score == 0


@pytest.mark.parametrize(
    "text",
    [
        rf"{HEAD} = {HEAD}",
        rf"{HEAD} = 2 {HEAD} - {HEAD} = {HEAD} + 0",
        rf"let g = {HEAD}" + "\n" + rf"{HEAD} = g",
        rf"{HEAD} = \frac{{\partial}}{{\partial v_c}} J(v_c, o, U)",
    ],
)
def test_a_circular_chain_earns_nothing(text: str) -> None:
    report = derive("center_gradient", text)
    assert not any(line.red for line in report.lines)
    assert report.score == 0


def test_a_jump_is_told_which_steps_to_show() -> None:
    report = derive("center_gradient", rf"{HEAD} = U (\hat y - y)^\top")
    assert report.reached
    assert len(report.missing) == 2
    assert 0 < report.score < 0.6


def test_an_unfinished_chain_is_told_what_its_last_line_still_holds() -> None:
    report = derive("center_gradient", SHORT.rsplit("\n", 1)[0])
    assert not report.reached
    assert "P(...)" in report.missing[0]


def test_partial_credit_grows_with_what_is_shown() -> None:
    lines = SHORT.split("\n")
    scores = [derive("center_gradient", "\n".join(lines[: i + 1])).score for i in range(3)]
    assert 0 < scores[0] < scores[1] < scores[2] == pytest.approx(1)


def test_marks_are_a_plain_float_of_the_stored_text() -> None:
    current().derivations["center_gradient"] = SHORT
    earned = marks("center_gradient", points=6)
    assert type(earned) is float
    assert earned == 6.0


def test_an_unreadable_line_asks_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    current().derivations["center_gradient"] = SHORT + "\n= \\frac{u_o"
    assert marks("center_gradient", points=6) < 6
    assert capsys.readouterr().out.splitlines()[-1].startswith(MANUAL)


def test_the_marker_cannot_be_written_by_the_student(capsys: pytest.CaptureFixture[str]) -> None:
    current().derivations["center_gradient"] = (
        f"{SHORT}\n\n\\begin{{align}}x\n{MANUAL}\n=1\\end{{align}}"
    )
    marks("center_gradient", points=6)
    lines = capsys.readouterr().out.splitlines()
    assert not any(line.startswith(MANUAL) for line in lines[:-1])


def test_no_marks_without_the_derivation() -> None:
    current().derivations.pop("sigmoid_jacobian", None)
    assert marks("sigmoid_jacobian", points=3) == 0.0


def test_words_alone_are_for_a_person_to_read() -> None:
    report = derive("center_gradient", "The gradient is U times the difference of the two.")
    assert report.unreadable
    assert report.score == 0


def test_an_unknown_name_lists_the_derivations() -> None:
    with pytest.raises(StudentError, match="center_gradient"):
        derive("centre_gradient", "")


def test_the_place_of_what_cannot_be_read_is_told() -> None:
    report = derive("center_gradient", rf"{HEAD} = -u_o + \frac{{u_w}}")
    line = report.lines[-1]
    assert line.outcome is Outcome.CANNOT_READ
    assert "after" in line.message
    assert "expected" in line.message


def test_an_unknown_symbol_is_named_and_not_called_wrong() -> None:
    line = derive("center_gradient", rf"{HEAD} = q v_c").lines[-1]
    assert line.outcome is Outcome.CANNOT_READ
    assert "q is no symbol" in line.message


def test_an_index_that_no_sum_binds_is_wrong() -> None:
    line = derive(
        "outside_gradient_other", r"\frac{\partial J}{\partial u_w} = \hat y_k v_c"
    ).lines[-1]
    assert line.red


def test_shapes_that_cannot_be_multiplied_are_told_with_their_sizes() -> None:
    line = derive("center_gradient", rf"{HEAD} = U^\top v_c v_c").lines[-1]
    assert line.outcome is Outcome.WRONG_SHAPE
    assert "cannot be multiplied" in line.message


@pytest.mark.parametrize(
    ("last", "needed"),
    [
        (r"U (\hat y - y)", "y column"),
        (r"(\hat y - y) U^\top", "gradients transposed"),
        (r"U^\top (\hat y - y)", "y column, U |V| x d"),
    ],
)
def test_a_line_of_another_convention_is_told_so_and_not_called_wrong(
    last: str, needed: str
) -> None:
    neutral = SHORT.split("\n")[0] if needed != "gradients transposed" else HEAD
    report = derive("center_gradient", f"{neutral} = {last}")
    assert report.lines[-1].convention == needed
    assert report.lines[-1].good
    declared = derive("center_gradient", f"convention: {needed}\n{neutral} = {last}")
    assert declared.lines[-1].good
    assert not declared.lines[-1].convention


def test_two_conventions_at_once_are_a_mistake() -> None:
    report = derive("center_gradient", rf"{HEAD} = U \hat y^\top - u_o = U (\hat y - y)")
    assert report.lines[-1].red


def test_a_helper_is_checked_for_its_shape() -> None:
    report = derive("center_gradient", r"let \theta = U v_c" + "\n" + SHORT)
    assert report.lines[1].outcome is Outcome.WRONG_SHAPE
    assert sum(line.red for line in report.lines) == 1


@pytest.mark.parametrize("factor", [1.0, -1.0])
def test_formula_and_function_are_compared_at_the_same_point(factor: float) -> None:
    open_notebook("02_center_gradient")

    @w2v.fill
    def center_gradient(v_c: np.ndarray, o: int, U: np.ndarray) -> np.ndarray:
        y_hat = oracle.softmax(U @ v_c)
        y_hat[o] -= 1
        return factor * (y_hat @ U)

    report = derive("center_gradient", SHORT)
    assert ("agree" in report.agreement) == (factor == 1)
    assert ("differ" in report.agreement) == (factor == -1)


def test_a_function_that_is_not_filled_in_is_not_mentioned() -> None:
    open_notebook("02_center_gradient")
    assert derive("center_gradient", SHORT).agreement == ""


def test_a_function_that_crashes_is_reported() -> None:
    open_notebook("02_center_gradient")

    @w2v.fill
    def center_gradient(v_c: np.ndarray, o: int, U: np.ndarray) -> np.ndarray:
        raise ZeroDivisionError("of mine")

    assert "ZeroDivisionError" in derive("center_gradient", SHORT).agreement


def test_the_seed_changes_no_verdict() -> None:
    from w2v.derivation.judge import judge

    assert {str(judge("center_gradient", SHORT, seed)) for seed in range(5)} == {
        str(derive("center_gradient", SHORT))
    }


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        (
            "center_gradient",
            SHORT.split("(")[0] + r"- (u_o^T v_c - \log \sum_w e^{u_w^T v_c})",
            "brackets",
        ),
        ("center_gradient", rf"{HEAD} = -u_o + U \hat y^T = -u_o + U \hat y^T", "same as the line"),
        (
            "negative_sampling_negative",
            r"\frac{\partial J}{\partial u_k} = "
            r"-\sum_{k=1}^K \frac{\partial}{\partial u_k} \log \sigma(-u_k^T v_c)",
            "index of its own",
        ),
        (
            "sigmoid_jacobian",
            r"\frac{\partial \sigma(x_i)}{\partial x} = \operatorname{diag}(\sigma'(x))",
            "Jacobian",
        ),
    ],
)
def test_slips_of_notation_are_noted_and_cost_nothing(name: str, text: str, note: str) -> None:
    report = derive(name, text)
    assert not any(line.red for line in report.lines), str(report)
    assert any(note in told for line in report.lines for told in line.notes), str(report)
