"""The checker, checked: every kind of single error is put into every line of the solutions.

    python -m w2v.derivation.audit [FOLDER OF THE INSTRUCTOR'S NOTEBOOKS]

prints how many of the wrong lines are flagged and how often the right mistake is named. A mutant
that passes must be a true equation: `second_opinion`, an evaluator of its own, decides.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from w2v.derivation import mistakes
from w2v.derivation.explain import Bound, Rule, everywhere
from w2v.derivation.expression import Node, call, entry, number, symbol
from w2v.derivation.judge import judge
from w2v.derivation.latex import latex
from w2v.derivation.left_sides import open_index
from w2v.derivation.parse import parse
from w2v.derivation.questions import QUESTIONS, Question
from w2v.derivation.second_opinion import World, holds
from w2v.derivation.statements import Statement, statements
from w2v.errors import AuthorError
from w2v.mistakes import Mistake


@dataclass(frozen=True)
class Error:
    """A kind of error: how it gets into a line, and the mistakes that may be named for it."""

    name: str
    rule: Rule
    named: tuple[Mistake, ...] = ()


@dataclass
class Figures:
    """What the audit counts; `missed` and `false` must stay empty."""

    lines: int = 0
    mutants: int = 0
    wrong: int = 0
    flagged: int = 0
    covered: int = 0
    named: int = 0
    true: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    unnamed: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        rows = [
            f"{self.lines} lines, {self.mutants} mutants",
            f"no longer true: {self.wrong}, of which flagged: {self.flagged}",
            f"still true, by a second evaluator: {len(self.true)}",
            f"right mistake named: {self.named} of {self.covered} that the catalogue covers "
            f"({self.named / max(self.covered, 1):.1%})",
        ]
        rows += [f"NOT FLAGGED: {text}" for text in self.missed]
        rows += [f"FLAGGED THOUGH TRUE: {text}" for text in self.false]
        rows += [f"not named: {count} x {name}" for name, count in self.unnamed.most_common()]
        return "\n".join(rows)


def solutions(folder: Path) -> dict[str, str]:
    """The worked derivations of the instructor's notebooks, by name.

    Raises:
        AuthorError: there is none in the folder.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            heading, _, text = source.partition("\n")
            graded = cell["metadata"].get("nbgrader", {}).get("solution", False)
            if heading.startswith("%%derive") and graded and parse_all(text):
                found[heading.split()[1]] = text
    if not found:
        raise AuthorError(f"There is no worked derivation in the notebooks of {folder}.")
    return found


def parse_all(text: str) -> list[Statement]:
    """The statements of a derivation that say something."""
    return [statement for statement in statements(text) if statement.kind in ("chain", "let")]


def audit(texts: Mapping[str, str], most: int = 3) -> Figures:
    """Inject every kind of error into every line, at up to `most` places each."""
    figures = Figures()
    for name, text in texts.items():
        for line in _lines(name, text):
            figures.lines += 1
            for error in ERRORS:
                places = list(dict.fromkeys(everywhere(line.node, error.rule, ())))
                step = max(1, len(places) // most)
                for mutant in places[::step][:most]:
                    if mutant != line.node:
                        _try(line, error, mutant, figures)
    return figures


@dataclass(frozen=True)
class _Line:
    """A line of a solution with what its judgement needs."""

    question: Question
    before: str  # the lines that define helpers
    left: str
    above: str
    node: Node
    label: str
    helpers: dict[str, tuple[str | None, Node]]

    def text(self, node: Node) -> str:
        chain = [self.left, *([self.above] if self.above else []), latex(node)]
        label = rf" \quad \text{{when }} {self.label}" if self.label else ""
        return self.before + "\n= ".join(chain) + label


def _lines(name: str, text: str) -> Iterator[_Line]:
    question = QUESTIONS[name]
    before, left, above = "", latex(parse(question.heads[0])), ""
    helpers: dict[str, tuple[str | None, Node]] = {}
    for statement in parse_all(text):
        nodes = [parse(side) if side else None for side, _ in statement.sides]
        if statement.kind == "let" and nodes[0] and nodes[1]:
            head = nodes[0]
            parameter = str(head.args[0].value) if head.args else None
            helpers = {**helpers, str(head.value): (parameter, nodes[1])}
            before += f"let {latex(head)} = {latex(nodes[1])}\n"
            continue
        if nodes[0] is not None:
            left, above = latex(nodes[0]), ""
        label = latex(statement.condition) if statement.condition else ""
        for node in nodes[1:]:
            assert node is not None
            yield _Line(question, before, left, above, node, label, helpers)
            above = latex(node)


def _try(line: _Line, error: Error, mutant: Node, figures: Figures) -> None:
    text = line.text(mutant)
    report = judge(line.question.name, text)
    verdict = report.lines[-1]
    flagged = not verdict.good or bool(verdict.convention)
    figures.mutants += 1
    told = f"{line.question.name}: {error.name}: {line.left} = {latex(mutant)}"
    if _is_true(line, mutant):
        (figures.false if flagged else figures.true).append(told)
        return
    figures.wrong += 1
    figures.flagged += flagged
    if not flagged:
        figures.missed.append(told)
    elif error.named:
        figures.covered += 1
        if verdict.mistake in error.named:
            figures.named += 1
        else:
            said = verdict.mistake.name if verdict.mistake else "nothing"
            figures.unnamed[f"{error.name}, named: {said}"] += 1


def _is_true(line: _Line, mutant: Node) -> bool:
    question = line.question
    rng = np.random.default_rng(77)
    point = question.draw(rng, question.cases[0], 0)
    left = parse(_normal(line.left))
    worlds = []
    for case in question.cases * 3:
        world = World(point.kind, case, rng)
        world.helpers = line.helpers
        world.open = {open_index(left) or question.free or ""}
        world.open |= {"i", "j"} if point.kind == "block" else set()
        worlds.append(world)
    return holds(left, mutant, worlds)


def _normal(text: str) -> str:
    return statements(text)[0].sides[0][0]


# The errors --------------------------------------------------------------------------------------


def _negated(node: Node) -> Node:
    return node.args[0] if node.op == "neg" else Node("neg", (node,))


def _sign(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "neg":
        yield node.args[0]
    if node.op == "add":
        yield from (node.replaced(i, _negated(part)) for i, part in enumerate(node.args))
    if node.op in ("sum", "div"):
        yield Node("neg", (node,))


def _argument_sign(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "call" and node.value in ("sigma", "dsigma"):
        yield node.replaced(0, _negated(node.args[0]))


def _rename(old: str, new: str) -> Rule:
    def rule(node: Node, bound: Bound) -> Iterator[Node]:
        if node.op in ("symbol", "entry") and node.value == old:
            yield Node(node.op, node.args, new)

    return rule


def _reindex(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op in ("entry", "probability") and node.args[0].op == "symbol":
        known = {"u": "owk", "v": "c", "yhat": "ow", "y": "ow", "x": "ij"}.get(
            str(node.value), "ow"
        )
        for name in known:
            if node.args[0].value != name:
                yield node.replaced(0, symbol(name))


def _exchange_vectors(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "entry" and node.value == "u":
        yield entry("v", symbol("c"))
    if node == entry("v", symbol("c")):
        yield entry("u", symbol("o"))


def _drop_call(function: str) -> Rule:
    def rule(node: Node, bound: Bound) -> Iterator[Node]:
        if node.op == "call" and node.value == function:
            yield node.args[0]

    return rule


def _add_call(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op in ("probability", "call"):
        yield call("sigma", node)


def _underive(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "call" and node.value == "dsigma":
        yield Node("call", node.args, "sigma")


def _drop_vector(node: Node, bound: Bound) -> Iterator[Node]:
    yield from _drop_from_product(
        node, lambda part: part.op == "entry" and part.value in ("u", "v")
    )


def _drop_factor(node: Node, bound: Bound) -> Iterator[Node]:
    yield from _drop_from_product(
        node, lambda part: part.op != "entry" or part.value not in ("u", "v")
    )


def _drop_from_product(node: Node, which) -> Iterator[Node]:  # type: ignore[no-untyped-def]
    if node.op in ("mul", "dot"):
        for i, part in enumerate(node.args):
            rest = (*node.args[:i], *node.args[i + 1 :])
            if which(part):
                yield rest[0] if len(rest) == 1 else Node("mul", rest)


def _repeat_factor(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "mul":
        for i, part in enumerate(node.args):
            if part.op != "number":
                yield Node("mul", (*node.args[:i], part, *node.args[i:]))


def _drop_sum(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "sum":
        yield node.args[1]


def _add_sum(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op in ("mul", "neg", "add") and "w" not in bound:
        yield Node("sum", (Node("domain", (symbol("w"),), ()), node), "w")


def _other_domain(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "sum":
        bare = symbol(str(node.value))
        domains = [
            Node("domain", (bare,), ()),
            Node("domain", (Node("relation", (bare, symbol("o")), ("\\neq",)),), ()),
        ]
        yield from (node.replaced(0, domain) for domain in domains if domain != node.args[0])


def _drop_transpose(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "transpose":
        yield node.args[0]


def _add_transpose(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op in ("symbol", "entry") and node.value in ("U", "V", "u", "v", "y", "yhat"):
        yield Node("transpose", (node,))


def _exchange_factors(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "mul":
        for i in range(len(node.args) - 1):
            a, b = node.args[i : i + 2]
            yield Node("mul", (*node.args[:i], b, a, *node.args[i + 2 :]))


def _drop_derivative(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "derivative":
        yield node.args[0]


def _turn(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "div":
        yield Node("div", node.args[::-1])


def _drop_denominator(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "div":
        yield node.args[0]


def _drop_power(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "power":
        yield node.args[0]


def _other_number(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "number" and node.value in (0.0, 1.0, 2.0):
        yield number({0.0: 1, 1.0: 2, 2.0: 1}[float(str(node.value))])


def _drop_term(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "add":
        for i in range(len(node.args)):
            rest = (*node.args[:i], *node.args[i + 1 :])
            yield rest[0] if len(rest) == 1 else Node("add", rest)


def _repeat_term(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "add":
        for part in node.args:
            yield Node("add", (*node.args, part))


def _whole(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "entry" and node.value in ("y", "yhat"):
        yield symbol(str(node.value))


def _single(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "add" and all(p.op != "entry" for p in node.walk()):
        names = {str(p.value) for p in node.walk() if p.op == "symbol"}
        if names == {"y", "yhat"}:
            yield _with_index(node)


def _with_index(node: Node) -> Node:
    if node.op == "symbol":
        return entry(str(node.value), symbol("w"))
    return Node(node.op, tuple(_with_index(part) for part in node.args), node.value)


def _sigma_of_sigma(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "add" and any(p.op == "call" and p.value == "sigma" for p in node.walk()):
        yield call("sigma", node)


def _other_variable(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "derivative" and node.args[1].op == "entry":
        for by in (entry("v", symbol("c")), entry("u", symbol("o"))):
            if by != node.args[1]:
                yield node.replaced(1, by)


_SIGNS = (mistakes.SIGN_OF_TERM, mistakes.SIGN_FLIPPED)
_LOST = (
    mistakes.FACTOR_LOST,
    mistakes.VECTOR_LOST,
    mistakes.NOT_NORMALISED,
    mistakes.DENOMINATOR_LOST,
)

ERRORS = (
    Error("a sign flipped", _sign, _SIGNS),
    Error("the sign inside sigma", _argument_sign, (mistakes.MINUS_IN_SIGMA,)),
    Error("y for y_hat", _rename("yhat", "y"), (mistakes.Y_FOR_Y_HAT,)),
    Error("y_hat for y", _rename("y", "yhat"), (mistakes.Y_HAT_FOR_Y,)),
    Error("another index", _reindex, (mistakes.WRONG_INDEX, mistakes.OTHER_VECTOR)),
    Error("u and v exchanged", _exchange_vectors, (mistakes.OTHER_VECTOR,)),
    Error("exp dropped", _drop_call("exp"), (mistakes.NO_EXP,)),
    Error("log dropped", _drop_call("log"), (mistakes.LOG_LOST,)),
    Error("sigma dropped", _drop_call("sigma"), (mistakes.SIGMA_LOST,)),
    Error("sigma added", _add_call, (mistakes.FUNCTION_TOO_MANY, mistakes.SIGMOID_OF_SIGMOID)),
    Error("sigma for sigma'", _underive, (mistakes.UNDIFFERENTIATED,)),
    Error("sigma of 1 - sigma", _sigma_of_sigma, (mistakes.SIGMOID_OF_SIGMOID,)),
    Error("a vector dropped", _drop_vector, _LOST),
    Error("a factor dropped", _drop_factor, _LOST),
    Error("a factor repeated", _repeat_factor, (mistakes.FACTOR_TOO_MANY,)),
    Error("a sum dropped", _drop_sum, (mistakes.SUM_LOST,)),
    Error("a sum added", _add_sum, (mistakes.SUM_TOO_MANY,)),
    Error("a sum over others", _other_domain, (mistakes.SUM_OVER_OTHERS,)),
    Error("a transpose dropped", _drop_transpose, (mistakes.TRANSPOSE_LOST,)),
    Error("a transpose added", _add_transpose, (mistakes.TRANSPOSE_TOO_MANY,)),
    Error("factors exchanged", _exchange_factors, (mistakes.FACTORS_EXCHANGED,)),
    Error("a derivative dropped", _drop_derivative, (mistakes.DERIVATIVE_LOST,)),
    Error("a derivative by another vector", _other_variable),
    Error("a fraction turned", _turn, (mistakes.FRACTION_UPSIDE_DOWN,)),
    Error("a denominator dropped", _drop_denominator, _LOST),
    Error("a square dropped", _drop_power, (mistakes.POWER_LOST, mistakes.FACTOR_LOST)),
    Error("another number", _other_number, (mistakes.WRONG_NUMBER,)),
    Error("a term dropped", _drop_term, (mistakes.TERM_LOST,)),
    Error("a term repeated", _repeat_term, (mistakes.TERM_TOO_MANY,)),
    Error("the whole vector for a word", _whole, (mistakes.WHOLE_VECTOR,)),
    Error("one word for the vector", _single, (mistakes.SINGLE_WORD,)),
)


def main() -> int:
    """Print the figures for the instructor's notebooks; 1 if an error goes unseen."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks/word2vec")
    figures = audit(solutions(folder))
    print(figures)
    print("\n".join(f"still true: {text}" for text in figures.true))
    return int(bool(figures.missed or figures.false))


if __name__ == "__main__":
    sys.exit(main())
