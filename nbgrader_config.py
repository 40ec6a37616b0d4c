"""The course for nbgrader: every `nbgrader` command and the formgrader run from this folder."""

from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    LockCells,
    SaveCells,
)

from w2v.grading.config import configure
from w2v.grading.release import ClearAnswers, GiveDerivations

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "word2vec"
c.CourseDirectory.source_directory = "notebooks"

c.GenerateAssignment.preprocessors = [
    GiveDerivations,
    LockCells,
    ClearAnswers,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]

# How submissions are collected, run, judged and recorded.
configure(c)
