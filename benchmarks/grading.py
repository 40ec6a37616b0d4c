"""Grading a class: `w2v grade` against plain `nbgrader autograde`, and how it grows.

    python benchmarks/grading.py --students 60 --plain 6

Everybody hands in the instructor's answers. A plain class of `--plain` students is graded by
nbgrader's own Execute preprocessor and scaled up; marks are compared cell by cell.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[1]
PLAIN = """
from nbgrader.preprocessors import *
from nbconvert.exporters import NotebookExporter
c.Autograde.exporter_class = NotebookExporter
c.Autograde.sanitize_preprocessors = [
    ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [
    Execute, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
"""


def course(folder: Path, students: int) -> Path:
    """A course with `students` submissions of all notebooks."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    command("nbgrader", "generate_assignment", "word2vec", cwd=folder)
    for number in range(students):
        target = folder / "submitted" / f"student{number:04}" / "word2vec"
        shutil.copytree(folder / "notebooks" / "word2vec", target)
    return folder


def command(*words: str, cwd: Path) -> float:
    """Run `python -m ...`; returns the seconds it took."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - start


def marks(folder: Path) -> dict[str, dict[str, float | None]]:
    """{student: {cell: automatic score}}."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "word2vec") as gradebook:
        return {
            submission.student.id: {
                grade.cell.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions("word2vec")
        }


def main() -> None:
    """Measure and print one line of JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--students", type=int, default=60)
    options.add_argument("--plain", type=int, default=6, help="students of the plain run")
    options.add_argument("--scheduler", help="a Dask cluster")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        ours = course(Path(place) / "ours", chosen.students)
        extra = ["--scheduler", chosen.scheduler] if chosen.scheduler else []
        seconds = command("w2v", "grade", *extra, cwd=ours)
        result = {
            "students": chosen.students,
            "processors": os.cpu_count(),
            "seconds": round(seconds, 1),
            "seconds per student": round(seconds / chosen.students, 2),
            "peak MB of a process": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
        }
        if chosen.plain:
            plain = course(Path(place) / "plain", chosen.plain)
            with open(plain / "nbgrader_config.py", "a", encoding="utf-8") as config:
                config.write(PLAIN)
            per_student = command("nbgrader", "autograde", "word2vec", cwd=plain) / chosen.plain
            expected = marks(plain)
            found = marks(ours)
            different = [
                f"{student}, {cell}: {found[student].get(cell)}, not {score}"
                for student, scores in expected.items()
                for cell, score in scores.items()
                if found[student].get(cell) != score
            ]
            result |= {
                "plain seconds per student": round(per_student, 2),
                "times faster": round(per_student / (seconds / chosen.students), 1),
                "same marks": not different,
                "different": different,
            }
        print(json.dumps(result))


if __name__ == "__main__":
    main()
