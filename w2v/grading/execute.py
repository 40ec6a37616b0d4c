"""Runs and judges a notebook as nbgrader's Execute preprocessor."""

import os
import secrets
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float

from w2v.checks.hidden import SEED_VARIABLE
from w2v.grading.notebooks import answers, instructor_folder
from w2v.grading.run import Job, Result, run
from w2v.grading.sandbox import Limits


class RunAndJudge(NbGraderPreprocessor):
    """Executes a notebook with the student's cells in a sandbox and the tests outside of it."""

    unsafe = Bool(
        False, help="Go on where the system offers no namespaces to confine students' code."
    ).tag(config=True)
    cell_seconds = Float(
        Limits.cell, help="What a cell may take, with all answers that it calls."
    ).tag(config=True)
    notebook_seconds = Float(Limits.notebook, help="What a notebook may take.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """The executed notebook; its metadata tell the seed and what was not protected."""
        who = resources["nbgrader"]
        result = RESULTS.get((who["student"], who["notebook"]))
        if result is None:
            result = run(self.job(who["notebook"], nb, Path(self.parent.parent.coursedir.root)))
        for sentence in result.missing:
            self.log.warning("NOT PROTECTED: %s", sentence)
        return nbformat.reads(result.notebook, as_version=4), resources

    def job(self, name: str, notebook: NotebookNode, root: Path) -> Job:
        """The job of a rebuilt notebook, with a new seed unless `W2V_SEED` sets one.

        Args:
            name: of the notebook.
            notebook: what `w2v.grading.collect` made of the submitted one.
            root: the course.
        """
        return Job(
            name=name,
            notebook=nbformat.writes(notebook),
            answers=earlier_answers(root, name),
            seed=int(os.environ.get(SEED_VARIABLE) or secrets.randbits(32)),
            limits=Limits(cell=self.cell_seconds, notebook=self.notebook_seconds),
            unsafe=self.unsafe,
        )


RESULTS: dict[tuple[str, str], Result] = {}
"""(student, notebook): what `w2v grade` has already run, for nbgrader to record."""


def earlier_answers(root: Path, name: str) -> dict[str, str]:
    """The instructor's answers of the notebooks before `name`, read again when one changes."""
    changed = max(path.stat().st_mtime_ns for path in instructor_folder(root).glob("*.ipynb"))
    return _earlier_answers(root, name, changed)


@cache
def _earlier_answers(root: Path, name: str, changed: int) -> dict[str, str]:
    return answers(root, before=name)
