"""Fixtures that several suites share."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COURSE_FILES = ["notebooks", "w2v", "data", "tests", "nbgrader_config.py", "pyproject.toml"]
COURSE_FILES += ["environment.yml", "README.md", "LICENSE"]


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment, such as `nbgrader`, in `cwd`."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course repository with its release built by nbgrader."""
    folder = tmp_path_factory.mktemp("course")
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in COURSE_FILES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)
    done = run("w2v", "build", "--no-solutions", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder
