"""The %%derive cell in a real shell and in an executed notebook."""

import sys

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient

from w2v.derivation import magic
from w2v.derivation.report import Report
from w2v.errors import StudentError
from w2v.workbook import current

TEXT = r"\frac{\partial J}{\partial v_c} = U (\hat y - y)^\top" + "\n"


@pytest.fixture
def shell() -> InteractiveShell:
    shell = InteractiveShell.instance()
    magic.register()
    return shell


def test_the_cell_shows_its_report_and_keeps_its_text(shell: InteractiveShell) -> None:
    with capture_output() as shown:
        shell.run_cell_magic("derive", " center_gradient ", TEXT)
    assert current().derivations["center_gradient"] == TEXT
    (output,) = shown.outputs
    assert "follows" in output.data["text/html"]
    assert "✓" in output.data["text/plain"]


def test_an_unknown_name_is_a_student_error(shell: InteractiveShell) -> None:
    with pytest.raises(StudentError, match="center_gradient"):
        shell.run_cell_magic("derive", "centre_gradient", TEXT)


def test_registering_outside_a_shell_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    magic.register()


def test_in_an_executed_notebook() -> None:
    cells = [
        "from w2v.derivation.magic import register\nregister()",
        "%%derive center_gradient\n" + TEXT,
        'from w2v.derivation import marks\nmarks("center_gradient", points=6)',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    _, derivation, graded = (cell.outputs for cell in notebook.cells)
    assert set(derivation[0]["data"]) >= {"text/plain", "text/html"}
    assert 0 < float(graded[-1]["data"]["text/plain"]) < 6


def test_importing_the_package_does_not_load_the_parser() -> None:
    import subprocess

    code = "import sys, w2v.derivation, w2v.derivation.magic; print('lark' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


def test_a_report_is_an_ordinary_object() -> None:
    report = Report("center_gradient")
    assert report.lines == ()
    assert report.score == 0.0
