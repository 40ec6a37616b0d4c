"""The release folder is all that a student needs, and is the same at every build."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

from tests.conftest import run
from w2v.exercises import NOTEBOOKS

pytestmark = pytest.mark.slow


def digest(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_bytes_at_every_build(course: Path) -> None:
    first = digest(course / "release")
    assert run("w2v", "build", "--no-solutions", cwd=course).returncode == 0
    assert digest(course / "release") == first
    names = {f"word2vec/{name}.ipynb" for name in NOTEBOOKS}
    assert names | {"START.md", "environment.yml"} < first.keys()


def test_given_derivations_are_shown_and_not_asked_for(course: Path, tmp_path: Path) -> None:
    assert (
        run("w2v", "build", "--no-solutions", "--derivations", "given", cwd=course).returncode == 0
    )
    try:
        path = course / "release" / "word2vec" / "02_center_gradient.ipynb"
        cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
        assert cells["derive-center_gradient"].cell_type == "markdown"
        assert "\\hat" in cells["derive-center_gradient"].source
        assert "derive-center_gradient-marks" not in cells
        assert "YOUR CODE HERE" in cells["center_gradient"].source
    finally:
        assert run("w2v", "build", "--no-solutions", cwd=course).returncode == 0


def test_a_fresh_environment_outside_the_repository(course: Path, tmp_path: Path) -> None:
    """Install the released wheel as START.md says and run a released notebook there."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    (wheel,) = (course / "release").glob("*.whl")
    # The lock's versions, so that the test does not depend on today's newest releases.
    lock = Path(__file__).parents[1] / "constraints.txt"
    install = ["-m", "pip", "install", "--quiet", "-c", str(lock), f"{wheel}[student]"]
    subprocess.run([python, *install], cwd=tmp_path, check=True)
    notebook = course / "release" / "word2vec" / "00_welcome.ipynb"
    (tmp_path / notebook.name).write_bytes(notebook.read_bytes())
    command = ["-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", notebook.name]
    subprocess.run([python, *command, "--output", "done.ipynb"], cwd=tmp_path, check=True)
    cells = {cell.id: cell for cell in nbformat.read(tmp_path / "done.ipynb", as_version=4).cells}
    assert cells["open"].outputs == []
    assert "not attempted" in cells["check-scores"].outputs[0].text
