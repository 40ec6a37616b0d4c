import logging
import sys
import warnings

import numpy as np
import pytest

from w2v import oracle
from w2v.checks.call import CallError, call
from w2v.exercises.cross_entropy import softmax
from w2v.numeric import complex_step


def test_nothing_but_the_value_comes_out(capfd):
    def chatty(x):
        print("hello")
        print("oh", file=sys.stderr)
        logging.getLogger("student").warning("careful")
        warnings.warn("deprecated", stacklevel=1)
        np.log(np.zeros(1))
        return x + 1

    with np.errstate(divide="warn"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert call(chatty, 1) == 2
    assert capfd.readouterr() == ("", "")


def test_the_floating_point_state_is_put_back():
    with np.errstate(divide="ignore"):
        call(lambda: np.seterr(divide="raise"))
        assert np.geterr()["divide"] == "ignore"


def test_figures_are_closed():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    before = pyplot.get_fignums()
    call(pyplot.figure)
    assert pyplot.get_fignums() == before


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, ZeroDivisionError, MemoryError])
def test_any_exception_becomes_a_call_error(error):
    def fails():
        raise error("why")

    with pytest.raises(CallError, match=f"{error.__name__}: why") as caught:
        call(fails)
    assert "in fails: raise error" in caught.value.place


def test_the_students_own_line_is_told():
    def multiplies(U, v):
        return U @ v

    with pytest.raises(CallError) as caught:
        call(multiplies, np.ones((2, 3)), np.ones(2))
    assert caught.value.place.endswith("in multiplies: return U @ v")


def test_a_proxy_brings_its_line_along():
    def proxy():
        error = ValueError("far away")
        error.student_line = "line 2: return 1"
        raise error

    with pytest.raises(CallError) as caught:
        call(proxy)
    assert caught.value.place == "line 2: return 1"


@pytest.mark.parametrize(
    "delegate",
    [
        lambda x: oracle.softmax(x),
        lambda x: complex_step(np.sum, x),
        lambda x: oracle.log_sum_exp(x),
    ],
)
def test_the_oracle_is_closed_during_a_call(delegate):
    x = np.ones(3)
    with pytest.raises(CallError, match="is what your answer is compared with"):
        call(delegate, x)
    assert delegate(x) is not None


def test_long_messages_are_cut():
    def fails():
        raise ValueError("x\n" * 10_000)

    with pytest.raises(CallError) as caught:
        call(fails)
    assert len(caught.value.message) < 500 and "\n" not in caught.value.message


def test_an_answer_that_calls_itself_ends(answers):
    answers["softmax"] = lambda scores: softmax(scores)
    with pytest.raises(CallError, match="RecursionError"):
        call(softmax, np.ones(2))
