from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.solutions import batch_gradients
from tests.texts import answered, made_up
from w2v import run, workbook
from w2v.checkpoint import State
from w2v.errors import StudentError
from w2v.training import train

SETTINGS: dict[str, Any] = {"dimension": 10, "epochs": 2, "progress": False}


@pytest.fixture(autouse=True)
def answers(tmp_path: Path) -> Iterator[None]:
    with answered(tmp_path):
        yield


@pytest.mark.parametrize("calls", [5, 100, 300])
def test_an_interrupted_and_resumed_training_ends_as_an_uninterrupted_one(
    calls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uninterrupted = train(made_up(), **SETTINGS)
    monkeypatch.setattr(run, "SAVE_EVERY", 0.0)
    left = calls

    def interrupted(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        return batch_gradients(V, U, Y, W)

    file = tmp_path / "folder" / "state.npz"
    workbook.current().answers["batch_gradients"] = interrupted
    first = train(made_up(), checkpoint=file, **SETTINGS)
    assert not first.finished
    assert first.words < uninterrupted.words
    resumed = train(made_up(), checkpoint=file, **SETTINGS)
    assert resumed.finished
    np.testing.assert_array_equal(resumed.vectors.matrix, uninterrupted.vectors.matrix)
    np.testing.assert_array_equal(resumed.outside, uninterrupted.outside)
    assert resumed.losses == uninterrupted.losses
    assert resumed.words == uninterrupted.words
    assert list(file.parent.iterdir()) == [file]


def test_a_finished_training_is_not_trained_again(tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    model = train(made_up(), checkpoint=file, **SETTINGS)
    workbook.current().answers["batch_gradients"] = lambda V, U, Y, W: None
    again = train(made_up(), checkpoint=file, **SETTINGS)
    np.testing.assert_array_equal(again.vectors.matrix, model.vectors.matrix)
    assert again.finished
    assert again.seconds == pytest.approx(model.seconds, abs=2)


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    train(made_up(), checkpoint=file, **SETTINGS)
    for change, message in [
        ({"dimension": 12}, "dimension is 10, here 12"),
        ({"seed": 3}, "seed is 0, here 3"),
        ({"method": "pairs"}, "another training"),
    ]:
        with pytest.raises(StudentError, match=message):
            train(made_up(), checkpoint=file, **{**SETTINGS, **change})
    with pytest.raises(StudentError, match="the corpus is"):
        train(made_up(seed=1), checkpoint=file, **SETTINGS)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", None])
def test_a_file_that_is_no_checkpoint_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    if content is None:
        State(np.ones((2, 2)), np.ones((2, 2))).save(file, {})
        content = file.read_bytes()[:-100]  # a copy that broke off
    file.write_bytes(content)
    with pytest.raises(StudentError, match=r"state\.npz is not a checkpoint"):
        train(made_up(), checkpoint=file, **SETTINGS)


def test_a_state_comes_back_as_it_was(tmp_path: Path) -> None:
    V, U = np.eye(3, dtype=np.float32), np.ones((3, 3))
    state = State(V, U, 4, 5, 6.5, [(1, 2.5)], [(3, 0.5)])
    state.save(tmp_path / "a.npz", {"seed": 1})
    back = State.load(tmp_path / "a.npz", {"seed": 1})
    np.testing.assert_array_equal(back.V, V)
    np.testing.assert_array_equal(back.U, U)
    assert back.V.dtype == np.float32
    assert vars(back).keys() == vars(state).keys()
    assert (back.chunk, back.words, back.seconds) == (4, 5, 6.5)
    assert (back.losses, back.watched) == ([(1, 2.5)], [(3, 0.5)])
