"""Grading on a Dask cluster, of which a worker is killed on the way."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.grading.course import CLASS, EXPECTED, hand_in, marks
from w2v.errors import SetupError
from w2v.grading.grade import grade

pytestmark = pytest.mark.slow
Cluster = tuple[str, list["subprocess.Popen[bytes]"]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """The address of a scheduler with two workers, and these."""
    where = tmp_path / "scheduler.json"
    with ExitStack() as stack:

        def start(*words: str) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", "dask", *words, "--scheduler-file", str(where)]
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=tmp_path)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        workers = [
            start("worker", "--no-nanny", "--nthreads", "1", "--no-dashboard") for _ in range(2)
        ]
        while not where.exists():
            time.sleep(0.1)
        yield json.loads(where.read_text())["address"], workers


def test_a_cluster_that_loses_a_worker_gives_the_same_marks(course: Path, cluster: Cluster) -> None:
    for student, (softmax, cross_entropy, _) in CLASS.items():
        hand_in(course, student, f"import time; time.sleep(1.5)\n{softmax}", cross_entropy)
    address, workers = cluster
    journal = course / "autograded" / ".word2vec.jsonl"

    def kill_one() -> None:
        while not journal.exists():
            time.sleep(0.05)
        workers[0].kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    summary = grade(course, scheduler=address)
    killer.join()
    assert not summary.failed
    assert workers[0].poll() is not None
    assert marks(course) == EXPECTED


def test_a_cluster_that_is_not_there_is_named(course: Path) -> None:
    with pytest.raises(SetupError, match=r"127\.0\.0\.1:9"):
        grade(course, scheduler="tcp://127.0.0.1:9")
