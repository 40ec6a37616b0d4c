"""Where a student's worker runs: bubblewrap's namespaces, another user, hard limits.

`Sandbox` starts workers, warm ones where the system allows nested namespaces, and `Worker.kill`
ends one with everything that it has started.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import w2v
from w2v.errors import SetupError
from w2v.grading.protocol import BreachError, Channel

PACKAGE = Path(w2v.__file__).parent
SHARED = (  # all of the package that a student's code can see
    *("__init__.py", "errors.py", "workbook.py", "exercises"),
    *("grading/__init__.py", "grading/protocol.py", "grading/worker.py"),
)
BOOT = "import sys; sys.path.insert(0, {!r}); from w2v.grading.worker import main; main()"
UNSAFE_VARIABLE = "W2V_UNSAFE"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONDONTWRITEBYTECODE": "1",
    # A second thread would count as a process, and cannot be forked warm.
    **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "NUMBA")},
}


@dataclass(frozen=True)
class Limits:
    """What one student's notebook may use; sizes in bytes, times in seconds."""

    cell: float = 20  # a cell, with all the answers that it calls
    notebook: float = 120  # all cells together
    memory: int = 2 << 30  # of each process
    total: int = 3 << 30  # of all processes together, looked at every quarter of a second
    processes: int = 32
    files: int = 64
    file_size: int = 32 << 20
    scratch: int = 64 << 20  # the folder that the student's code may write to


class Worker:
    """A running worker: the channel to it, and the means to end it."""

    def __init__(
        self, channel: Channel, process: subprocess.Popen[bytes] | None, hold: int
    ) -> None:
        self.channel = channel
        self._process = process
        self._hold = hold

    def kill(self) -> None:
        """End the worker and everything that it started."""
        self.channel.stream.close()
        os.close(self._hold)  # a warm worker's supervisor waits for this
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Sandbox:
    """Starts workers, one after another.

    Attributes:
        missing: the protections that this system does not offer, one sentence each.
        warm: whether workers are forked from a process that has its imports done.

    Raises:
        SetupError: there are no namespaces here and `unsafe` is not set.
    """

    def __init__(self, limits: Limits, unsafe: bool = False, warm: bool = True) -> None:
        self.limits = limits
        self.missing: list[str] = []
        self.warm = False
        self._zygote: tuple[socket.socket, subprocess.Popen[bytes]] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="w2v-")
        self._shelf = _fill_shelf(Path(self._folder.name) / "course")
        self._confined = True
        self.warm = warm and self._can_start(warm=True)
        if not self.warm and not self._can_start(warm=False):
            self._confined = False
            self.missing.append(
                f"NO NAMESPACES: students' code runs as {'ROOT' if _is_root() else 'this user'}, "
                "can read its files, use the network and leave processes behind (bubblewrap is "
                "missing or may not make namespaces here)"
            )
            if not (unsafe or os.environ.get(UNSAFE_VARIABLE) == "1"):
                raise SetupError(
                    f"Refusing to run students' code: {self.missing[0]}. Install bubblewrap "
                    f"(`apt install bubblewrap`), or set {UNSAFE_VARIABLE}=1 to go on all the same."
                )

    def start(self) -> Worker:
        """A worker that is ready for its first request.

        Raises:
            SetupError: it does not start.
        """
        ours, theirs = socket.socketpair()
        hold, lifeline = os.pipe()[::-1]
        try:
            process = None
            if self.warm:
                self._ask_zygote(theirs.fileno(), lifeline)
            else:
                process = self._launch(theirs, warm=False)
        finally:
            theirs.close()
            os.close(lifeline)
        worker = Worker(Channel(ours), process, hold)
        try:
            worker.channel.deadline = time.monotonic() + 60
            worker.channel.receive()
        except BreachError as error:
            worker.kill()
            raise SetupError("a student's worker does not start") from error
        return worker

    def close(self) -> None:
        """End the process that warm workers are forked from, and with it all workers."""
        if self._zygote is not None:
            control, process = self._zygote
            control.close()
            process.kill()
            process.wait()
            self._zygote = None
        self._folder.cleanup()

    def _can_start(self, warm: bool) -> bool:
        self.warm = warm
        try:
            self.start().kill()
            return True
        except (SetupError, OSError):
            self._zygote = None
            return False

    def keep_warm(self) -> None:
        """Replace the process that warm workers are forked from, should it have ended.

        Only the process that made this sandbox can tell: to its forks another's child has ended.
        """
        if self.warm and (self._zygote is None or self._zygote[1].poll() is not None):
            self._start_zygote()

    @property
    def warm_process(self) -> int | None:
        """The number of the process that warm workers descend from."""
        return self._zygote[1].pid if self._zygote is not None else None

    def _ask_zygote(self, *descriptors: int) -> None:
        try:
            if self._zygote is not None:
                socket.send_fds(self._zygote[0], [b"+"], descriptors)
                return
        except OSError:
            pass  # it has ended
        socket.send_fds(self._start_zygote(), [b"+"], descriptors)

    def _start_zygote(self) -> socket.socket:
        control, theirs = socket.socketpair()
        with theirs:
            self._zygote = control, self._launch(theirs, warm=True)
        return control

    def _launch(self, stream: socket.socket, warm: bool) -> subprocess.Popen[bytes]:
        root = _is_root()
        shelf = "/course" if self._confined else str(self._shelf)
        scratch = "/scratch" if self._confined else tempfile.mkdtemp(dir=self._folder.name)
        limits = {
            "AS": self.limits.memory,
            "CPU": int(self.limits.notebook),
            "NPROC": self.limits.processes,
            "NOFILE": self.limits.files,
            "FSIZE": self.limits.file_size,
            "CORE": 0,
            # Process limits do not bind root and are counted for each user: one user per worker.
            # Outside of the sandbox another user might not be able to read the interpreter.
            "uid": 20_000 + os.getpid() % 40_000 if root and self._confined else None,
            "scratch": self.limits.scratch,
            "folder": scratch,
            "warm": warm,
        }
        python = [sys.executable, "-I", "-c", BOOT.format(shelf)]
        command = [*python, str(stream.fileno()), json.dumps(limits)]
        places = dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR"), scratch)
        if self._confined:
            command = _bubblewrap(self._shelf, self.limits, root, warm) + command
        return subprocess.Popen(
            command,
            env=ENVIRONMENT | places,
            pass_fds=[stream.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def _is_root() -> bool:
    return os.geteuid() == 0


def _fill_shelf(shelf: Path) -> Path:
    """Copy what students may see of the package: no oracle, no checks, no grading."""
    for name in SHARED:
        source, target = PACKAGE / name, shelf / "w2v" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return shelf


def _bubblewrap(shelf: Path, limits: Limits, root: bool, warm: bool) -> list[str]:
    """The command line in front of the worker's: an almost empty system, read-only."""
    program = shutil.which("bwrap")
    if program is None:
        raise FileNotFoundError("bwrap")
    options = ["--die-with-parent", "--new-session", "--hostname", "grading"]
    options += [
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
    if not root:
        options += ["--unshare-user", "--uid", "0", "--gid", "0"]
    options += ["--cap-drop", "ALL"]
    for capability in ("SETPCAP", *(["SETUID", "SETGID", "KILL"] if root else [])):
        options += ["--cap-add", f"CAP_{capability}"]
    if warm:
        options += ["--cap-add", "CAP_SYS_ADMIN"]  # given up before the student's code runs
    paths = _interpreter()
    for folder in sorted({str(parent) for path in paths for parent in path.parents} | {"/dev"}):
        if folder != "/":  # left to bubblewrap, these would be closed to the other user
            options += ["--perms", "755", "--dir", folder]
    for path in paths:
        options += ["--ro-bind", str(path), str(path)]
    for device in ("null", "zero", "random", "urandom"):
        options += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    options += ["--ro-bind", str(shelf), "/course"]
    options += ["--perms", "1777", "--size", str(limits.scratch), "--tmpfs", "/scratch"]
    return [program, *options, "--remount-ro", "/", "--"]


@cache
def _interpreter() -> list[Path]:
    """The folders that Python needs, parents first; the package itself is not among them."""
    prefixes = {Path("/"), Path("/usr"), Path(sys.prefix), Path(sys.base_prefix)}
    names = ("bin", "lib", "lib64", "pyvenv.cfg", "etc/ld.so.cache", "etc/alternatives")
    paths = {prefix / name for prefix in prefixes for name in names if (prefix / name).exists()}
    return sorted(paths, key=lambda path: len(path.parts))
