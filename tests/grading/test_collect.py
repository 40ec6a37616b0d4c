"""The transplant: what is taken of a submitted file, and what is not."""

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from tests.grading.small import notebook
from w2v.grading.collect import (
    MAX_CELL,
    UnreadableError,
    blank,
    parse,
    read_submitted,
    transplant,
)
from w2v.grading.notebooks import HIDDEN_TESTS, grade_id

BLANK = "raise NotImplementedError"


@pytest.fixture
def release() -> NotebookNode:
    content = notebook(BLANK, BLANK)
    for cell in content.cells:
        cell.source = HIDDEN_TESTS.sub("", cell.source).strip()
    return content


@pytest.fixture
def handed_in(release: NotebookNode) -> NotebookNode:
    content = nbformat.from_dict(json.loads(nbformat.writes(release)))
    by_id(content, "softmax").source = "the answer"
    return content


def by_id(content: NotebookNode, name: str) -> NotebookNode:
    (cell,) = (cell for cell in content.cells if grade_id(cell) == name)
    return cell


def collected(handed_in: Any, release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    return transplant(parse(json.dumps(handed_in).encode()), release)


def test_answers_are_taken_and_nothing_is_changed(
    handed_in: NotebookNode, release: NotebookNode
) -> None:
    rebuilt, changes = collected(handed_in, release)
    assert by_id(rebuilt, "softmax").source == "the answer"
    assert by_id(rebuilt, "cross_entropy").source == BLANK
    assert changes == []


def test_everything_else_is_the_releases(handed_in: NotebookNode, release: NotebookNode) -> None:
    test = by_id(handed_in, "softmax-values")
    test.source = "pass"
    test.metadata["tags"] = ["skip-execution"]
    test.metadata.nbgrader.points = 100
    by_id(handed_in, "softmax").metadata.nbgrader.solution = False
    handed_in.metadata["kernelspec"] = {"name": "evil"}
    rebuilt, changes = collected(handed_in, release)
    by_id(rebuilt, "softmax").source = BLANK
    assert rebuilt == release
    assert changes == ["cell softmax-values was edited: the original is restored"]


def test_of_duplicated_cells_the_last_one_counts(
    handed_in: NotebookNode, release: NotebookNode
) -> None:
    twin = nbformat.from_dict(json.loads(json.dumps(by_id(handed_in, "softmax"))))
    twin.source = "the last"
    handed_in.cells.append(twin)
    rebuilt, changes = collected(handed_in, release)
    assert by_id(rebuilt, "softmax").source == "the last"
    assert changes == ["cell softmax stood there 2 times: the last one counts"]


def test_deleted_cells_come_back_blank(handed_in: NotebookNode, release: NotebookNode) -> None:
    gone = {"softmax", "softmax-values"}
    handed_in.cells = [cell for cell in handed_in.cells if grade_id(cell) not in gone]
    rebuilt, changes = collected(handed_in, release)
    assert rebuilt == release
    assert changes == [
        "cell softmax was missing: counted as blank",
        "cell softmax-values was missing: put back",
    ]


def test_cells_of_the_students_own_are_listed(
    handed_in: NotebookNode, release: NotebookNode
) -> None:
    extra = {"cell_type": "code", "metadata": {}, "source": ["import evil\n", "evil.run()"]}
    handed_in.cells.append(nbformat.from_dict(extra))
    rebuilt, changes = collected(handed_in, release)
    assert len(rebuilt.cells) == len(release.cells)
    assert changes == ["a code cell that is not the course's was left out: 'import evil'"]


def test_a_cell_of_another_type_counts_as_blank(
    handed_in: NotebookNode, release: NotebookNode
) -> None:
    by_id(handed_in, "softmax").cell_type = "markdown"
    rebuilt, changes = collected(handed_in, release)
    assert rebuilt == release
    assert len(changes) == 1


def test_a_giant_cell_counts_as_blank(handed_in: NotebookNode, release: NotebookNode) -> None:
    by_id(handed_in, "softmax").source = "#" * (MAX_CELL + 1)
    rebuilt, _ = collected(handed_in, release)
    assert rebuilt == release


def test_no_tag_of_a_written_answer_is_one(handed_in: NotebookNode, release: NotebookNode) -> None:
    for content in (handed_in, release):
        by_id(content, "softmax").cell_type = "markdown"
    by_id(handed_in, "softmax").source = "a<b, <script>alert(1)</script> $x < y$"
    rebuilt, _ = collected(handed_in, release)
    assert "<script" not in by_id(rebuilt, "softmax").source
    assert "</script" not in by_id(rebuilt, "softmax").source
    assert "$x < y$" in by_id(rebuilt, "softmax").source


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"cells": [',
        b"[]",
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b'{"cells": [{"cell_type": "code"}]}',
        b'{"cells": [{"source": 3, "cell_type": "code"}]}',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"cells": [{"source": [[]], "cell_type": "code", "metadata": []}]}',
    ],
    ids=lambda content: repr(content[:30]),
)
def test_what_is_no_notebook_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(UnreadableError, match="not a notebook"):
        parse(content)


def test_an_unreadable_notebook_is_a_blank_one_that_says_so(release: NotebookNode) -> None:
    rebuilt, changes = blank(release, "it is torn")
    assert "it is torn" in rebuilt.cells[0].source
    assert rebuilt.cells[1:] == release.cells
    assert len(changes) == 1


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("{}")
    link = tmp_path / "link"
    link.symlink_to(secret)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path, Path("/dev/zero"), tmp_path / "none"):
        with pytest.raises(UnreadableError):
            read_submitted(path)
    assert read_submitted(secret) == b"{}"
