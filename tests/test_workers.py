import json
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.texts import answered, made_up
from w2v import workbook
from w2v.errors import NotFilledError, StudentError
from w2v.evaluation import held_out_loss
from w2v.training import train

SHORT: dict[str, Any] = {"dimension": 10, "epochs": 5, "learning_rate": 0.05, "progress": False}


@pytest.fixture(autouse=True)
def answers(tmp_path: Path) -> Iterator[None]:
    with answered(tmp_path):
        yield


def leave_to_notebook(folder: Path, source: str) -> None:
    """Let batch_gradients be looked up in a notebook with this cell."""
    del workbook.current().answers["batch_gradients"]
    cell = {"cell_type": "code", "source": textwrap.dedent(source).splitlines(keepends=True)}
    (folder / "07_batches.ipynb").write_text(json.dumps({"cells": [cell]}))


def test_two_workers_learn_what_one_does() -> None:
    corpus = made_up()
    one, two = (train(corpus, workers=workers, **SHORT) for workers in (1, 2))
    assert two.finished
    assert two.words == one.words
    assert len(two.losses) == len(one.losses)
    losses = [held_out_loss(m.vectors.matrix, m.outside, corpus) for m in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=0.1)
    assert type(two.vectors.matrix) is np.ndarray


def test_an_answer_of_an_earlier_notebook_is_sent_with_its_helpers(tmp_path: Path) -> None:
    source = """
        from w2v.exercises.sigmoid import sigmoid
        HALF = 0.5

        def scores(V, U):
            return V @ U.T

        @w2v.fill
        def batch_gradients(V, U, Y, W):
            G = W * sigmoid(scores(V, U)) - Y
            return 2 * HALF * G @ U, G.T @ V
    """
    leave_to_notebook(tmp_path, source)
    model = train(made_up(), workers=2, **SHORT)
    assert model.losses[-1][1] < model.losses[0][1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return V, V", r"dU must have shape \(32, 10\)"),
        ("return V / helper, U", "NameError: name 'helper' is not defined"),
    ],
)
def test_an_error_in_a_worker_reaches_the_student(body: str, message: str, tmp_path: Path) -> None:
    leave_to_notebook(tmp_path, f"def batch_gradients(V, U, Y, W):\n    {body}\n")
    with pytest.raises(StudentError, match=message):
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
    leave_to_notebook(
        tmp_path,
        f"""
        import os

        def batch_gradients(V, U, Y, W):
            open(os.path.join({str(tmp_path)!r}, "worker%d" % os.getpid()), "a").close()
            return V * 0.01, U * 0.01
        """,
    )
    first = train(made_up(), workers=2, seconds=0, **SHORT)
    assert not first.finished
    assert first.words == 0

    def interrupt(vectors: Any) -> float:
        raise KeyboardInterrupt

    many = {**SHORT, "epochs": 100}
    file = tmp_path / "state.npz"
    model = train(made_up(), workers=2, watch=interrupt, checkpoint=file, **many)
    assert not model.finished
    assert model.words > 0
    assert np.abs(model.outside).max() == 0  # it began at 0, and shrinks
    started = list(tmp_path.glob("worker*"))
    assert started
    for path in started:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name.removeprefix("worker")), 0)


def test_workers_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    one = train(made_up(), checkpoint=file, **SHORT)
    two = train(made_up(), workers=2, checkpoint=file, **SHORT)
    np.testing.assert_array_equal(two.vectors.matrix, one.vectors.matrix)
