"""What the left side of a line is, and what it speaks of."""

from w2v.derivation.evaluate import Helpers
from w2v.derivation.expression import Node, contains, names
from w2v.derivation.questions import Question


def open_index(head: Node) -> str | None:
    """The index that a left side leaves open: w of dJ/du_w."""
    bound = {str(part.value) for part in head.walk() if part.op == "sum"}
    for part in head.walk():
        if part.op == "entry" and part.args[0].op == "symbol":
            name = str(part.args[0].value)
            if name not in ("o", "c", "t", "n", "K") and name not in bound:
                return name
    return None


def differentiates_like(head: Node, wanted: Node) -> bool:
    """Whether both take a derivative, and by the same kind of thing."""
    bys = [
        part.args[1] for node in (head, wanted) for part in node.walk() if part.op == "derivative"
    ]
    return len(bys) >= 2 or calls(head, "dsigma")


def calls(node: Node, *functions: str) -> bool:
    """Whether one of these functions is called somewhere."""
    return any(part.op == "call" and part.value in functions for part in node.walk())


def holds(node: Node, what: str) -> bool:
    """Whether something that a question wants to see shown stands somewhere."""
    if what == "window":
        return any(
            part.op == "loss" and (part.value == "window" or len(part.args) != 3)
            for part in node.walk()
        )
    if what == "y":
        return "y" in names(node)
    return contains(node, what) or calls(node, what)


def is_head_loss(node: Node, question: Question) -> bool:
    """Whether this is what the question differentiates: the loss, or a function."""
    if question.name.startswith("skip_gram"):
        return holds(node, "window")
    if question.name.startswith("sigmoid"):
        return node.op == "call"
    return node.op == "loss"


def expanded(node: Node | None, helpers: Helpers) -> Node:
    """The expression with its helpers written out."""
    assert node is not None
    if node.op in ("symbol", "entry") and str(node.value) in helpers.defined:
        return expanded(helpers.defined[str(node.value)][1], helpers)
    return Node(node.op, tuple(expanded(part, helpers) for part in node.args), node.value)
