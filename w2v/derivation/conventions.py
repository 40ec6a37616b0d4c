"""How a derivation lays out its vectors and matrices, and what else is usual."""

from dataclasses import dataclass, replace
from itertools import product


@dataclass(frozen=True)
class Convention:
    """How vectors and matrices are laid out.

    Args:
        y: y and y_hat are a "row" or a "column".
        U: "columns" (d x |V|, a word's vector in a column) or "rows" (|V| x d); V likewise.
        vectors: u_w and v_c are a "column" or a "row".
        gradient: a gradient has the "same" layout as its variable, or is "transposed".
    """

    y: str = "row"
    U: str = "columns"
    vectors: str = "column"
    gradient: str = "same"


def other_conventions(declared: Convention) -> list[Convention]:
    """The other layouts that people use: y, U, both, all words in rows, or gradients turned."""
    turned = "transposed" if declared.gradient == "same" else "same"
    found = [
        *(Convention(y, U, "column", declared.gradient) for y, U in product(_Y, _U)),
        *(Convention(y, "rows", "row", declared.gradient) for y in _Y),
        replace(declared, gradient=turned),
    ]
    others = [other for other in found if other != declared]
    return sorted(others, key=lambda other: difference(declared, other).count(","))


_Y, _U = ("row", "column"), ("columns", "rows")


def difference(declared: Convention, other: Convention) -> str:
    """What is different in another convention, in words."""
    words = []
    if other.y != declared.y:
        words.append(f"y {other.y}")
    if other.U != declared.U:
        words.append("U d x |V|" if other.U == "columns" else "U |V| x d")
    if other.vectors != declared.vectors:
        words.append(f"vectors {other.vectors}")
    if other.gradient != declared.gradient:
        words.append(f"gradients {other.gradient}")
    return ", ".join(words)
