"""Run and judge one notebook: a pure function, for any executor of the `concurrent.futures` kind.

`run(job)` takes everything it needs in the job and returns everything it found. It keeps one bench
(see `w2v.grading.judge`) for each thread that calls it, and replaces a bench that dies.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from w2v.errors import SetupError
from w2v.grading.notebooks import is_graded, is_solution
from w2v.grading.sandbox import ENVIRONMENT, Limits


@dataclass(frozen=True)
class Job:
    """One student's notebook to grade.

    Attributes:
        name: of the notebook, such as "02_center_gradient".
        notebook: its JSON: the course's cells, hidden tests included, with the student's solutions.
        answers: {exercise: source of its solution cell} of the notebooks before it.
        seed: of the hidden tests; drawn anew for every run.
        limits: what the student's code may use.
        unsafe: go on without namespaces.
        warm: fork workers from a process that has its imports done.
    """

    name: str
    notebook: str
    answers: dict[str, str]
    seed: int
    limits: Limits = field(default_factory=Limits)
    unsafe: bool = False
    warm: bool = True


@dataclass(frozen=True)
class Result:
    """A graded notebook.

    Attributes:
        notebook: its JSON with the outputs; the seed is in its metadata.
        missing: the protections that the system did not offer.
    """

    notebook: str
    missing: tuple[str, ...] = ()


def run(job: Job) -> Result:
    """Execute the notebook of `job`: the student's cells in a worker, the tests in a judge.

    Raises:
        SetupError: the system cannot run students' code safely, the bench died twice, or `stop`
            was called.
    """
    reason: Exception | None = None
    for _ in range(2):
        bench = _bench(job)
        try:
            return bench.judge(job)
        except _BenchDiedError as error:  # its memory ran out, or somebody ended it
            reason = error
            if bench.stopped:
                break
    raise SetupError(f"the judge of {job.name} died: {reason}") from reason


class RefusedError(SetupError):
    """Students' code cannot be confined on this system, and nobody said to go on."""


class _BenchDiedError(Exception):
    """The process that judges is gone; nothing of the student's can cause this."""


class _Bench:
    """The client of a bench process."""

    def __init__(self, job: Job) -> None:
        self.stopped = False
        environment = {**os.environ, **ENVIRONMENT, "PATH": os.environ.get("PATH", "")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "w2v.grading.judge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the coordinator
        )
        options = {"unsafe": job.unsafe, "warm": job.warm}
        try:
            self._send({"limits": asdict(job.limits), "options": options})
            state = self._receive()
        except _BenchDiedError as error:
            raise SetupError(f"the process that judges does not start: {error}") from error
        if "refused" in state:
            raise RefusedError(state["refused"])
        self.missing = tuple(state["missing"])

    def judge(self, job: Job) -> Result:
        self._send(asdict(job))
        notebook = nbformat.reads(job.notebook, as_version=4)
        finished = set()
        while isinstance(line := self._receive(), list):
            index, outputs = line
            notebook.cells[index].outputs = [nbformat.from_dict(output) for output in outputs]
            finished.add(index)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and index not in finished:
                _fail(cell)
        about = {"seed": job.seed, "missing_protections": list(self.missing)}
        notebook.metadata["w2v"] = {**notebook.metadata.get("w2v", {}), **about}
        return Result(nbformat.writes(notebook), self.missing)

    def kill(self) -> None:
        self.process.kill()  # what it has started ends with it
        self.process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            print(json.dumps(message), file=self.process.stdin, flush=True)
        except OSError as error:
            raise _BenchDiedError(str(error)) from error

    def _receive(self) -> Any:
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        if not line.endswith("\n"):
            raise _BenchDiedError(f"exit status {self.process.wait()}")
        return json.loads(line)


def _fail(cell: NotebookNode) -> None:
    """A test that was not reached is not passed."""
    text = "The grading of this notebook was cut off before this cell."
    error = new_output("error", ename="LostError", evalue=text, traceback=[text])
    cell.outputs = [error] if is_graded(cell) and not is_solution(cell) else []


_local = threading.local()
_benches: list[_Bench] = []


def stop() -> None:
    """End all benches of this process, with the notebooks that run on them."""
    while _benches:
        bench = _benches.pop()
        bench.stopped = True
        bench.kill()


atexit.register(stop)


def _bench(job: Job) -> _Bench:
    """The bench of this thread, started when there is none that fits."""
    key = (job.limits, job.unsafe, job.warm)
    bench = getattr(_local, "bench", None)
    if bench is not None and (bench.process.poll() is not None or _local.key != key):
        bench.kill()
        bench = None
    if bench is None:
        bench = _Bench(job)
        _benches.append(bench)
        _local.bench, _local.key = bench, key
    return bench
