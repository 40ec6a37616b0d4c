"""Hostile submissions: what each wants, it gets where nothing protects, and not here."""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grading import unprotected
from tests.grading.attacks import BREAKS, MARKS, NUISANCES, SHAM
from tests.grading.small import SOFTMAX, graded, notebook, passed, printed
from w2v.errors import SetupError

HONEST = {"cross_entropy-values"}
FAST = {"exit", "replace the test", "read files of this user"}
BY_ROOT = {"become another user", "mount something"}  # nobody else could, with no protection at all


def cases(attacks: dict[str, str]) -> list[object]:
    """Every attack, all but a few of them for `make test-slow`."""
    nothing_to_show = pytest.mark.skipif(os.geteuid() != 0, reason="an attack of root alone")
    return [
        pytest.param(
            source,
            id=name,
            marks=[pytest.mark.slow] * (name not in FAST) + [nothing_to_show] * (name in BY_ROOT),
        )
        for name, source in attacks.items()
    ]


@pytest.fixture(scope="module", autouse=True)
def namespaces() -> None:
    """These tests are about the sandbox: without namespaces there is nothing to test."""
    try:
        graded(notebook())
    except SetupError as error:
        pytest.skip(f"no namespaces on this system: {error}")


@pytest.fixture
def target(tmp_path: Path) -> Iterator[dict[str, object]]:
    """A file and a server that students' code has no business with."""
    file = tmp_path / "secret"
    file.write_text("of the instructor")
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"file": file, "port": server.getsockname()[1]}


@pytest.mark.parametrize("attack", cases(MARKS))
def test_no_marks_without_an_answer(attack: str) -> None:
    content = notebook(attack if "@w2v.fill" in attack else attack + SHAM)
    without = unprotected.graded(content, seconds=30)
    assert without is not None
    assert passed(without) > HONEST or "softmax-values" in passed(without), "this is no attack"
    assert passed(graded(content)) == HONEST


@pytest.mark.parametrize("attack", cases(BREAKS))
def test_nothing_breaks_out(attack: str, target: dict[str, object]) -> None:
    for key, value in target.items():
        attack = attack.replace("{" + key + "}", str(value))
    content = notebook(attack + SOFTMAX)
    without = unprotected.graded(content, seconds=20)
    assert without is not None
    assert "BROKEN" in printed(without, "softmax"), "this is no attack"
    Path(str(target["file"])).write_text("of the instructor")
    result = graded(content)
    assert "BROKEN" not in printed(result, "softmax")
    assert passed(result) >= HONEST
    assert Path(str(target["file"])).read_text() == "of the instructor"


@pytest.mark.parametrize("attack", cases(NUISANCES))
def test_nuisances_cost_their_own_question_alone(attack: str) -> None:
    content = notebook(attack)
    assert passed(graded(content)) == HONEST
    assert not _left_over()
    assert unprotected.graded(content, seconds=3) is None, "this is no attack"
    while _left_over():  # what the unprotected run has left ends by itself
        time.sleep(0.2)


def _left_over() -> list[Path]:
    """The processes that an attack has left behind under this name."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            if entry.read_text().strip() == "left-over":
                found.append(entry)
    return found
