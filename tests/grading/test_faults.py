"""What goes wrong around grading: no mark is lost, none is half-written, the message is clear."""

import errno
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from nbconvert.writers import FilesWriter

from tests.conftest import run
from tests.grading import small
from tests.grading.course import CLASS, EXPECTED, hand_in, marks
from w2v.grading import run as running
from w2v.grading.grade import grade

pytestmark = pytest.mark.slow
SLOW = "import time; time.sleep(1.5)\n"


def test_a_locked_gradebook(course: Path) -> None:
    with sqlite3.connect(course / "gradebook.db", isolation_level=None) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        summary = grade(course, ["ada"])
        lock.execute("ROLLBACK")
    assert "locked" in summary.failed["ada"]
    assert grade(course).failed == {}
    assert marks(course) == EXPECTED


def test_a_full_disk(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FilesWriter, "write", full)
        summary = grade(course, ["ada", "bob"])
    assert all("No space left" in why for why in summary.failed.values())
    assert len(summary.failed) == 2
    assert grade(course).failed == {}
    assert marks(course) == EXPECTED


def test_a_bench_that_is_killed_costs_a_retry(course: Path) -> None:
    hand_in(course, "ada", SLOW + small.SOFTMAX, small.CROSS_ENTROPY)

    def kill_one() -> None:
        while not running._benches:
            time.sleep(0.05)
        time.sleep(1)
        running._benches[0].process.kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    summary = grade(course, workers=1)
    killer.join()
    assert not summary.failed
    assert marks(course) == EXPECTED


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_is_taken_up_where_it_stopped(course: Path, end: int) -> None:
    for student, (softmax, cross_entropy, _) in CLASS.items():
        hand_in(course, student, SLOW + softmax, cross_entropy)
    journal = course / "autograded" / ".word2vec.jsonl"
    command = [sys.executable, "-m", "w2v", "grade", "--workers", "1"]
    heeded = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # parallel pytest ignores Ctrl-C
    process = subprocess.Popen(
        command, cwd=course, stderr=subprocess.PIPE, text=True, preexec_fn=heeded
    )
    while not journal.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(end)
    process.communicate(timeout=60)
    summary = grade(course)
    assert summary.skipped
    assert summary.graded
    assert sorted(summary.skipped + summary.graded) == sorted(CLASS)
    assert marks(course) == EXPECTED


def test_a_torn_journal_costs_one_student_a_second_grading(course: Path) -> None:
    grade(course)
    journal = course / "autograded" / ".word2vec.jsonl"
    journal.write_text(journal.read_text()[:-20])
    summary = grade(course)
    assert len(summary.graded) == 1
    assert marks(course) == EXPECTED


def test_a_release_that_does_not_fit_the_gradebook(course: Path) -> None:
    release = course / "release" / "word2vec" / f"{small.NAME}.ipynb"
    release.write_text(release.read_text().replace("softmax-inputs", "softmax-other"))
    done = run("w2v", "grade", cwd=course)
    assert done.returncode != 0
    assert "w2v build" in done.stdout + done.stderr


def test_no_process_outlives_its_coordinator(course: Path) -> None:
    hand_in(course, "ada", "import time; time.sleep(60)", "")
    command = [sys.executable, "-m", "w2v", "grade", "ada"]
    process = subprocess.Popen(command, cwd=course, stderr=subprocess.DEVNULL)
    while len(started := psutil.Process(process.pid).children(recursive=True)) < 4:
        assert process.poll() is None
        time.sleep(0.1)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(child.is_running() for child in started) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [child for child in started if child.is_running()]
