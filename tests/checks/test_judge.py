import numpy as np
import pytest

from tests.solutions import SOLUTIONS
from w2v.checks.judge import judge, tolerance
from w2v.checks.tasks import TASKS
from w2v.checks.trial import copies
from w2v.outcomes import Outcome

EXACT = 1e-12


@pytest.mark.parametrize("value", [2.0, np.float64(2), np.array(2.0), np.array([2.0]), 2])
def test_a_number_may_come_in_any_form(value):
    assert judge(value, np.array(2.0), EXACT).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    "value", [None, "two", np.array([[2.0]]), [2.0, 2.0], (1, [2, 3]), {2.0}, 2j]
)
def test_other_things_are_no_number(value):
    assert judge(value, np.array(2.0), EXACT).outcome is Outcome.WRONG_SHAPE


@pytest.mark.parametrize("shape", [(1, 3), (3, 1), (4,), ()])
def test_the_shape_of_a_vector_is_exact(shape):
    finding = judge(np.ones(shape), np.ones(3), EXACT)
    assert finding.outcome is Outcome.WRONG_SHAPE
    assert "(3,)" in finding.detail
    assert judge([1.0, 1.0, 1.0], np.ones(3), EXACT).outcome is Outcome.CORRECT


def test_transposed_is_told_from_a_wrong_shape():
    truth = np.arange(6.0).reshape(2, 3)
    assert judge(truth.T, truth, EXACT).outcome is Outcome.TRANSPOSED
    assert judge(truth.T + 1, truth, EXACT).outcome is Outcome.WRONG_SHAPE


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1 + 1e-7])
def test_a_wrong_entry_is_found_with_its_place(wrong):
    found = np.ones((2, 3))
    found[1, 2] = wrong
    finding = judge(found, np.ones((2, 3)), EXACT)
    assert finding.outcome is Outcome.WRONG_VALUE
    assert "[1, 2]" in finding.numbers
    assert "[1, 2]" not in finding.detail


def test_a_constant_ratio_is_told():
    truth = np.array([1.0, -2.0, 3.0])
    assert "0.5 times" in judge(truth / 2, truth, EXACT).numbers
    assert "times" not in judge(truth + 1, truth, EXACT).numbers


def test_the_coarsest_input_sets_the_tolerance():
    coarse, fine = np.ones(3, np.float32), np.ones(3)
    assert tolerance((coarse, fine), 1.0) == tolerance((coarse,), 1.0)
    assert tolerance((coarse,), 1.0) > 1e6 * tolerance((fine,), 1.0)
    assert tolerance((0.5,), 2.0) == 2 * tolerance((0.5,), 1.0)


def _parts(name, args, value):
    truth = TASKS[name].truth(*args)
    pairs = zip(value, truth, strict=True) if TASKS[name].parts else [(value, truth)]
    for (found, right), scale in zip(pairs, TASKS[name].scales(*args), strict=True):
        yield np.asarray(found), np.asarray(right), tolerance(args, scale)


@pytest.mark.parametrize("name", sorted(set(TASKS) - {"draw_negatives"}))
def test_tolerances_hold_from_both_sides(name):
    """Right answers stay far below, and an error of 1e-7 in double precision is far above."""
    for seed in range(5):
        for draw_point in TASKS[name].points:
            args = draw_point(np.random.default_rng(seed))
            with np.errstate(all="ignore"):
                value = SOLUTIONS[name](*copies(args))
            single = any(getattr(arg, "dtype", None) == np.float32 for arg in args)
            for found, right, within in _parts(name, args, value):
                assert np.linalg.norm(found - right) < within / 4
                worse = right * (1 + 1e-7)
                verdict = judge(worse, right, within).outcome
                assert verdict is (Outcome.CORRECT if single else Outcome.WRONG_VALUE)


def test_cancellation_condemns_nobody():
    """Where y_hat_o is almost 1, y_hat - y has few digits left, and that is all right."""
    v_c, U = np.full(4, 3.0), np.vstack([np.full(4, 2.75), -np.eye(4)[:2]])
    args = (v_c, 0, U)
    found = SOLUTIONS["center_gradient"](*args)
    (right, within), *_ = [(r, w) for _, r, w in _parts("center_gradient", args, found)]
    assert np.linalg.norm(found - right) > 1e-8 * np.linalg.norm(right)  # by its own size, bad
    assert judge(found, right, within).outcome is Outcome.CORRECT
