import sys
import warnings

import numpy as np
import pytest

from w2v.checks import draw, exam
from w2v.checks.hidden import WrongAnswerError
from w2v.errors import AuthorError, StudentError


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("W2V_SEED", "7")


def _sit(name="center_gradient", cell="values", times=3):
    with exam(name, cell) as test:
        points = [draw.pair(test.rng) for _ in range(times)]
        for point in points:
            test(*point)
    return points


def test_a_right_answer_passes_and_the_seed_is_told(answers, capsys):
    _sit()
    assert capsys.readouterr() == ("seed 7\n", "")


def test_the_points_follow_from_seed_exercise_and_cell(answers, monkeypatch):
    def numbers(points):
        return [float(point[0][0]) for point in points]

    first = numbers(_sit())
    assert numbers(_sit()) == first
    assert numbers(_sit(cell="edges")) != first
    assert numbers(_sit("outside_gradient")) != first
    monkeypatch.setenv("W2V_SEED", "8")
    assert numbers(_sit()) != first


def test_without_a_seed_one_is_drawn_anew(answers, monkeypatch, capsys):
    monkeypatch.delenv("W2V_SEED")
    _sit()
    _sit()
    first, second = capsys.readouterr().out.split("\n")[:2]
    assert first != second


def test_all_failures_are_collected(answers):
    answers["center_gradient"] = lambda v_c, o, U: -U[o]
    with pytest.raises(WrongAnswerError) as caught:
        _sit()
    assert len(caught.value.verdict.findings) == 4  # three, and the task's own first point
    assert "4 of 4 tests" in str(caught.value)


def test_the_message_has_no_hidden_numbers(answers):
    answers["center_gradient"] = lambda v_c, o, U: v_c + 0.125
    with pytest.raises(WrongAnswerError) as caught:
        _sit()
    assert "largest error" not in str(caught.value)
    assert "largest error" in caught.value.verdict.text(numbers=True)


def test_the_traceback_shows_the_verdict_alone(answers):
    answers["center_gradient"] = lambda v_c, o, U: None
    with pytest.raises(WrongAnswerError) as caught:
        _sit()
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_every_cell_asks_the_question_itself(answers):
    """Whoever answers only edge cases earns nothing for them."""
    right = answers["softmax"]
    answers["softmax"] = lambda scores: right(scores) if np.all(scores < -100) else scores
    with pytest.raises(WrongAnswerError), exam("softmax", "large") as test:
        test(draw.scores(test.rng, offset=-1e4))


def test_a_cell_that_tests_nothing_is_the_authors_mistake(answers):
    with pytest.raises(AuthorError, match="tests nothing"), exam("softmax"):
        pass


@pytest.mark.parametrize("value", ["seven", "-1", "1.5"])
def test_the_seed_must_be_a_whole_number(answers, monkeypatch, value):
    monkeypatch.setenv("W2V_SEED", value)
    with pytest.raises(AuthorError, match="W2V_SEED"):
        exam("softmax")


def test_an_unknown_exercise_is_named(answers):
    with pytest.raises(StudentError, match="softmaks"):
        exam("softmaks")


def test_an_error_of_the_test_itself_is_not_hidden(answers):
    with pytest.raises(ZeroDivisionError), exam("softmax"):
        1 / 0  # noqa: B018


def test_unmodified_sees_a_changed_argument(answers):
    right = answers["softmax"]

    def in_place(scores):
        scores -= scores.max()
        return right(scores)

    answers["softmax"] = in_place
    with exam("softmax") as test:
        test(draw.scores(test.rng))
    with (
        pytest.raises(WrongAnswerError, match="changed its argument scores"),
        exam("softmax") as test,
    ):
        test.unmodified(draw.scores(test.rng))


def test_a_noisy_answer_keeps_its_marks(answers, capsys):
    right = answers["softmax"]

    def noisy(scores):
        print("scores:", scores)
        print("!", file=sys.stderr)
        warnings.warn("look out", stacklevel=1)
        np.exp(np.full(1, 1e5))
        return right(scores)

    answers["softmax"] = noisy
    with exam("softmax") as test:
        test(draw.scores(test.rng))
    assert capsys.readouterr() == ("seed 7\n", "")


@pytest.mark.parametrize("stop", [SystemExit, KeyboardInterrupt])
def test_an_answer_cannot_end_the_cell(answers, stop):
    def leaves(*args):
        raise stop

    answers["center_gradient"] = leaves
    with pytest.raises(WrongAnswerError, match="cannot run"):
        _sit()


def test_the_sampler_is_judged_by_its_distribution(answers):
    with exam("draw_negatives") as test:
        test(*draw.counts(test.rng), 4, test.rng)
        test.distribution(*draw.counts(test.rng, o="last"))
    answers["draw_negatives"] = lambda o, counts, K, rng: rng.permutation(
        np.delete(np.arange(len(counts)), o)
    )[rng.integers(len(counts) - 1, size=K)]
    with pytest.raises(WrongAnswerError, match="noise"), exam("draw_negatives") as test:
        test.distribution(*draw.counts(test.rng))


def test_a_proxy_serves_as_an_answer(answers):
    """In the judging process an answer is a callable that writes its arguments back."""
    right = answers["sgd_update"]

    class Proxy:
        def __call__(self, *args):
            sent = [np.copy(arg) for arg in args]
            value = right(*sent)
            sent[0] += 1
            args[0][...] = sent[0]
            return value

    answers["sgd_update"] = Proxy()
    with (
        pytest.raises(WrongAnswerError, match="changed its argument x"),
        exam("sgd_update") as test,
    ):
        test.unmodified(*draw.step(test.rng))
