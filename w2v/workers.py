"""Several processes that train the same vectors at once, on shared memory.

This process is one of them. Each takes the next chunk of the text whenever it is done with one,
and changes the shared rows without asking the others: two that change one row at the same time may
lose a step, which stochastic gradient descent does not mind (Niu et al. 2011, Hogwild). Vectors and
tokens are files mapped into the memory of all. The student's functions travel as source text, so a
helper need not be a copy of this process: it is a new one, as on Windows and macOS. While the
helpers start, this process trains already.
"""

import json
import linecache
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import numpy as np

from w2v import workbook
from w2v.corpus import Corpus
from w2v.descent import Learner, too_short
from w2v.errors import SetupError, StudentError
from w2v.exercises import EXERCISES
from w2v.run import Run, Settings
from w2v.sampling import Chunks
from w2v.vocabulary import Vocabulary

ORDER = 8
"""Bytes of an order: the number of a chunk."""
AHEAD = 3
"""Chunks that a helper has before it, so that it never waits for the next order."""
PATIENCE = 1.0
"""Seconds until a helper that says nothing is looked after."""
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Set to 1 in a worker: it is the processes that run in parallel."""


def train_workers(run: Run, workers: int) -> None:
    """Train in `workers` processes, of which this is one.

    Raises:
        NotFilledError: batch_gradients has no answer yet.
        StudentError: see `w2v.train`; or the source of an answer cannot be found.
        SetupError: a process ended without a word.
    """
    learner = Learner(run.chunks, run.settings, run.in_time)
    state = run.state
    if run.finished:
        return
    with TemporaryDirectory(prefix="w2v-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_plan(run, folder)
        state.V, state.U = _shared(folder, "V"), _shared(folder, "U")
        try:
            with Helpers(folder, workers - 1, run.in_time) as helpers:
                _share_out(run, learner, helpers)
        finally:
            state.V, state.U = state.V.copy(), state.U.copy()
    if run.finished and not state.losses:
        raise too_short()


def _write_plan(run: Run, folder: Path) -> None:
    """Write down all that a helper needs."""
    corpus = run.corpus
    arrays = {
        "V": run.state.V,
        "U": run.state.U,
        "tokens": corpus.tokens,
        "starts": corpus.starts,
        "counts": corpus.vocabulary.counts,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    plan = {
        "settings": asdict(run.settings),
        "deadline": time.time() + run.deadline - time.monotonic(),
    }
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    (folder / "answers.json").write_text(json.dumps(_sources()), encoding="utf-8")


def _shared(folder: Path, name: str) -> np.ndarray:
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r+"))


def _sources() -> dict[str, str]:
    """The source of every answer of this process, by the function's name."""
    sources = {}
    for name, exercise in EXERCISES.items():
        try:
            function: Any = workbook.answer(exercise)
        except StudentError:
            continue  # what is needed and not there will be named by the worker
        file = function.__code__.co_filename
        if file.endswith((".ipynb", ".json")):
            sources[name] = workbook.source(name, Path(file))
        else:
            sources[name] = "".join(linecache.getlines(file))
        if not sources[name]:
            raise StudentError(
                f"The source of {name} cannot be found, which several workers need. "
                "Define it in a notebook or a file, or train with workers=1."
            )
    return sources


class Helpers:
    """Other processes that train, with one pipe for the orders to all, and one for their reports.

    A pipe hands out a short message whole: to one of those who read it, from one who writes to it.

    Attributes:
        ready: how many have started. Nothing is ordered before: where this process is done by
            then, the first chunks, and their large steps, would come last.
    """

    def __init__(self, folder: Path, number: int, in_time: Callable[[], bool]) -> None:
        self.in_time = in_time
        theirs, self.orders = os.pipe()
        reports, writing = os.pipe()
        environment = {
            **os.environ,
            **dict.fromkeys(THREADS, "1"),
            workbook.ANSWERS_VARIABLE: str(folder / "answers.json"),
        }
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "w2v.workers", str(folder)],
                stdin=theirs,
                stdout=writing,
                env=environment,
                start_new_session=True,  # Ctrl-C is for this process alone
            )
            for _ in range(number)
        ]
        os.close(theirs)
        os.close(writing)
        self.ready = 0
        self.reports: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.reader = Thread(target=self._read, args=(reports,), daemon=True)
        self.reader.start()

    def _read(self, reports: int) -> None:
        with open(reports, encoding="utf-8") as lines:
            for line in lines:
                self.reports.put(json.loads(line))

    def order(self, chunk: int) -> None:
        """Let one of them train a chunk."""
        with suppress(BrokenPipeError):  # nobody is left to read: `report` says why
            os.write(self.orders, chunk.to_bytes(ORDER, "big"))

    def report(self, wait: bool) -> dict[str, Any] | None:
        """The next report of a chunk, None if there is none yet; `wait` a moment for it.

        Raises:
            StudentError: training failed in a helper.
            SetupError: a helper ended without a word.
        """
        ended = any(process.poll() is not None for process in self.processes)
        try:
            report = self.reports.get(timeout=PATIENCE if wait or ended else 0)
        except Empty:
            if ended and self.in_time():
                raise SetupError(
                    "A worker process ended early: see above why, or use workers=1."
                ) from None
            return None
        if "error" in report:
            raise StudentError(report["error"])
        if "ready" in report:
            self.ready += 1
            return None
        return report

    def __enter__(self) -> "Helpers":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.orders)
        for process in self.processes:
            process.terminate()
            process.wait()
        self.reader.join()


def _share_out(run: Run, learner: Learner, helpers: Helpers) -> None:
    """Train chunk by chunk here, and let the helpers train others; note what each has done."""
    state = run.state
    waiting = range(state.chunk, run.last)
    begun: set[int] = set()

    def begin() -> int:
        nonlocal waiting
        chunk, waiting = waiting[0], waiting[1:]
        begun.add(chunk)
        return chunk

    def note(chunk: int, words: int, loss: float) -> None:
        if run.in_time():
            begun.remove(chunk)
        run.advance(words, loss, min(begun, default=waiting.start))

    while run.in_time() and (waiting or begun):
        while waiting and len(begun) < AHEAD * helpers.ready:
            helpers.order(begin())
        idle = not waiting
        if not idle:
            chunk = begin()
            note(chunk, *learner.learn(chunk, state.V, state.U))
        while report := helpers.report(wait=idle):
            note(**report)
            idle = False


def work(folder: Path) -> None:
    """What a helper does: train the chunks it is ordered to, and report each."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    V, U = _shared(folder, "V"), _shared(folder, "U")
    settings = Settings(**plan["settings"])
    counts = np.load(folder / "counts.npy")
    tokens = np.load(folder / "tokens.npy", mmap_mode="r")
    starts = np.load(folder / "starts.npy", mmap_mode="r")
    corpus = Corpus("", Vocabulary([""] * len(counts), counts), tokens, starts)

    def in_time() -> bool:
        return time.time() < plan["deadline"]

    learner = Learner(Chunks(corpus, settings.seed), settings, in_time)
    report(ready=True)
    while in_time() and (order := os.read(sys.stdin.fileno(), ORDER)):
        chunk = int.from_bytes(order, "big")
        words, loss = learner.learn(chunk, V, U)
        if in_time():
            report(chunk=chunk, words=words, loss=loss)


def report(**facts: Any) -> None:
    """Send a line to the process that started this one, whole, for others write there too."""
    os.write(sys.stdout.fileno(), (json.dumps(facts) + "\n").encode())


def main(folder: str) -> None:
    """A helper, from its beginning to its end."""
    try:
        work(Path(folder))
    except StudentError as error:
        report(error=str(error))
    except BrokenPipeError:
        pass  # training was stopped
    except Exception as error:
        report(
            error=f"In a worker, batch_gradients failed with {type(error).__name__}: {error}. "
            "Helper functions must stand in its cell; workers=1 shows the line."
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
