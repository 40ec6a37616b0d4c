"""One slip is one red line, and the recognised mistake is the right one."""

import pytest

from tests.derivation.blocks import WRONG, Block
from w2v.derivation import derive, mistakes


@pytest.mark.parametrize("block", WRONG, ids=[f"{b.name}: {b.about}" for b in WRONG])
def test_one_red_line_with_its_mistake(block: Block) -> None:
    report = derive(block.name, block.text)
    red = [line for line in report.lines if line.red]
    assert len(red) == 1, str(report)
    named = red[0].mistake.name if red[0].mistake else ""
    assert red[0].outcome is not None
    assert block.about in (named, red[0].outcome.value), str(report)
    assert report.score < 1


def test_names_are_unique_and_each_says_what_to_read() -> None:
    names = [mistake.name for mistake in mistakes.CATALOGUE]
    assert len(names) == len(set(names))
    assert all(mistake.explanation and mistake.where for mistake in mistakes.CATALOGUE)


def test_lines_below_a_slip_follow_from_it_and_are_no_second_mistake() -> None:
    report = derive(
        "center_gradient",
        r"""
        \frac{\partial J}{\partial v_c} = \frac{\partial}{\partial v_c} \left( -u_o^\top v_c
            + \log \sum_w \exp(u_w^\top v_c) \right)
        = u_o + \sum_w P(O = w | C = c) u_w
        = u_o + \sum_w \hat y_w u_w
        = U (\hat y + y)^\top
        """,
    )
    assert [line.red for line in report.lines] == [False, False, True, False, False]
    assert [line.follows_from_wrong for line in report.lines[3:]] == [True, True]
    assert not report.reached


def test_a_line_that_equals_the_head_is_right_below_a_wrong_one() -> None:
    report = derive(
        "center_gradient",
        r"\frac{\partial J}{\partial v_c} = u_o + \sum_w \hat y_w u_w = -u_o + \sum_w \hat y_w u_w",
    )
    assert [line.good for line in report.lines] == [True, False, True]


def test_a_second_slip_is_a_second_red_line() -> None:
    report = derive(
        "center_gradient",
        r"\frac{\partial J}{\partial v_c} = u_o + \sum_w \hat y_w u_w = u_o + \sum_w y_w u_w",
    )
    assert sum(line.red for line in report.lines) == 2


def test_a_line_without_a_label_must_hold_in_every_case() -> None:
    unlabelled = derive("outside_gradient", r"\frac{\partial J}{\partial u_w} = \hat y_w v_c")
    labelled = derive(
        "outside_gradient", r"\frac{\partial J}{\partial u_w} = \hat y_w v_c \text{ if } w \neq o"
    )
    assert unlabelled.lines[-1].red
    assert labelled.lines[-1].good


@pytest.mark.parametrize("label", ["w = o", "w = w_k", "otherwise"])
def test_the_wrong_case_is_wrong(label: str) -> None:
    report = derive(
        "outside_gradient_other",
        rf"\frac{{\partial J}}{{\partial u_w}} = (\hat y_w - 1) v_c \quad \text{{when }} {label}",
    )
    assert report.lines[-1].good == (label == "w = o")


def test_repeated_negatives_count_twice() -> None:
    once = derive(
        "negative_sampling_negative",
        r"\frac{\partial J}{\partial u_w} = \sigma(u_w^\top v_c) v_c",
    )
    each_slot = derive(
        "negative_sampling_negative",
        r"\frac{\partial J}{\partial u_w} = \sum_{k : w_k = w} \sigma(u_k^\top v_c) v_c",
    )
    assert once.lines[-1].red
    assert each_slot.lines[-1].good


def test_a_left_side_that_cannot_be_read_makes_no_line_wrong() -> None:
    report = derive("sigmoid_derivative", "f(x) = 1 + e^{-x}")
    assert report.unreadable
    assert not any(line.red for line in report.lines)


def test_a_wrong_left_side_is_one_mistake() -> None:
    report = derive("center_gradient", r"U v_c = \hat y^\top = y^\top")
    assert [line.red for line in report.lines] == [True, False, False]
