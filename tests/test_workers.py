import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.texts import answered, made_up
from w2v import workbook
from w2v.errors import NotFilledError, SetupError, StudentError
from w2v.evaluation import held_out_loss
from w2v.training import train

SHORT: dict[str, Any] = {"dimension": 10, "epochs": 5, "learning_rate": 0.05, "progress": False}


@pytest.fixture(autouse=True)
def answers(tmp_path: Path) -> Iterator[None]:
    with answered(tmp_path):
        yield


def leave_to_notebook(folder: Path, body: str, beside: str = "") -> None:
    """Let batch_gradients be looked up in a notebook: one that lets helpers catch up with this
    process, and leaves a file for each process that trains.
    """
    del workbook.current().answers["batch_gradients"]
    source = f"""
import os, time

def trace():
    open(os.path.join({str(folder)!r}, "process%d" % os.getpid()), "a").close()
    if os.getpid() == {os.getpid()}:
        time.sleep(0.003)
        return "first"
    return "helper"

{beside}

def batch_gradients(V, U, Y, W):
    process = trace()
    {body}
"""
    cell = {"cell_type": "code", "source": source.splitlines(keepends=True)}
    (folder / "07_batches.ipynb").write_text(json.dumps({"cells": [cell]}))


def helpers_seen(folder: Path) -> list[int]:
    """The other processes that have trained."""
    seen = [int(path.name.removeprefix("process")) for path in folder.glob("process*")]
    return [process for process in seen if process != os.getpid()]


RIGHT = "G = W / (1 + np.exp(-V @ U.T)) - Y; return G @ U, G.T @ V"


def test_two_workers_learn_what_one_does(tmp_path: Path) -> None:
    corpus = made_up()
    one = train(corpus, **SHORT)
    leave_to_notebook(tmp_path, RIGHT, "import numpy as np")
    two = train(corpus, workers=2, **SHORT)
    assert helpers_seen(tmp_path)
    assert two.finished
    assert two.words == one.words
    assert len(two.losses) == len(one.losses)
    losses = [held_out_loss(m.vectors.matrix, m.outside, corpus) for m in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=0.1)
    assert type(two.vectors.matrix) is np.ndarray


def test_who_is_done_before_the_helpers_start_does_not_wait_for_them() -> None:
    one, two = (train(made_up(), workers=workers, **{**SHORT, "epochs": 1}) for workers in (1, 2))
    np.testing.assert_array_equal(one.vectors.matrix, two.vectors.matrix)


def test_an_answer_of_an_earlier_notebook_is_sent_with_what_stands_beside_it(
    tmp_path: Path,
) -> None:
    beside = """
from w2v.exercises.sigmoid import sigmoid
HALF = 0.5

def scores(V, U):
    return V @ U.T
"""
    body = "G = W * sigmoid(scores(V, U)) - Y; return 2 * HALF * G @ U, G.T @ V"
    leave_to_notebook(tmp_path, body, beside)
    model = train(made_up(), workers=2, **SHORT)
    assert helpers_seen(tmp_path)
    assert np.mean([loss for _, loss in model.losses[-10:]]) < model.losses[0][1]


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ("V, V", StudentError, r"dU must have shape \(\d+, 10\)"),
        ("V / factor, U", StudentError, "NameError: name 'factor' is not defined"),
        ("os.kill(os.getpid(), 9)", SetupError, "A worker process ended early"),
    ],
)
def test_what_goes_wrong_in_a_helper_reaches_the_student(
    wrong: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    leave_to_notebook(tmp_path, f"return (V * 0, U * 0) if process == 'first' else ({wrong})")
    with pytest.raises(error, match=message):
        train(made_up(), workers=2, **SHORT)


def test_what_goes_wrong_here_is_raised_as_it_is(tmp_path: Path) -> None:
    leave_to_notebook(tmp_path, "return V / factor, U")
    with pytest.raises(NameError, match="factor"):
        train(made_up(), workers=2, **SHORT)


def test_an_answer_without_source_cannot_be_sent() -> None:
    names: dict[str, Any] = {}
    exec("def batch_gradients(V, U, Y, W): return V, U", names)
    workbook.current().answers["batch_gradients"] = names["batch_gradients"]
    with pytest.raises(StudentError, match="source of batch_gradients cannot be found"):
        train(made_up(), workers=2, **SHORT)


def test_an_exercise_that_is_not_filled_in_is_named() -> None:
    del workbook.current().answers["batch_gradients"]
    with pytest.raises(NotFilledError, match="batch_gradients"):
        train(made_up(), workers=2, **SHORT)


def test_stopped_workers_are_gone_and_what_they_trained_is_kept(tmp_path: Path) -> None:
    leave_to_notebook(tmp_path, "return V * 0.01, U * 0.01")
    first = train(made_up(), workers=2, seconds=0, **SHORT)
    assert not first.finished
    assert first.words == 0

    def interrupt(vectors: Any) -> float:
        if helpers_seen(tmp_path):
            raise KeyboardInterrupt
        return 0.0

    many = {**SHORT, "epochs": 100}
    file = tmp_path / "state.npz"
    model = train(made_up(), workers=2, watch=interrupt, checkpoint=file, **many)
    assert not model.finished
    assert model.words > 0
    assert np.abs(model.outside).max() == 0  # it began at 0, and shrinks
    assert helpers_seen(tmp_path)
    for process in helpers_seen(tmp_path):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_workers_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    one = train(made_up(), checkpoint=file, **SHORT)
    two = train(made_up(), workers=2, checkpoint=file, **SHORT)
    np.testing.assert_array_equal(two.vectors.matrix, one.vectors.matrix)
