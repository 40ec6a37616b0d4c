"""The build refuses what would leak or cannot be graded, naming the cell."""

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from w2v.grading import build
from w2v.grading.notebooks import course_root, grade_id, instructor_notebooks, is_solution

ROOT = course_root(Path(__file__).parent)
Notebooks = dict[str, NotebookNode]


@pytest.fixture(scope="module")
def original() -> Notebooks:
    return instructor_notebooks(ROOT)


@pytest.fixture
def notebooks(original: Notebooks) -> Notebooks:
    return copy.deepcopy(original)


def cell(notebooks: Notebooks, wanted: str) -> NotebookNode:
    return next(c for nb in notebooks.values() for c in nb.cells if grade_id(c) == wanted)


def test_the_course_itself_is_fit_for_release(notebooks: Notebooks) -> None:
    assert build.problems(notebooks) == []


def test_a_repeated_id_is_named(notebooks: Notebooks) -> None:
    cell(notebooks, "softmax").metadata.nbgrader.grade_id = "center_gradient"
    assert "cell id 'center_gradient' is used 2 times" in build.problems(notebooks)


@pytest.mark.parametrize("points", [0, None])
def test_missing_points_are_named(notebooks: Notebooks, points: int | None) -> None:
    metadata = cell(notebooks, "softmax-values").metadata.nbgrader
    del metadata["points"]
    if points is not None:
        metadata["points"] = points
    found = build.problems(notebooks)
    assert any("'softmax-values'" in line and "without points" in line for line in found)


def test_points_must_add_up(notebooks: Notebooks) -> None:
    cell(notebooks, "softmax-values").metadata.nbgrader.points += 1
    assert build.problems(notebooks) == ["the points of the course add up to 101, not 100"]


def test_a_stub_without_a_notebook_is_named(notebooks: Notebooks) -> None:
    notebook = notebooks["01_cross_entropy"]
    notebook.cells = [c for c in notebook.cells if grade_id(c) != "softmax"]
    assert "01_cross_entropy: no solution cell fills the stub 'softmax'" in build.problems(
        notebooks
    )


def test_a_solution_without_markers_is_named(notebooks: Notebooks) -> None:
    found = cell(notebooks, "softmax")
    found.source = found.source.replace("### END SOLUTION", "")
    assert any(
        "'softmax'" in line and "solution cell without" in line
        for line in build.problems(notebooks)
    )


def test_a_test_outside_its_markers_is_named(notebooks: Notebooks) -> None:
    found = cell(notebooks, "softmax-values")
    found.source += "\nassert softmax(np.zeros(2))[0] == 0.5"
    assert any("stands outside its hidden tests" in line for line in build.problems(notebooks))


def test_a_missing_notebook_is_named(notebooks: Notebooks) -> None:
    del notebooks["07_batches"]
    assert any("07_batches.ipynb is missing" in line for line in build.problems(notebooks))


@pytest.fixture
def course(tmp_path: Path, notebooks: Notebooks) -> Path:
    """A course folder with the instructor notebooks and a release that shows all of them."""
    source = tmp_path / "notebooks" / "word2vec"
    release = tmp_path / "release" / "word2vec"
    source.mkdir(parents=True)
    release.mkdir(parents=True)
    for name, notebook in copy.deepcopy(notebooks).items():
        nbformat.write(notebook, source / f"{name}.ipynb")
        for c in notebook.cells:
            c.pop("outputs", None)
            if is_solution(c) or "HIDDEN TESTS" in c.source:
                c.source = ""
            if c.cell_type == "code":
                c.outputs = []
        nbformat.write(notebook, release / f"{name}.ipynb")
    return tmp_path


@pytest.mark.parametrize("secret", ["softmax", "softmax-values", "derive-center_gradient"])
def test_a_leaked_line_is_named_with_its_cell(
    course: Path, notebooks: Notebooks, secret: str
) -> None:
    assert build.leaks(course) == []
    line = list(build._secret_lines(cell(notebooks, secret)))[-1]
    path = course / "release" / "word2vec" / "08_train.ipynb"
    release = nbformat.read(path, as_version=4)
    release.cells[0].source += f"\n{line}"
    nbformat.write(release, path)
    (found,) = build.leaks(course)
    assert "release 08_train" in found
    assert f"cell {cell(notebooks, secret).id!r}" in found


def test_a_leaked_output_is_named(course: Path) -> None:
    path = course / "release" / "word2vec" / "00_welcome.ipynb"
    release = nbformat.read(path, as_version=4)
    code = next(c for c in release.cells if c.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="42")]
    nbformat.write(release, path)
    assert build.leaks(course) == [f"release 00_welcome, cell {code.id!r} holds an output"]
