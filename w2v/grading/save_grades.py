"""A notebook's marks, saved all at once; some are left to a person.

These are the derivations with a line that the checker cannot read.
"""

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_grade

from w2v.derivation import MANUAL


class SaveCourseGrades(SaveAutoGrades):
    """Saves no automatic score for a cell whose output asks for manual grading.

    nbgrader then shows the cell in the formgrader as one that needs a grade. Plug it in with
    `c.Autograde.autograde_preprocessors`, in the place of `SaveAutoGrades`.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Save the scores of a notebook in one transaction: where it is cut off, none is saved."""
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id, self.db_url = (
            about[key] for key in ("notebook", "assignment", "student", "db_url")
        )
        self.gradebook = Gradebook(self.db_url)
        with self.gradebook:
            session = self.gradebook.db
            commit, session.commit = session.commit, session.flush  # nbgrader commits cell by cell
            nb, resources = Preprocessor.preprocess(self, nb, resources)
            commit()
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, object]) -> None:
        super()._add_score(cell, resources)
        if is_grade(cell) and asks_for_a_person(cell):
            grade = self.gradebook.find_grade(
                cell.metadata["nbgrader"]["grade_id"],
                self.notebook_id,
                self.assignment_id,
                self.student_id,
            )
            grade.auto_score = None
            grade.needs_manual_grade = True


def asks_for_a_person(cell: NotebookNode) -> bool:
    """Whether a line of the cell's printed output begins with the marker of `w2v.derivation`."""
    printed = "".join(
        output.text for output in cell.get("outputs", []) if output.output_type == "stream"
    )
    return any(line.startswith(MANUAL) for line in printed.splitlines())
