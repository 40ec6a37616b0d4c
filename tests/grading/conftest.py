"""A small course with a class, built once for each module that grades it."""

import shutil
from pathlib import Path

import pytest

from tests.grading.course import build, hand_in_class


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(built: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    shutil.copytree(built, folder)
    hand_in_class(folder)
    return folder
