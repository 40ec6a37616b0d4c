"""The instructor notebooks: clean in structure, and their stored outputs are what they print."""

import json
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT, run
from w2v.exercises import EXERCISES, NOTEBOOKS
from w2v.grading.notebooks import instructor_folder, instructor_notebooks, is_solution

PATHS = sorted(instructor_folder(ROOT).glob("*.ipynb"))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_there_is_one_notebook_for_each_module_of_exercises() -> None:
    assert [path.stem for path in PATHS] == list(NOTEBOOKS)


def test_structure_is_clean(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"nbgrader", "tags"}, cell.id
        assert "nbgrader" not in cell.metadata or cell.metadata.nbgrader.grade_id == cell.id


def test_every_code_cell_ran_without_error(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is not None, cell.id
            assert all(output.output_type != "error" for output in cell.outputs), cell.id


def test_no_output_names_a_path_of_a_machine(notebook: nbformat.NotebookNode) -> None:
    stored = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
    assert "/home/" not in stored
    assert str(ROOT) not in stored


def test_every_check_in_the_notebooks_says_correct() -> None:
    said = {
        cell.id.removeprefix("check-"): cell.outputs[0].text
        for notebook in instructor_notebooks(ROOT).values()
        for cell in notebook.cells
        if cell.id.startswith("check-")
    }
    assert said.keys() == EXERCISES.keys()
    assert all("correct" in text for text in said.values()), said


def test_every_figure_has_a_text_alternative() -> None:
    for name, notebook in instructor_notebooks(ROOT).items():
        for cell, following in zip(notebook.cells, notebook.cells[1:], strict=False):
            images = [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
            if images and not is_solution(cell):
                assert following.cell_type == "markdown", f"{name}, {cell.id}"


def nbval(folder: Path) -> str:
    return run(
        "pytest",
        "--nbval",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval.cfg'}",
        str(folder),
        cwd=ROOT,
    ).stdout


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_nbval_passes(path: Path) -> None:
    output = nbval(path)
    assert " passed" in output and " failed" not in output, output[-4000:]


def test_nbval_fails_on_a_wrong_stored_output(tmp_path: Path) -> None:
    notebook = nbformat.read(PATHS[2], as_version=4)
    check = next(cell for cell in notebook.cells if cell.id == "check-center_gradient")
    check.outputs[0].text = check.outputs[0].text.replace("correct", "correkt")
    nbformat.write(notebook, tmp_path / PATHS[2].name)
    # The look-up of earlier answers needs its folder.
    (tmp_path / PATHS[1].name).write_bytes(PATHS[1].read_bytes())
    output = nbval(tmp_path / PATHS[2].name)
    assert "1 failed" in output, output[-4000:]
