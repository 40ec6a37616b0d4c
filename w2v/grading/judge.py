"""Runs the hidden tests, in a process that no student's code ever enters.

There, the names under test are proxies: a call sends values to the student's worker and gets
values back. `bench` serves one process: it takes a job as a line of JSON, forks a judge for it, and
writes the outputs of every cell as lines of JSON. One bench judges many notebooks.
"""

import ast
import base64
import contextlib
import ctypes
import io
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from w2v import workbook
from w2v.errors import SetupError, StudentError
from w2v.exercises import EXERCISES, NOTEBOOKS
from w2v.grading.memory import end_if_too_large
from w2v.grading.notebooks import derivation_name, is_graded, is_solution
from w2v.grading.protocol import BreachError, Function, Message, Peer, describe, plain
from w2v.grading.sandbox import Limits, Sandbox, Worker

Outputs = list[NotebookNode]
PNG = b"\x89PNG\r\n\x1a\n"
MAX_PICTURE = 2 << 20  # bytes
MAX_PRINTED = 60_000  # characters of one cell
JUDGE_MEMORY = 4 << 30  # bytes
TICK = 0.25  # seconds between two looks at the memory of the student's processes


class LostError(StudentError):
    """The student's worker is gone, is late, or broke the protocol."""


class Student:
    """The student's notebook in its worker; a worker that is lost is replaced by a fresh one.

    Args:
        notebook: the name of the notebook; its exercises are asked of the worker, those of the
            notebooks before it are answered to it.
        sandbox: starts the workers.
        limits: of time.
    """

    def __init__(self, notebook: str, sandbox: Sandbox, limits: Limits) -> None:
        order = list(NOTEBOOKS)
        before = order[: order.index(notebook)]
        self.owned = {name for name, stub in EXERCISES.items() if stub.notebook == notebook}
        self.earlier = {name for name, stub in EXERCISES.items() if stub.notebook in before}
        self._sandbox = sandbox
        self._limits = limits
        self._end = time.monotonic() + limits.notebook
        self._deadline = self._end
        self._worker: Worker | None = None
        self._peer: Peer | None = None
        self._ran: list[str] = []  # the cells that a fresh worker runs again

    def begin_cell(self) -> None:
        """Start the clock of the next cell."""
        self._deadline = min(self._end, time.monotonic() + self._limits.cell)

    def run_cell(self, source: str) -> Outputs:
        """Run a cell in the worker and put a proxy in the place of every function it fills."""
        try:
            reply, pictures = self._ask_to_run(source)
        except LostError as error:
            return [_error("LostError", str(error))]
        self._ran.append(source)
        answers = workbook.current().answers
        for name in self.owned.intersection(_strings(reply.get("filled"))):
            answers[name] = self._proxy(name)
        return _outputs(reply, pictures)

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()
        self._worker = self._peer = None

    def _proxy(self, name: str) -> Function:
        def proxy(*arguments: Any) -> Any:
            with self._conversation() as peer:
                return peer.call(name, arguments)

        return proxy

    def _ask_to_run(self, source: str) -> tuple[Message, list[bytes]]:
        with self._conversation() as peer:
            return peer.ask({"cell": source})

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[Peer]:
        try:
            peer = self._peer or self._fresh()
            peer.channel.deadline = self._deadline
            yield peer
        except BreachError as error:
            self.close()
            raise LostError(f"the process with this notebook's answers {error}") from None

    def _fresh(self) -> Peer:
        if time.monotonic() >= self._deadline:
            raise BreachError("took too long")
        self._worker = self._sandbox.start()
        self._peer = peer = Peer(self._worker.channel, self._earlier)
        peer.channel.deadline = self._deadline
        peer.channel.send({"earlier": sorted(self.earlier)})
        again, self._ran = self._ran, []
        for source in again:
            peer.ask({"cell": source})
            self._ran.append(source)  # a cell that ends this worker is not run another time
        return peer

    def _earlier(self, name: str) -> Function:
        if name not in self.earlier:
            raise StudentError(f"{name} is no exercise of an earlier notebook")
        return EXERCISES[name]


def grade(job: Message, sandbox: Sandbox) -> Iterator[tuple[int, Outputs]]:
    """Run a notebook: (index of a code cell, its outputs), in order.

    Args:
        job: "notebook" (JSON, hidden tests and the student's cells in their places), "name",
            "seed", "limits", and "answers", the JSON file of the earlier answers.
        sandbox: starts the student's workers.
    """
    os.environ["W2V_SEED"] = str(job["seed"])
    os.environ[workbook.ANSWERS_VARIABLE] = job["answers"]
    workbook.open_notebook(job["name"])
    notebook = nbformat.reads(job["notebook"], as_version=4)
    student = Student(job["name"], sandbox, Limits(**job["limits"]))
    tests = Tests(student.owned)
    opening = True
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        student.begin_cell()
        if is_graded(cell) and not is_solution(cell):
            yield index, tests.run(cell.source)
        elif (name := derivation_name(cell)) is not None:
            workbook.current().derivations[name] = cell.source.partition("\n")[2]
            yield index, []
        else:
            opening = opening and not is_solution(cell)
            if opening and cell.metadata.get("nbgrader", {}).get("locked"):
                tests.run(cell.source)
            outputs = student.run_cell(cell.source)
            if not is_solution(cell) and any(out.output_type == "error" for out in outputs):
                outputs = [_text("[This cell of the course does not run while grading.]")]
            yield index, outputs
    student.close()


class Tests:
    """The namespace in which the cells of hidden tests run, and how they are run."""

    def __init__(self, exercises: Iterable[str]) -> None:
        stubs = {name: EXERCISES[name] for name in exercises}  # what `@w2v.fill` leaves in a kernel
        self.namespace: dict[str, Any] = {"__name__": "__main__", **stubs}

    def run(self, source: str) -> Outputs:
        """Run a cell as a kernel would: printed text, the value of its last line, or its error."""
        printed = io.StringIO()
        outputs: Outputs = []
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                value = self._value(source)
                if value is not None:
                    text = repr(float(value)) if isinstance(value, int | float) else repr(value)
                    outputs.append(new_output("execute_result", {"text/plain": text}))
            except BaseException as error:
                outputs.append(_error(type(error).__name__, describe(error)["text"]))
        if printed.getvalue():
            outputs.insert(0, _text(printed.getvalue()))
        return outputs

    def _value(self, source: str) -> Any:
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(_compiled(tree), self.namespace)
        if isinstance(last, ast.Expr):
            return eval(_compiled(ast.Expression(last.value)), self.namespace)
        return None


def _compiled(tree: ast.Module | ast.Expression) -> CodeType:
    return compile(tree, "<hidden tests>", "exec" if isinstance(tree, ast.Module) else "eval")


# Outputs: text and pictures, made here from what the worker sent ------------------------------


def _outputs(reply: Message, pictures: list[bytes]) -> Outputs:
    outputs = []
    if printed := reply.get("printed"):
        outputs.append(_text(str(printed)))
    for text in _strings(reply.get("texts")):
        outputs.append(new_output("display_data", {"text/plain": text[:MAX_PRINTED]}))
    for picture in pictures:
        if picture.startswith(PNG) and len(picture) <= MAX_PICTURE:
            data = {"image/png": base64.b64encode(picture).decode()}
            outputs.append(new_output("display_data", data))
    if isinstance(error := reply.get("error"), dict):
        kind, line = plain(error.get("type", "")), plain(error.get("line", ""))
        outputs.append(_error(kind, f"{plain(error.get('text', ''))} ({line})"))
    return outputs


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _text(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text[:MAX_PRINTED])


def _error(kind: str, text: str) -> NotebookNode:
    """An error without a traceback, for that would show the lines of the hidden tests."""
    return new_output("error", ename=kind, evalue=text, traceback=[f"{kind}: {text}"])


# The bench ------------------------------


def bench() -> None:
    """Judge one job after another: jobs come as lines on stdin, outputs leave as lines on stdout.

    The first line out tells the state of the sandbox: {"missing": [...], "warm": bool} or
    {"refused": reason}; after each job's outputs comes the line {"done": ...}.
    """
    jobs, results = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    limits, options = json.loads(jobs.readline()).values()
    import w2v.checks
    import w2v.derivation.judge  # noqa: F401  (judges are forked with all this in place)
    from w2v.derivation.parse import syntax

    syntax("J")

    try:
        sandbox = Sandbox(Limits(**limits), **options)
    except SetupError as error:
        print(json.dumps({"refused": str(error)}), file=results, flush=True)
        return
    print(json.dumps({"missing": sandbox.missing, "warm": sandbox.warm}), file=results, flush=True)
    try:
        while line := jobs.readline():
            sandbox.keep_warm()
            _judge_in_child(json.loads(line), sandbox, results, jobs.fileno())
    finally:
        sandbox.close()


def _judge_in_child(job: Message, sandbox: Sandbox, results: Any, stop: int) -> None:
    """Fork a judge for one job and pass its lines on, until it ends, is late, or `stop` closes."""
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        _judge(job, sandbox, os.fdopen(target, "w"))
    os.close(target)
    late = time.monotonic() + 2 * sandbox.limits.notebook + 30
    above = {child, sandbox.warm_process or child}
    with os.fdopen(source, "rb", buffering=0) as lines:
        while True:
            ready, *_ = select.select([source, stop], [], [], TICK)
            if not ready and time.monotonic() < late:
                end_if_too_large(above, sandbox.limits.total)
                continue
            data = lines.read(1 << 16) if source in ready else b""
            if not data:
                break
            results.write(data.decode("ascii"))
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    print(json.dumps({"done": status}), file=results, flush=True)


def _judge(job: Message, sandbox: Sandbox, lines: Any) -> None:
    status = 1
    try:
        resource.setrlimit(resource.RLIMIT_AS, (JUDGE_MEMORY, JUDGE_MEMORY))
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: not without the bench
        with tempfile.TemporaryDirectory(prefix="w2v-judge-") as folder:
            os.chdir(folder)
            answers = Path(folder) / "answers.json"
            answers.write_text(json.dumps(job["answers"]), encoding="utf-8")
            for index, outputs in grade(job | {"answers": str(answers)}, sandbox):
                print(json.dumps([index, outputs]), file=lines, flush=True)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    from w2v.grading.judge import bench as _bench  # not as __main__: pickles, errors, tests

    _bench()
