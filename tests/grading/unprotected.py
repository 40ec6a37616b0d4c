"""The same notebook without any protection: cells and tests in one shell, as in one kernel.

What an attack does here shows that it is one; `w2v.grading` must then stop it.
"""

import contextlib
import io
import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path

import nbformat
from IPython.utils.capture import capture_output
from nbformat import NotebookNode
from nbformat.v4 import new_output


def graded(content: NotebookNode, seed: int = 1, seconds: float = 5) -> NotebookNode | None:
    """The notebook run in one process; None if that process hangs or dies."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result"
        child = multiprocessing.get_context("fork").Process(
            target=_run, args=(nbformat.writes(content), seed, result)
        )
        child.start()
        end = time.monotonic() + seconds
        while child.is_alive() and time.monotonic() < end:  # `join` would wait on a closed file
            time.sleep(0.05)
        child.kill()
        child.join()
        return nbformat.read(result, as_version=4) if result.exists() else None


def _run(text: str, seed: int, result: Path) -> None:
    os.environ["W2V_SEED"] = str(seed)
    os.chdir(result.parent)
    _let_go_of_all_files()
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
    nbformat.write(content, result)
    os._exit(0)


def _outputs(shell: object, source: str) -> list[NotebookNode]:
    printed = io.StringIO()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        capture_output(stdout=False, stderr=False) as shown,
    ):
        result = shell.run_cell(source)  # type: ignore[attr-defined]
    outputs = [new_output("stream", name="stdout", text=printed.getvalue())]
    outputs += [new_output("display_data", output.data) for output in shown.outputs]
    if error := result.error_before_exec or result.error_in_exec:
        outputs.append(new_output("error", ename=type(error).__name__, evalue=str(error)))
    return outputs


def _let_go_of_all_files() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.closerange(3, 4096)
