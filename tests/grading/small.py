"""A small notebook of two questions, `softmax` and `cross_entropy`, for the tests of grading."""

import textwrap
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from w2v.grading.notebooks import grade_id
from w2v.grading.run import Job, run
from w2v.grading.sandbox import Limits

NAME = "01_cross_entropy"
QUICK = Limits(cell=10, notebook=60)

OPENING = """
import numpy as np
import w2v
from w2v.workbook import open_notebook
open_notebook("01_cross_entropy")
"""
SOFTMAX = """
@w2v.fill
def softmax(scores):
    e = np.exp(scores - np.max(scores))
    return e / e.sum()
"""
CROSS_ENTROPY = """
@w2v.fill
def cross_entropy(y, y_hat):
    seen = y > 0
    return -np.sum(y[seen] * np.log(y_hat[seen]))
"""
TESTS = {
    "softmax-values": """
### BEGIN HIDDEN TESTS
from w2v.checks import draw, exam
with exam("softmax") as test:
    for _ in range(3):
        test(draw.scores(test.rng))
### END HIDDEN TESTS
""",
    "softmax-inputs": """
### BEGIN HIDDEN TESTS
from w2v.checks import draw, exam
with exam("softmax", "inputs") as test:
    test.unmodified(draw.scores(test.rng))
### END HIDDEN TESTS
""",
    "cross_entropy-values": """
### BEGIN HIDDEN TESTS
from w2v.checks import draw, exam
with exam("cross_entropy") as test:
    test(*draw.distributions(test.rng))
### END HIDDEN TESTS
""",
}


def notebook(softmax: str = SOFTMAX, cross_entropy: str = CROSS_ENTROPY) -> NotebookNode:
    """The notebook with these solution cells and the hidden tests in it."""
    tests = {name: _cell(source, name, points=2) for name, source in TESTS.items()}
    return new_notebook(
        cells=[
            new_markdown_cell("# A small notebook", id="title"),
            _cell(OPENING, "open", locked=True),
            _cell(softmax, "softmax", solution=True),
            tests["softmax-values"],
            tests["softmax-inputs"],
            _cell(cross_entropy, "cross_entropy", solution=True),
            tests["cross_entropy-values"],
        ]
    )


def _cell(
    source: str, name: str, solution: bool = False, locked: bool = False, points: float = 0
) -> NotebookNode:
    about = {
        "grade": points > 0,
        "grade_id": name,
        "locked": locked or points > 0,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points:
        about["points"] = points
    text = textwrap.dedent(source).strip()
    return new_code_cell(text, metadata={"nbgrader": about}, id=name)


def graded(content: NotebookNode, seed: int = 1, **options: object) -> NotebookNode:
    """The notebook run and judged."""
    settings: Mapping[str, object] = {"limits": QUICK, "seed": seed, **options}
    job = Job(NAME, nbformat.writes(content), {}, **settings)  # type: ignore[arg-type]
    return nbformat.reads(run(job).notebook, as_version=4)


def passed(content: NotebookNode) -> set[str]:
    """The tests that earn their points, as nbgrader would read the outputs."""
    return {
        grade_id(cell)
        for cell in content.cells
        if grade_id(cell) in TESTS and not any(_fails(output) for output in cell.outputs)
    }


def _fails(output: NotebookNode) -> bool:
    return output.output_type == "error" or output.get("name") == "stderr"


def printed(content: NotebookNode, name: str) -> str:
    """All text in the outputs of a cell."""
    (cell,) = (cell for cell in content.cells if grade_id(cell) == name)
    return "\n".join(
        output.get("text", "") + output.get("evalue", "") + str(output.get("data", ""))
        for output in cell.outputs
    )
