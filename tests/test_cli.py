"""The command `w2v`: help that helps, clear errors, and training outside a notebook."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from w2v.cli import main, parser
from w2v.grading.notebooks import instructor_folder
from w2v.vectors import WordVectors

COMMANDS = ["build", "grade", "report", "audit", "train", "fetch"]


def test_help_lists_every_command() -> None:
    text = parser().format_help()
    assert all(command in text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert f"w2v {command}" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["build", "grade", "report", "audit"])
def test_outside_the_course_it_says_where_to_go(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 1
    assert "run this command inside the course repository" in capsys.readouterr().err


def test_training_writes_vectors_plots_and_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("W2V_TRAIN_SECONDS", "2")
    notebooks = str(instructor_folder(ROOT))
    out = tmp_path / "out"
    arguments = ["train", "planted", "--notebooks", notebooks, "--out", str(out)]
    assert main([*arguments, "--dimension", "16"]) == 0
    names = {path.name for path in out.iterdir()}
    assert names == {"vectors.txt", "vectors.bin", "loss.png", "words.png", "report.txt"}
    text = (out / "report.txt").read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    assert "Nearest neighbours" in text and "Analogies" in text
    assert WordVectors.load(out / "vectors.bin").matrix.shape[1] == 16


def test_an_unfilled_function_is_named_with_its_notebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    assert main(["train", "planted", "--notebooks", str(tmp_path), "--out", out]) == 1
    message = capsys.readouterr().err
    assert "batch_gradients" in message and "07_batches" in message


def test_a_missing_corpus_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebooks = str(instructor_folder(ROOT))
    missing = tmp_path / "nothing.txt"
    assert main(["train", str(missing), "--notebooks", notebooks]) == 1
    assert "nothing.txt" in capsys.readouterr().err
