"""Several processes that train the same vectors at once, on shared memory.

Each worker takes every n-th chunk of the text and changes the shared rows without asking the
others: two that change one row at the same time may lose a step, which stochastic gradient descent
does not mind (Niu et al. 2011, Hogwild). Vectors and tokens are files mapped into the memory of
all. The student's functions travel as source text, so a worker need not be a copy of this process:
it is a new one, as on Windows and macOS.
"""

import json
import linecache
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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
    with TemporaryDirectory(prefix="w2v-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_plan(run, folder, workers)
        state.V, state.U = _shared(folder, "V"), _shared(folder, "U")
        try:
            with _started(folder, workers) as lines:
                _follow(run, lines, workers)
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
        "chunk": run.state.chunk,
        "last": run.last,
        "workers": workers,
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
            sources[name] = workbook._source(name, Path(file))
        else:
            sources[name] = "".join(linecache.getlines(file))
        if not sources[name]:
            raise StudentError(
                f"The source of {name} cannot be found, which several workers need. "
                "Define it in a notebook or a file, or train with workers=1."
            )
    return sources


@contextmanager
def _started(folder: Path, workers: int) -> Iterator[Iterator[str]]:
    """Start the processes; gives the lines they report until the last one ends."""
    reading, writing = os.pipe()
    environment = {
        **os.environ,
        **dict.fromkeys(THREADS, "1"),
        workbook.ANSWERS_VARIABLE: str(folder / "answers.json"),
    }
    command = [sys.executable, "-m", "w2v.workers", str(folder)]
    with open(reading, encoding="utf-8") as lines:
        processes = [
            # One pipe for all: short lines arrive whole. A session of their own: Ctrl-C is for us.
            subprocess.Popen(
                [*command, str(rank)], stdout=writing, env=environment, start_new_session=True
            )
            for rank in range(workers)
        ]
        os.close(writing)
        try:
            yield lines
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def _follow(run: Run, lines: Iterator[str], workers: int) -> None:
    """Note what the workers report, until they end or the time is over."""
    following = [run.state.chunk + rank for rank in range(workers)]
    for line in lines:
        report = json.loads(line)
        if "error" in report:
            raise StudentError(report["error"])
        following[report["rank"]] = report["chunk"] + workers
        run.advance(report["words"], report["loss"], min(*following, run.last))
    if not run.finished and run.in_time():
        raise SetupError("A worker process ended early: see its message above, or use workers=1.")


def work(folder: Path, rank: int) -> None:
    """What a worker does: train its chunks and report each as a line of JSON."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    V, U = _shared(folder, "V"), _shared(folder, "U")
    settings = Settings(**plan["settings"])
    counts = np.load(folder / "counts.npy")
    vocabulary = Vocabulary([""] * len(counts), counts)
    tokens, starts = (
        np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("tokens", "starts")
    )
    chunks = Chunks(Corpus("", vocabulary, tokens, starts), settings.seed)

    def in_time() -> bool:
        return time.time() < plan["deadline"]

    learner = Learner(chunks, settings, in_time)
    for chunk in range(plan["chunk"] + rank, plan["last"], plan["workers"]):
        words, loss = learner.learn(chunk, V, U)
        if not in_time():
            return
        report(rank=rank, chunk=chunk, words=words, loss=loss)


def report(**facts: Any) -> None:
    """Send a line to the process that started this one, whole, for others write there too."""
    os.write(sys.stdout.fileno(), (json.dumps(facts) + "\n").encode())


def main(folder: str, rank: str) -> None:
    """A worker process, from its beginning to its end."""
    try:
        work(Path(folder), int(rank))
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
