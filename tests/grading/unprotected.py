"""The same notebook without any protection: cells and tests in one shell, as in one kernel.

What an attack does here shows that it is one; `w2v.grading` must then stop it.
"""

import contextlib
import io
import multiprocessing
import os
import resource
import tempfile
from multiprocessing.connection import Connection

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output


def graded(content: NotebookNode, seed: int = 1, seconds: float = 5) -> NotebookNode | None:
    """The notebook run in one process; None if that process hangs or dies."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    text = None
    with tempfile.TemporaryDirectory() as folder:
        child = fork.Process(target=_run, args=(nbformat.writes(content), seed, folder, theirs))
        child.start()
        theirs.close()
        with contextlib.suppress(EOFError):
            text = ours.recv() if ours.poll(seconds) else None
        child.kill()
        child.join()
    return nbformat.reads(text, as_version=4) if text else None


def _run(text: str, seed: int, folder: str, connection: Connection) -> None:
    os.environ["W2V_SEED"] = str(seed)
    os.chdir(folder)
    _let_go_of_all_files_but(connection.fileno())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    content = nbformat.reads(text, as_version=4)
    for cell in content.cells:
        if cell.cell_type == "code" and "skip-execution" not in cell.metadata.get("tags", []):
            cell.outputs = _outputs(shell, cell.source)
    connection.send(nbformat.writes(content))


def _outputs(shell: object, source: str) -> list[NotebookNode]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        result = shell.run_cell(source)  # type: ignore[attr-defined]
    outputs = [new_output("stream", name="stdout", text=printed.getvalue())]
    if error := result.error_before_exec or result.error_in_exec:
        outputs.append(new_output("error", ename=type(error).__name__, evalue=str(error)))
    return outputs


def _let_go_of_all_files_but(kept: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, 4096)
