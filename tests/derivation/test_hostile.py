"""Broken and hostile input gets a clear answer, cheaply, and never runs as code or as markup."""

import pytest

from w2v.derivation import derive
from w2v.derivation.evaluate import Budget, TooMuch
from w2v.derivation.normalise import MAX_CHARACTERS, MAX_DEPTH
from w2v.derivation.render import as_html
from w2v.derivation.report import Report
from w2v.outcomes import Outcome

HEAD = r"\frac{\partial J}{\partial v_c} = "
SUMS = "".join(rf"\sum_{{{letter}}} " for letter in "abdefghklmnpqrsw")


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "{" * 200 + "u_o" + "}" * 200,
        HEAD + "(" * 30_000,
        HEAD + "{((]}",
        HEAD + r"\frac{u_o",
        HEAD + r"\frac{" * 2000,
        HEAD + r"\frac" * 3500,
        HEAD + r"\def\x{\x\x}\x",
        HEAD + r"\input{/etc/passwd}",
        HEAD + r"\href{javascript:alert(1)}{u_o}",
        HEAD + r"\sum_w \begin{cases} 1",
        HEAD + r"\begin{bmatrix} & & \\ & \end{bmatrix}",
        HEAD + "u_o + " * 100_000,
        HEAD + r"\sqrt[3]{u_o}",
        HEAD + "__import__('os').system('true')",
        HEAD + r"\sum u_w",
        HEAD + "\x00\x07 u_o",
        HEAD + r"\hat",
        HEAD + r"\frac",
        HEAD + "_",
        HEAD + "^",
        HEAD + r"\left",
        HEAD + r"\text{",
        HEAD + r"\begin{array}",
        HEAD + r"\underbrace",
        HEAD + r"\substack",
    ],
)
def test_what_cannot_be_read_is_said_so(text: str) -> None:
    report = derive("center_gradient", text)
    assert report.unreadable, str(report)
    assert report.score == 0


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "e^{" * 15 + "9" + "}" * 15,
        HEAD + "9^{" * 15 + "9" + "}" * 15 + " u_o",
        HEAD + "9" * 400 + " u_o",
        HEAD + r"\frac{u_o}{u_o^\top v_c - u_o^\top v_c}",
        HEAD + r"\log(-e^{v_c^\top v_c}) u_o",
        HEAD + r"(" * 35 + "u_o" + ")" * 35,
        HEAD + "----u_o",
        HEAD + "u_o^{u_o}",
        HEAD + r"\exp " * 25 + "u_o",
        HEAD + r"\frac{\partial}{\partial v_c} " * 10 + "u_o^T v_c",
    ],
)
def test_what_has_no_value_is_never_right(text: str) -> None:
    report = derive("center_gradient", text)
    assert not report.lines[-1].good, str(report)
    assert report.score == 0


def test_nested_sums_end_when_the_budget_does() -> None:
    report = derive("center_gradient", HEAD + SUMS + "u_w")
    assert "too long to compute" in str(report)


def test_the_budget_counts_down() -> None:
    budget = Budget(2)
    budget.spend(2)
    with pytest.raises(TooMuch):
        budget.spend()


def test_long_and_deep_texts_are_refused_with_their_limits() -> None:
    assert str(MAX_CHARACTERS) in str(derive("center_gradient", "x" * 5_000_000))
    assert str(MAX_DEPTH) in str(derive("center_gradient", HEAD + "(" * 100))


def test_many_lines_share_one_budget() -> None:
    line = (
        r"= \sum_w \sum_x \sum_a \sum_b \sum_d \hat y_w \hat y_x \hat y_a \hat y_b \hat y_d u_w"
        + "\n"
    )
    report = derive("center_gradient", HEAD + "u_o\n" + line * 100)
    assert report.unreadable


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "text",
    [
        MARKUP,
        HEAD + MARKUP,
        HEAD + rf"u_o \text{{{MARKUP}}}",
        rf"Let {MARKUP} be",
        HEAD + rf"u_o % {MARKUP}",
        rf"\label{{{MARKUP}}} " + HEAD + "u_o",
        HEAD + r"\href{javascript:alert(1)}{u_o}",
        HEAD + r"U \class{x}{y} \style{color:red}{z}",
        HEAD + r"\) <b>x</b> \(",
    ],
)
def test_nothing_of_the_student_is_markup(text: str) -> None:
    page = as_html(derive("center_gradient", text))
    for tag in ("<script", "<img", "<b>"):
        assert tag not in page
    for formula in page.split(r"\(\displaystyle ")[1:]:
        assert r"\href" not in formula.split(r"\)")[0]
        assert r"\style" not in formula.split(r"\)")[0]


def test_a_report_of_nothing_renders() -> None:
    assert "not attempted" in str(Report("center_gradient"))
    assert "not attempted" in as_html(Report("center_gradient"))


def test_a_missing_brace_spoils_one_line_only() -> None:
    report = derive(
        "center_gradient",
        HEAD + r"-u_o + \sum_w \frac{\exp(u_w^\top v_c)}{\sum_x \exp(u_x^\top v_c) u_w"
        "\n" + r"= -u_o + \sum_w \hat y_w u_w",
    )
    outcomes = [line.outcome for line in report.lines]
    assert outcomes == [Outcome.CORRECT, Outcome.CANNOT_READ, Outcome.CORRECT]
