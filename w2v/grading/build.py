"""`w2v build`: the student release and the worked solutions, from the instructor notebooks.

validate -> generate (nbgrader) -> refuse leaks -> package -> solutions
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from tqdm.auto import tqdm

from w2v.errors import AuthorError
from w2v.exercises import EXERCISES, NOTEBOOKS
from w2v.grading.notebooks import (
    ASSIGNMENT,
    HIDDEN_TESTS,
    SOLUTION,
    grade_id,
    instructor_folder,
    instructor_notebooks,
    is_graded,
    is_solution,
    read,
    solution_cells,
)

TOTAL_POINTS = 100
ENVIRONMENT = """\
name: w2v
channels:
  - conda-forge
dependencies:
  - python>=3.11
  - pip
  - pip:
      - ./{wheel}[student]
"""
START_PAGE = Path(__file__).with_name("START.md")


def build(root: Path, derivations: str = "asked", execute: bool = True) -> None:
    """Write `release/` (all that a student needs) and `solutions/` below `root`.

    Args:
        root: the course repository.
        derivations: "asked" of the students, or "given" to them worked out.
        execute: also execute the instructor notebooks into `solutions/`.

    Raises:
        AuthorError: the notebooks are not fit for release; the message names every cell.
    """
    refuse(problems(instructor_notebooks(root)))
    generate(root, derivations)
    refuse(leaks(root))
    package(root)
    if execute:
        write_solutions(root)


def refuse(found: list[str]) -> None:
    """Raise AuthorError if there are problems, all of them in one message."""
    if found:
        raise AuthorError("The course cannot be built:\n- " + "\n- ".join(found))


def problems(notebooks: dict[str, NotebookNode]) -> list[str]:
    """What is wrong with the instructor notebooks: ids, points, markers, stubs without a home."""
    cells = [(name, cell) for name, notebook in notebooks.items() for cell in notebook.cells]
    found = [f"{name}: notebook {name}.ipynb is missing" for name in NOTEBOOKS.keys() - notebooks]
    ids = Counter(grade_id(cell) for _, cell in cells if grade_id(cell) not in ("", "open"))
    found += [f"cell id {name!r} is used {count} times" for name, count in ids.items() if count > 1]
    for name, cell in cells:
        found += [f"{name}, cell {cell.id!r}: {problem}" for problem in _cell_problems(cell)]
    owned = {
        exercise: name
        for name, notebook in notebooks.items()
        for exercise, _ in solution_cells(notebook)
    }
    for exercise, stub in EXERCISES.items():
        if owned.get(exercise) != stub.notebook:
            found.append(f"{stub.notebook}: no solution cell fills the stub {exercise!r}")
        elif not any(id.startswith(f"{exercise}-") for id in ids):
            found.append(f"{stub.notebook}: no graded cell tests {exercise!r}")
    total = sum(cell.metadata.nbgrader.get("points", 0) for _, cell in cells if is_graded(cell))
    if not found and total != TOTAL_POINTS:
        found.append(f"the points of the course add up to {total}, not {TOTAL_POINTS}")
    return found


def _cell_problems(cell: NotebookNode) -> Iterator[str]:
    metadata = cell.metadata.get("nbgrader", {})
    if is_graded(cell) and not metadata.get("points", 0) > 0:
        yield "a graded cell without points"
    if is_solution(cell) and cell.cell_type == "code" and not SOLUTION.search(cell.source):
        yield "a solution cell without ### BEGIN SOLUTION and ### END SOLUTION"
    if "### BEGIN SOLUTION" in cell.source and not is_solution(cell):
        yield "a solution in a cell that is not a solution cell"
    tested = is_graded(cell) and not is_solution(cell)
    if "### BEGIN HIDDEN TESTS" in cell.source and not (tested and metadata.get("locked")):
        yield "hidden tests in a cell that is not a locked, graded test cell"
    if tested:
        if not HIDDEN_TESTS.search(cell.source):
            yield "a test cell without ### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS"
        visible = HIDDEN_TESTS.sub("", cell.source).splitlines()
        if any(line.strip() and not line.startswith("#") for line in visible):
            yield "code of a test cell stands outside its hidden tests"


def generate(root: Path, derivations: str = "asked") -> None:
    """Run `nbgrader generate_assignment`, afresh."""
    shutil.rmtree(root / "release" / ASSIGNMENT, ignore_errors=True)
    given = f"--GiveDerivations.enabled={derivations == 'given'}"
    command = ["nbgrader", "generate_assignment", ASSIGNMENT, "--force", "--create", given]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise AuthorError(f"`{' '.join(command)}` failed:\n{done.stderr.strip()}")


def leaks(root: Path) -> list[str]:
    """Lines of solutions and hidden tests that stand in the release, with the cells they are in."""
    secrets = {
        line: f"{name}, cell {cell.id!r}"
        for name, notebook in instructor_notebooks(root).items()
        for cell in notebook.cells
        for line in _secret_lines(cell)
    }
    found = []
    for path in sorted((root / "release" / ASSIGNMENT).glob("*.ipynb")):
        for cell in read(path).cells:
            place = f"release {path.stem}, cell {cell.id!r}"
            if cell.get("outputs"):
                found.append(f"{place} holds an output")
            for line in {line.strip() for line in cell.source.splitlines()} & secrets.keys():
                if cell.id.startswith("derive-") and cell.cell_type == "markdown":
                    continue  # `--derivations given`: shown on purpose
                found.append(f"{place} shows a line of {secrets[line]}: {line!r}")
    return found


def _secret_lines(cell: NotebookNode) -> Iterator[str]:
    """The telling lines of a cell's solution and hidden tests: no comments, nothing too short."""
    shortest = 12  # `return loss`, `else:` and the like give nothing away
    regions = SOLUTION.findall(cell.source) + HIDDEN_TESTS.findall(cell.source)
    if is_solution(cell) and not regions:
        regions = [cell.source]  # a written answer: all of the cell is the solution
    for region in regions:
        for line in map(str.strip, region.splitlines()):
            if len(line) >= shortest and not line.startswith(("#", "\\begin", "\\end")):
                yield line


def package(root: Path) -> None:
    """Put beside the release notebooks what they need: wheel, environment and the start page."""
    release = root / "release"
    for wheel in release.glob("*.whl"):
        wheel.unlink()
    # The date of every file in the wheel is fixed, so that the same source gives the same bytes.
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(release)],
        cwd=root,
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"},
    )
    (wheel,) = release.glob("*.whl")
    (release / "environment.yml").write_text(ENVIRONMENT.format(wheel=wheel.name), encoding="utf-8")
    page = START_PAGE.read_text(encoding="utf-8").replace("WHEEL", wheel.name)
    (release / "START.md").write_text(page, encoding="utf-8")


def write_solutions(root: Path) -> None:
    """Execute every instructor notebook into `solutions/`, as a notebook and as HTML.

    Raises:
        AuthorError: a cell fails; the message names the notebook and shows the error.
    """
    folder = root / "solutions"
    folder.mkdir(exist_ok=True)
    executor = ExecutePreprocessor(timeout=600, kernel_name="python3")
    exporter = HTMLExporter()
    for name, notebook in tqdm(
        instructor_notebooks(root).items(), desc="solutions", unit="notebook"
    ):
        try:
            executor.preprocess(notebook, {"metadata": {"path": str(instructor_folder(root))}})
        except Exception as error:
            raise AuthorError(f"{name} does not run: {error}") from error
        nbformat.write(notebook, folder / f"{name}.ipynb")
        html, _ = exporter.from_notebook_node(notebook)
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
