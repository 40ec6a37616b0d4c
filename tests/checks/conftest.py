from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.solutions import SOLUTIONS
from w2v import workbook


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Callable[..., Any]]]:
    """The answers of a workbook in which every exercise is solved."""
    book = workbook.Workbook("08_train")
    book.answers = dict(SOLUTIONS)
    monkeypatch.setattr(workbook, "_workbook", book)
    yield book.answers
