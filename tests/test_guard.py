import pytest

from w2v.errors import StudentError
from w2v.guard import ClosedError, closed, guarded, opened


@guarded
def truth(x):
    """Doubles."""
    return 2 * x


def test_open_it_is_the_function_itself():
    assert truth(2) == 4
    assert truth.__name__ == "truth" and truth.__doc__ == "Doubles."


def test_closed_it_says_why():
    with closed(), pytest.raises(ClosedError, match="truth is what your answer is compared with"):
        truth(2)
    assert truth(2) == 4
    assert issubclass(ClosedError, StudentError)


def test_a_call_back_opens_it_for_a_while():
    with closed():
        with opened():
            assert truth(2) == 4
        with pytest.raises(ClosedError):
            truth(2)


def test_it_opens_again_after_an_error():
    with pytest.raises(ZeroDivisionError), closed():
        raise ZeroDivisionError
    assert truth(2) == 4


def test_the_open_function_is_not_in_reach():
    assert not hasattr(truth, "__wrapped__")
