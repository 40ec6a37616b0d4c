"""A course of two notebooks, the welcome and the small one, with a class."""

import shutil
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from tests.conftest import ROOT, run
from tests.grading import small
from w2v.grading.notebooks import read

SIGN_ERROR = small.CROSS_ENTROPY.replace("-np.sum", "np.sum")
CLASS = {
    # student: (softmax, cross_entropy, what the notebook earns of 6 points)
    "ada": (small.SOFTMAX, small.CROSS_ENTROPY, 6),
    "bob": (small.SOFTMAX, SIGN_ERROR, 4),
    "cyd": ("", small.CROSS_ENTROPY, 2),
    "dan": ("", "", 0),
}


def solved(source: str) -> str:
    """A solution cell of the instructor's notebook."""
    head, body = source.strip().split(":\n", 1)
    return f"{head}:\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def build(folder: Path) -> Path:
    """The course with its release and its gradebook."""
    source = folder / "notebooks" / "word2vec"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copy(ROOT / "notebooks" / "word2vec" / "00_welcome.ipynb", source)
    content = small.notebook(solved(small.SOFTMAX), solved(small.CROSS_ENTROPY))
    nbformat.write(content, source / f"{small.NAME}.ipynb")
    done = run("nbgrader", "generate_assignment", "word2vec", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def hand_in(course: Path, student: str, softmax: str, cross_entropy: str) -> Path:
    """Submit the small notebook with these answers."""
    content = read(course / "release" / "word2vec" / f"{small.NAME}.ipynb")
    for cell in content.cells:
        if cell.id == "softmax":
            cell.source = softmax
        if cell.id == "cross_entropy":
            cell.source = cross_entropy
    folder = course / "submitted" / student / "word2vec"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(content, folder / f"{small.NAME}.ipynb")
    return folder / f"{small.NAME}.ipynb"


def hand_in_class(course: Path) -> None:
    """Everyone's submission."""
    for student, (softmax, cross_entropy, _) in CLASS.items():
        hand_in(course, student, softmax, cross_entropy)


def marks(course: Path) -> dict[str, float]:
    """{student: automatic score of the small notebook}, of all who are in the gradebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "word2vec") as gradebook:
        return {
            submission.student.id: sum(
                grade.auto_score or 0.0
                for notebook in submission.notebooks
                if notebook.name == small.NAME
                for grade in notebook.grades
            )
            for submission in gradebook.assignment_submissions("word2vec")
        }


EXPECTED = {student: float(points) for student, (*_, points) in CLASS.items()}
