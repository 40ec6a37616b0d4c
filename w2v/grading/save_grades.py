"""Marks that a person must give: derivations with a line that the checker cannot read."""

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_grade

from w2v.derivation import MANUAL


class SaveCourseGrades(SaveAutoGrades):
    """Saves no automatic score for a cell whose output asks for manual grading.

    nbgrader then shows the cell in the formgrader as one that needs a grade. Plug it in with
    `c.Autograde.autograde_preprocessors`, in the place of `SaveAutoGrades`.
    """

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
            self.gradebook.db.commit()


def asks_for_a_person(cell: NotebookNode) -> bool:
    """Whether a line of the cell's printed output begins with the marker of `w2v.derivation`."""
    printed = "".join(
        output.text for output in cell.get("outputs", []) if output.output_type == "stream"
    )
    return any(line.startswith(MANUAL) for line in printed.splitlines())
