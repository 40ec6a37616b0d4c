"""What `nbgrader_config.py` sets so that nbgrader grades by this path."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, GetGrades
from traitlets.config import Config

from w2v.grading.collect import HideTests, SubmissionExporter
from w2v.grading.execute import RunAndJudge
from w2v.grading.save_grades import SaveCourseGrades


def configure(c: Config) -> None:
    """Let `nbgrader autograde` collect, run and judge safely, and keep tests out of feedback."""
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.sanitize_preprocessors = [CheckCellMetadata]
    c.Autograde.autograde_preprocessors = [
        RunAndJudge,
        SaveCourseGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    c.GenerateFeedback.preprocessors = [GetGrades, HideTests, CSSHTMLHeaderPreprocessor]
