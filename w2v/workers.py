"""Several processes that train the same vectors at once, on shared memory.

A worker takes the next chunk of the text whenever it is done with one, and changes the shared rows
without asking the others: two that change one row at the same time may lose a step, which
stochastic gradient descent does not mind (Niu et al. 2011, Hogwild). Vectors and tokens are files
mapped into the memory of all. The student's functions travel as source text, so a worker need not
be a copy of this process: it is a new one, as on Windows and macOS.
"""

import json
import linecache
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from io import FileIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

import numpy as np

from w2v import workbook
from w2v.corpus import Corpus
from w2v.descent import Learner, too_short
from w2v.errors import SetupError, StudentError
from w2v.exercises import EXERCISES
from w2v.exercises.batches import batch_gradients
from w2v.run import Run, Settings
from w2v.sampling import Chunks
from w2v.vocabulary import Vocabulary

ORDER = 8
"""Bytes of an order: the number of a chunk."""
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Set to 1 in a worker: it is the processes that run in parallel."""


def train_workers(run: Run, workers: int) -> None:
    """Train in `workers` processes.

    Raises:
        NotFilledError: batch_gradients has no answer yet.
        StudentError: see `w2v.train`; or the source of an answer cannot be found.
        SetupError: a process ended without a word.
    """
    workbook.answer(batch_gradients)  # raises at once where there is none
    state = run.state
    if run.finished:
        return
    with TemporaryDirectory(prefix="w2v-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_plan(run, folder, workers)
        state.V, state.U = _shared(folder, "V"), _shared(folder, "U")
        try:
            with _started(folder, workers) as (orders, reports):
                _follow(run, orders, reports, ahead=2 * workers)
        finally:
            state.V, state.U = state.V.copy(), state.U.copy()
    if run.finished and not state.losses:
        raise too_short()


def _write_plan(run: Run, folder: Path, workers: int) -> None:
    """Write down all that a worker needs."""
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


@contextmanager
def _started(folder: Path, workers: int) -> Iterator[tuple[FileIO, TextIO]]:
    """Start the processes, with one pipe for the orders to all of them, and one for their reports.

    A pipe hands out a short message whole: to one of those who read it, from one who writes to it.
    """
    theirs, orders = os.pipe()
    reports, writing = os.pipe()
    environment = {
        **os.environ,
        **dict.fromkeys(THREADS, "1"),
        workbook.ANSWERS_VARIABLE: str(folder / "answers.json"),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "w2v.workers", str(folder)],
            stdin=theirs,
            stdout=writing,
            env=environment,
            start_new_session=True,  # Ctrl-C is for this process alone
        )
        for _ in range(workers)
    ]
    os.close(theirs)
    os.close(writing)
    with FileIO(orders, "w") as sending, open(reports, encoding="utf-8") as receiving:
        try:
            yield sending, receiving
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def _follow(run: Run, orders: FileIO, reports: TextIO, ahead: int) -> None:
    """Order one chunk after the other, `ahead` of them at a time, and note what is reported."""
    waiting = iter(range(run.state.chunk, run.last))
    ordered: set[int] = set()

    def order(count: int) -> None:
        for chunk in islice(waiting, count):
            ordered.add(chunk)
            with suppress(BrokenPipeError):  # nobody is left to read: the reports say why
                orders.write(chunk.to_bytes(ORDER, "big"))

    order(ahead)
    for line in reports:
        report = json.loads(line)
        if "error" in report:
            raise StudentError(report["error"])
        ordered.remove(report["chunk"])
        order(1)
        run.advance(report["words"], report["loss"], min(ordered, default=run.last))
        if not ordered:
            return
    if run.in_time():
        raise SetupError("All worker processes ended early: see above why, or use workers=1.")


def work(folder: Path) -> None:
    """What a worker does: train the chunks it is ordered to, and report each."""
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
    while in_time() and (order := os.read(sys.stdin.fileno(), ORDER)):
        chunk = int.from_bytes(order, "big")
        words, loss = learner.learn(chunk, V, U)
        if in_time():
            report(chunk=chunk, words=words, loss=loss)


def report(**facts: Any) -> None:
    """Send a line to the process that started this one, whole, for others write there too."""
    os.write(sys.stdout.fileno(), (json.dumps(facts) + "\n").encode())


def main(folder: str) -> None:
    """A worker process, from its beginning to its end."""
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
