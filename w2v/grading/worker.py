"""The student's side of grading: runs the cells and answers the calls; nothing here is trusted.

Started by `w2v.grading.sandbox` in a view of the system that holds the interpreter and the stubs
alone. Either it *is* the worker, or (warm) it forks one for each request, in fresh namespaces.
"""

import contextlib
import ctypes
import importlib
import io
import json
import linecache
import os
import resource
import select
import signal
import socket
import sys
import types
from collections.abc import Iterator
from functools import partial
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from w2v import workbook
from w2v.grading.protocol import (
    BreachError,
    Channel,
    Function,
    Message,
    Peer,
    describe,
)

MAX_PRINTED = 50_000  # characters a cell may print
MAX_PICTURES = 8
SCRATCH = "/scratch"

# Running cells and answering calls ------------------------------


class Printed(io.StringIO):
    """Keeps the beginning of what is printed and forgets the rest."""

    def write(self, text: str) -> int:
        """Keep `text` while there is room."""
        room = MAX_PRINTED - self.tell()
        if room > 0:
            super().write(text[:room])
            if len(text) >= room:
                super().write("\n[the rest of the output is left out]")
        return len(text)


class Runner:
    """One student's notebook: a shell without a kernel."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self.shell = InteractiveShell.instance(config=config)
        for report in ("showtraceback", "showsyntaxerror"):
            setattr(self.shell, report, _say_nothing)

    def connect(self, channel: Channel, earlier: list[str]) -> Peer:
        """Take up the conversation with the judge; `earlier` exercises are answered there."""
        self.peer = Peer(channel, self._answer, student_line, self._run_cell)
        self.earlier = {name: (0, partial(self._ask_earlier, name)) for name in earlier}
        return self.peer

    def _ask_earlier(self, name: str, *arguments: Any) -> Any:
        return self.peer.call(name, arguments)

    def _answer(self, name: str) -> Function:
        """The student's function `name`; what it prints is dropped."""
        function = workbook.current().answers[name]

        def quietly(*arguments: Any) -> Any:
            with _output_to(Printed()):
                return function(*arguments)

        return quietly

    def _run_cell(self, source: str) -> None:
        printed = Printed()
        with _output_to(printed), capture_output(stdout=False, stderr=False) as shown:
            result = self.shell.run_cell(source, store_history=False)
        reply: Message = {"reply": "ran", "printed": printed.getvalue(), "texts": []}
        pictures: list[bytes] = []
        for output in shown.outputs:
            if "image/png" in output.data and len(pictures) < MAX_PICTURES:
                pictures.append(_bytes(output.data["image/png"]))
            elif "text/plain" in output.data:
                reply["texts"].append(str(output.data["text/plain"])[:MAX_PRINTED])
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            reply["error"] = describe(error, student_line(error))
        reply["filled"] = list(workbook.current().answers)
        workbook.current().earlier.update(self.earlier)
        self.peer.channel.send(reply, pictures)


def _say_nothing(*_: Any, **__: Any) -> None:
    """Errors are reported as data, not printed."""


@contextlib.contextmanager
def _output_to(printed: Printed) -> Iterator[None]:
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield


def _bytes(picture: Any) -> bytes:
    import base64

    return base64.b64decode(picture) if isinstance(picture, str) else bytes(picture)


def student_line(error: BaseException) -> str:
    """The innermost line of a cell that the error passed through, as "line 3: return 1 / 0"."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if "ipython-input" in filename or "ipykernel" in filename:
            text = linecache.getline(filename, trace.tb_lineno).strip()
            found = f"line {trace.tb_lineno}: {text}"
        trace = trace.tb_next
    if isinstance(error, SyntaxError):
        found = f"line {error.lineno}: {(error.text or '').strip()}"
    return found[:300]


# What a student finds in the package ------------------------------


def prepare() -> Runner:
    """All that can be done before the notebook is known."""
    with contextlib.suppress(ImportError):  # a course without plots needs no matplotlib
        for name in ("matplotlib.pyplot", "matplotlib_inline.backend_inline"):
            importlib.import_module(name)
    _stand_in("w2v.checks", check=_say_nothing)
    _stand_in("w2v.derivation", derive=_say_nothing)
    _stand_in("w2v.derivation.magic", register=_say_nothing)
    _stand_in("w2v.training", train=_say_nothing)
    return Runner()


def _stand_in(name: str, **members: Any) -> None:
    """Put a module in the place of one that is not here: checking and training wait for later."""
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


def work(runner: Runner, stream: socket.socket) -> None:
    """Serve the judge until it ends the conversation."""
    channel = Channel(stream)
    channel.send({"ready": True})
    message, _ = channel.receive()
    peer = runner.connect(channel, message["earlier"])
    with contextlib.suppress(BreachError):
        while True:
            peer.serve(*channel.receive())


# Getting into place: limits, namespaces, another user ------------------------------

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x20000, 0x08000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x4000, 0x40000
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38


def confine(limits: dict[str, Any]) -> None:
    """Give up every right that a student's code must not have; there is no way back."""
    descriptors = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(descriptors, standard)
    for name in ("AS", "CPU", "NPROC", "NOFILE", "FSIZE", "CORE"):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limits[name],) * 2)
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        for capability in range(64):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if limits["uid"] is not None:  # only root can become another user; capabilities go with it
        os.setgroups([])
        os.setresgid(limits["uid"], limits["uid"], limits["uid"])
        os.setresuid(limits["uid"], limits["uid"], limits["uid"])


def serve(prepared: Runner, control: socket.socket, limits: dict[str, Any]) -> None:
    """Fork a worker in namespaces of its own for every request that comes over `control`."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, descriptors, *_ = socket.recv_fds(control, 1, 2)
        if not request:
            return
        channel, lifeline = descriptors
        if os.fork() == 0:
            control.close()
            _supervise(prepared, channel, lifeline, limits)
        os.close(channel)
        os.close(lifeline)


def _supervise(prepared: Runner, channel: int, lifeline: int, limits: dict[str, Any]) -> None:
    """Start one worker and end it, with all of its processes, when the judge lets go."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC) != 0:
        os._exit(1)
    worker = os.fork()  # the first process of its namespace: with it all others end
    if worker == 0:
        os.close(lifeline)
        options = f"size={limits['scratch']},mode=1777".encode()
        libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None)
        if libc.mount(b"w2v", SCRATCH.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options) != 0:
            os._exit(1)
        _begin(prepared, channel, limits)
    os.close(channel)
    select.select([lifeline, os.pidfd_open(worker)], [], [])
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    os._exit(0)


def _begin(prepared: Runner, channel: int, limits: dict[str, Any]) -> None:
    os.dup2(channel, 3)
    os.closerange(4, 1024)
    confine(limits)
    os.chdir(limits["folder"])
    try:
        work(prepared, socket.socket(fileno=3))
    finally:
        os._exit(0)


def main() -> None:
    """`worker DESCRIPTOR LIMITS`: serve a control socket (warm) or one channel."""
    descriptor, limits = int(sys.argv[1]), json.loads(sys.argv[2])
    runner = prepare()
    if limits["warm"]:
        serve(runner, socket.socket(fileno=descriptor), limits)
    else:
        _begin(runner, descriptor, limits)
