"""Laws: what changes nothing in the mathematics changes no verdict."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.derivation.blocks import RIGHT
from w2v.derivation import derive
from w2v.derivation.audit import ERRORS
from w2v.derivation.explain import everywhere
from w2v.derivation.expression import Node, symbol
from w2v.derivation.latex import latex
from w2v.derivation.normalise import lines
from w2v.derivation.parse import parse
from w2v.derivation.statements import statements

NAMES = ("center_gradient", "outside_gradient_other", "negative_sampling_center", "cross_entropy")


def _sides() -> list[tuple[str, str, Node]]:
    """(question, left side, right side) of single equations, some of them wrong."""
    found = []
    for block in RIGHT:
        plain = block.name in NAMES and not any(
            word in block.text.lower() for word in ("let ", "convention", "column")
        )
        for statement in statements(block.text) if plain else ():
            nodes = [parse(text) for text, _ in statement.sides if text]
            if statement.kind == "chain" and statement.condition is None and len(nodes) > 1:
                left = latex(nodes[0]) if statement.sides[0][0] else ""
                found += [(block.name, left, node) for node in nodes[1:] if left]
    wrong = [
        (name, left, mutant)
        for name, left, node in found[::4]
        for error in ERRORS[::5]
        for mutant in list(everywhere(node, error.rule, ()))[:1]
    ]
    return found + wrong


SIDES = st.sampled_from(_sides())


def _good(name: str, left: str, right: str) -> bool:
    verdict = derive(name, f"{left} = {right}").lines[-1]
    return verdict.good and not verdict.convention


def _mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    return change(Node(node.op, tuple(_mapped(part, change) for part in node.args), node.value))


def _renamed(node: Node, old: str, new: str) -> Node:
    def change(part: Node) -> Node:
        return symbol(new) if part.op == "symbol" and part.value == old else part

    value = node.value
    if node.op == "domain":
        value = tuple(_mapped(part, change) for part in node.value or ())  # type: ignore[attr-defined]
    args = tuple(_renamed(part, old, new) for part in node.args)
    return change(Node(node.op, args, value))


@settings(max_examples=25, deadline=None)
@given(SIDES)
def test_writing_and_reading_an_expression_gives_it_back(side: tuple[str, str, Node]) -> None:
    assert parse(lines(latex(side[2]))[0].text) == side[2]


@settings(max_examples=25, deadline=None)
@given(SIDES, st.sampled_from(["w'", "a", "b", "r"]))
def test_the_names_of_bound_indices_do_not_matter(side: tuple[str, str, Node], fresh: str) -> None:
    name, left, node = side
    if name == "negative_sampling_center" and fresh == "w'":
        fresh = "l"  # there, a w is a word and not a slot

    def change(part: Node) -> Node:
        if part.op != "sum":
            return part
        old = str(part.value)
        args = tuple(_renamed(arg, old, fresh) for arg in part.args)
        return Node("sum", args, fresh)

    renamed = _mapped(node, change)
    assert _good(name, left, latex(node)) == _good(name, left, latex(renamed))


@settings(max_examples=25, deadline=None)
@given(SIDES, st.randoms(use_true_random=False))
def test_the_order_of_a_sum_does_not_matter(side: tuple[str, str, Node], random: object) -> None:
    name, left, node = side

    def change(part: Node) -> Node:
        if part.op != "add":
            return part
        terms = list(part.args)
        random.shuffle(terms)  # type: ignore[attr-defined]
        return Node("add", tuple(terms))

    assert _good(name, left, latex(node)) == _good(name, left, latex(_mapped(node, change)))


SPELLINGS = (
    (r"\left(", "("),
    (r"\left(", r"\Big("),
    (r"^\top", "^T"),
    (r"^\top", r"^{\intercal}"),
    (r"\hat{y}", r"\hat y"),
    (r"\hat{y}", r"\widehat{\mathbf{y}}"),
    (r"\frac", r"\dfrac"),
    ("u_", r"\mathbf{u}_"),
    ("v_", r"{\bf v}_"),
    (" ", r" \, "),
    (" ", "  "),
    (r"\sum", r"\sum\limits"),
    (r"\log", r"\ln"),
    (r"\exp", r"\mathrm{exp}"),
)


@settings(max_examples=30, deadline=None)
@given(SIDES, st.lists(st.sampled_from(SPELLINGS), max_size=4, unique=True))
def test_fonts_spaces_and_sizes_of_brackets_do_not_matter(
    side: tuple[str, str, Node], spellings: list[tuple[str, str]]
) -> None:
    name, left, node = side
    text = latex(node)
    spelled = text
    for old, new in spellings:
        spelled = spelled.replace(old, new)
    if "(" in spelled and r"\left(" not in spelled:
        spelled = spelled.replace(r"\right)", r"\Big)" if r"\Big(" in spelled else ")")
    assert _good(name, left, text) == _good(name, left, spelled)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=r"\{}()[]_^=+-&$%|.,: uvwyUJexplogsumfrac" + "\n", max_size=60))
def test_any_text_has_a_report(text: str) -> None:
    report = derive("center_gradient", text)
    assert 0 <= report.score <= 1
    assert str(report)
    assert report._repr_html_()
