"""`w2v grade`: `nbgrader autograde` for a whole class, many notebooks at a time.

The notebooks run on an executor, processes of this machine or a Dask cluster; this process alone
records, student by student, through nbgrader itself. A journal beside the autograded notebooks
tells who is done, so that a run that was stopped is taken up where it ended.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.utils import capture_log, determine_grade
from sqlalchemy.exc import SQLAlchemyError
from tqdm.auto import tqdm

from w2v.errors import AuthorError, SetupError
from w2v.grading.collect import UnreadableError, collect, read_submitted
from w2v.grading.execute import RESULTS, RunAndJudge
from w2v.grading.intake import take_in
from w2v.grading.notebooks import ASSIGNMENT, grade_id, is_graded, read
from w2v.grading.run import RefusedError, Result, run, stop
from w2v.grading.save_grades import asks_for_a_person


@dataclass
class Summary:
    """What a run of `w2v grade` did.

    Attributes:
        graded: the students that were graded now.
        skipped: those that were graded before and have handed in nothing new.
        failed: {student: why it could not be graded}.
        changes: {student: what had to be changed in the submission}.
        missing: the protections that the system did not offer.
        left_out: files of the zips in `submitted/` that are none of the course.
    """

    graded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"NOT PROTECTED: {sentence}" for sentence in sorted(self.missing)]
        lines += self.left_out
        lines += [
            f"{student}: {change}"
            for student, changes in sorted(self.changes.items())
            for change in changes
        ]
        lines += [f"FAILED {student}: {why}" for student, why in sorted(self.failed.items())]
        counts = f"{len(self.graded)} graded, {len(self.skipped)} graded before"
        return "\n".join([*lines, f"{counts}, {len(self.failed)} failed"])


def grade(
    root: Path,
    students: Iterable[str] = (),
    workers: int | None = None,
    scheduler: str | None = None,
    again: bool = False,
    unsafe: bool = False,
) -> Summary:
    """Grade the submissions of a course.

    Args:
        root: the course, with `submitted/` in it.
        students: whom to grade; everyone unless told.
        workers: how many notebooks run at a time on this machine; one for each processor.
        scheduler: the address of a Dask cluster to run them on instead.
        again: grade also who is graded already.
        unsafe: go on where the system cannot confine students' code.

    Raises:
        SetupError: students' code cannot be confined here, or the executor is not there.
        AuthorError: the course has no release, or there is nothing to grade.
    """
    course = Course(root, unsafe)
    summary = Summary()
    summary.left_out = course.take_in()
    wanted = list(students) or course.students()
    if not wanted:
        raise AuthorError(f"There is no submission in {root / 'submitted'}.")
    todo = [student for student in wanted if again or not course.is_done(student)]
    summary.skipped = [student for student in wanted if student not in set(todo)]
    with _executor(workers, scheduler) as (executor, width), _progress(len(todo)) as bar:
        for student, futures in _run_all(course, todo, executor, width):
            try:
                results = _results(futures)
                course.record(student, results)
                summary.graded.append(student)
                summary.missing.update(*(result.missing for result in results.values()))
                if changes := course.changes(results):
                    summary.changes[student] = changes
            except _StudentFailedError as error:
                summary.failed[student] = str(error)
                bar.set_postfix(failed=len(summary.failed))
            bar.update()
    return summary


class _StudentFailedError(Exception):
    """One student could not be graded; the others can."""


class Course:
    """The course directory as nbgrader sees it, and the journal of who is graded."""

    def __init__(self, root: Path, unsafe: bool = False) -> None:
        before = Path.cwd()
        os.chdir(root)  # nbgrader finds its configuration in the working directory
        try:
            self.app = AutogradeApp()
            self.app.initialize([ASSIGNMENT, f"--RunAndJudge.unsafe={unsafe}"])
        finally:
            os.chdir(before)
        self.coursedir = self.app.coursedir
        self.coursedir.root = str(root)
        self.coursedir.assignment_id = ASSIGNMENT
        for handler in list(self.app.log.handlers):
            handler.setLevel(logging.CRITICAL)  # what goes wrong is in the summary
        self.preprocessor = RunAndJudge(parent=self.app)
        self.journal = root / self.coursedir.autograded_directory / f".{ASSIGNMENT}.jsonl"

    def take_in(self) -> list[str]:
        """Unpack the zips in `submitted/`; what is left out of them."""
        folder = Path(self.coursedir.root) / self.coursedir.submitted_directory
        return take_in(folder, ASSIGNMENT, self._released())

    def students(self) -> list[str]:
        """Everyone who has handed something in."""
        pattern = self._folder("submitted", "*").relative_to(self.coursedir.root)
        return sorted(path.parent.name for path in Path(self.coursedir.root).glob(str(pattern)))

    def notebooks(self, student: str) -> list[str]:
        """The notebooks of the course that a student has handed in."""
        handed_in = {path.stem for path in self._folder("submitted", student).glob("*.ipynb")}
        return sorted(self._released() & handed_in)

    def _released(self) -> set[str]:
        release = self._folder("release", ".")
        known = {path.stem for path in release.glob("*.ipynb")}
        if not known:
            raise AuthorError(f"There is no release in {release}: run `w2v build` first.")
        return known

    def submit(
        self, student: str, executor: Executor, only: str | None = None
    ) -> dict[str, "Future[Result]"]:
        """Start running every notebook of a student, or one of them."""
        futures = {}
        for name in self.notebooks(student):
            if only not in (None, name):
                continue
            notebook, _ = collect(self.coursedir, ASSIGNMENT, student, name)
            job = self.preprocessor.job(name, notebook, Path(self.coursedir.root))
            futures[name] = executor.submit(run, job)
        return futures

    def record(self, student: str, results: dict[str, Result]) -> None:
        """Let nbgrader record a student whose notebooks have run, and note it in the journal."""
        if not results:
            raise _StudentFailedError("no notebook of the course was handed in")
        RESULTS.update({(student, name): result for name, result in results.items()})
        try:
            self.coursedir.student_id = student
            converter = Autograde(coursedir=self.coursedir, parent=self.app)
            converter.force = True
            outcome = capture_log(converter)
            if not outcome["success"]:
                raise _StudentFailedError(_reason(outcome))
            self._note(student)
        except OSError as error:
            raise _StudentFailedError(f"cannot be recorded: {error}") from error
        finally:
            self.coursedir.student_id = "*"
            RESULTS.clear()

    def notebook_of(self, question: str) -> str:
        """The notebook in which a graded cell stands."""
        for name in sorted(self._released()):
            notebook = read(self._folder("release", ".") / f"{name}.ipynb")
            if any(grade_id(cell) == question and is_graded(cell) for cell in notebook.cells):
                return name
        raise AuthorError(f"There is no graded cell {question!r} in the release.")

    def replace(self, student: str, name: str, question: str, result: Result) -> None:
        """Put the new outputs and the new score of one cell in the place of the old ones."""
        path = self._folder("autograded", student) / f"{name}.ipynb"
        executed, kept = nbformat.reads(result.notebook, as_version=4), read(path)
        new, old = (
            next(cell for cell in notebook.cells if grade_id(cell) == question)
            for notebook in (executed, kept)
        )
        old.source, old.outputs = new.source, new.outputs
        path.chmod(0o644)
        nbformat.write(kept, path)
        path.chmod(0o444)
        score, _ = determine_grade(new)
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            grade = gradebook.find_grade(question, name, ASSIGNMENT, student)
            grade.auto_score = None if asks_for_a_person(new) else score
            if grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None
            gradebook.db.commit()

    def changes(self, results: dict[str, Result]) -> list[str]:
        """What had to be changed in the notebooks that gave `results`."""
        return [
            f"{name}: {change}"
            for name, result in results.items()
            for change in json.loads(result.notebook)["metadata"]["w2v"].get("changes", [])
        ]

    def is_done(self, student: str) -> bool:
        """Whether what the student has handed in is graded already."""
        return self._journal().get(student) == self._digest(student)

    def _journal(self) -> dict[str, str]:
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        done = {}
        for line in lines:
            try:
                entry = json.loads(line)
                done[entry["student"]] = entry["digest"]
            except ValueError:
                continue  # the line that was being written when the last run ended
        return done

    def _note(self, student: str) -> None:
        entry = {"student": student, "digest": self._digest(student), "time": time.time()}
        with self.journal.open("a") as journal:
            journal.write(json.dumps(entry) + "\n")

    def _digest(self, student: str) -> str:
        digest = hashlib.sha256()
        for name in self.notebooks(student):
            path = self._folder("submitted", student) / f"{name}.ipynb"
            try:
                digest.update(name.encode() + read_submitted(path))
            except UnreadableError as error:
                digest.update(str(error).encode())
        return digest.hexdigest()

    def _folder(self, step: str, student: str) -> Path:
        directory = getattr(self.coursedir, f"{step}_directory")
        return Path(self.coursedir.format_path(directory, student, ASSIGNMENT))


def regrade(root: Path, question: str, students: Iterable[str] = (), **options: Any) -> Summary:
    """Grade one graded cell anew, after its test was corrected and the release built again.

    Only the automatic score of that cell changes, in the gradebook and in the outputs of the
    autograded notebooks: manual scores, comments and all other cells stay as they are.

    Args:
        root: the course.
        question: the `grade_id` of the test cell, such as "softmax-values".
        students: whom to grade; everyone who is graded already unless told.
        options: `workers`, `scheduler` and `unsafe`, as of `grade`.
    """
    unsafe = options.pop("unsafe", False)
    course, summary = Course(root, unsafe), Summary()
    name = course.notebook_of(question)
    todo = [student for student in list(students) or course.students() if course.is_done(student)]
    with _executor(**{"workers": None, "scheduler": None, **options}) as (executor, width):
        for student, futures in _run_all(course, todo, executor, width, only=name):
            try:
                if name in futures:
                    course.replace(student, name, question, _results(futures)[name])
                    summary.graded.append(student)
            except _StudentFailedError as error:
                summary.failed[student] = str(error)
    return summary


def _reason(outcome: dict[str, Any]) -> str:
    """The telling line of nbgrader's log."""
    lines = (outcome.get("log") or outcome["error"]).strip().splitlines()
    telling = [line for line in lines if "Error" in line and "Traceback" not in line]
    return (telling or lines)[0].strip()


def _run_all(
    course: Course, students: list[str], executor: Executor, width: int, only: str | None = None
) -> Iterator[tuple[str, dict[str, "Future[Result]"]]]:
    """(student, what ran) as they are ready, with no more than `width` notebooks waiting."""
    waiting: dict[str, dict[str, Future[Result]]] = {}
    left = iter(students)
    exhausted = False
    while waiting or not exhausted:
        while not exhausted and sum(map(len, waiting.values())) < width:
            if (student := next(left, None)) is None:
                exhausted = True
            else:
                waiting[student] = _submit(course, student, executor, only)
        ready = [
            name for name, futures in waiting.items() if all(f.done() for f in futures.values())
        ]
        for student in ready:
            yield student, waiting.pop(student)
        if waiting and not ready:
            pending = {f for futures in waiting.values() for f in futures.values() if not f.done()}
            wait(pending, return_when=FIRST_COMPLETED)


def _submit(
    course: Course, student: str, executor: Executor, only: str | None
) -> dict[str, "Future[Result]"]:
    try:
        return course.submit(student, executor, only)
    except (SQLAlchemyError, OSError) as error:  # a gradebook that is locked, a folder that is shut
        failed: Future[Result] = Future()
        failed.set_exception(error)
        return {"": failed}


def _results(futures: dict[str, "Future[Result]"]) -> dict[str, Result]:
    """What came out, if everything of the student ran."""
    try:
        return {name: future.result() for name, future in futures.items()}
    except RefusedError:
        raise  # nobody can be graded here
    except Exception as error:
        raise _StudentFailedError(str(error).strip().splitlines()[0]) from error


@contextmanager
def _executor(workers: int | None, scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    """An executor and how many notebooks to keep waiting in it."""
    if scheduler is None:
        count = workers or os.cpu_count() or 1
        # A thread only waits for its bench, which is a process of its own.
        executor = ThreadPoolExecutor(count)
        try:
            yield executor, 3 * count
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            stop()
        return
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise SetupError('A cluster needs Dask: `pip install "w2v[cluster]"`.') from error
    try:
        client = Client(scheduler, timeout=20)
    except OSError as error:
        raise SetupError(
            f"No Dask scheduler answers at {scheduler}: start one with `dask scheduler`, or leave "
            "out --scheduler to grade on this machine."
        ) from error
    with client:
        count = sum(client.nthreads().values())
        yield client.get_executor(pure=False, retries=3), 3 * max(count, 1)


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    with tqdm(total=total, desc="grading", unit="student") as bar:
        yield bar
