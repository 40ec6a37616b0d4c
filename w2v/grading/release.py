"""How an instructor notebook becomes a student's: nbgrader preprocessors for `%%derive` cells."""

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Bool, Dict

from w2v.grading.notebooks import SOLUTION, derivation_name

Resources = dict[str, Any]

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
DERIVATION_STUB = "% YOUR DERIVATION HERE: LaTeX, one step a line"


class ClearAnswers(ClearSolutions):
    """Clears solutions as nbgrader does, and leaves LaTeX, not Python, in a `%%derive` cell."""

    code_stub = Dict({"python": CODE_STUB, "latex": DERIVATION_STUB}).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Clear one cell; nbgrader picks the stub by language, so a derivation is its own."""
        if derivation_name(cell) is None:
            return super().preprocess_cell(cell, resources, cell_index)
        cell, _ = super().preprocess_cell(cell, {**resources, "language": "latex"}, cell_index)
        return cell, resources


class GiveDerivations(NbGraderPreprocessor):
    """Shows the worked derivations and asks for the code alone (`--derivations given`).

    Each `%%derive` cell becomes text, its graded cell goes, and so does the instruction: what
    stands between the last heading above the cell and the cell itself.
    """

    enabled = Bool(False, help="Show the worked derivations instead of asking for them").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Rewrite the notebook."""
        cells: list[NotebookNode] = []
        for cell in nb.cells:
            name = derivation_name(cell)
            if name is not None:
                if cells and cells[-1].cell_type == "markdown":
                    cells[-1].source = cells[-1].source.rpartition("\n## ")[0].rstrip()
                cells.append(_worked(cell, name))
            elif not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("derive-"):
                cells.append(cell)
        nb.cells = [cell for cell in cells if cell.source]
        return nb, resources


def _worked(cell: NotebookNode, name: str) -> NotebookNode:
    solution = SOLUTION.search(cell.source)
    latex = solution[1].strip() if solution else ""
    if "\\begin{" not in latex and "$$" not in latex:
        latex = f"\\begin{{aligned}}\n{latex}\n\\end{{aligned}}"
    text = latex if "$$" in latex else f"$$\n{latex}\n$$"
    worked = new_markdown_cell(f"## The derivation\n\n{text}")
    worked.id = f"derive-{name}"
    return worked
