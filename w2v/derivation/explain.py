"""Which mistake it is: the one whose repair makes the line right.

Nothing here knows a right line. Each rule undoes one mistake at one place of the line as the
student wrote it (flips a sign back, puts a lost sum around a term, ...); the first repair whose
value is the right one names the mistake.
"""

from collections.abc import Callable, Iterator, Sequence

from w2v.derivation import mistakes
from w2v.derivation.expression import Node, call, contains, entry, names, number, symbol
from w2v.mistakes import Mistake

Bound = tuple[str, ...]
Rule = Callable[[Node, Bound], Iterator[Node]]
Repair = tuple[Mistake, Node]


def repairs(
    line: Node, above: Node | None, head: Node | None, free: str | None
) -> Iterator[Repair]:
    """Lines with one mistake undone, the likeliest mistake first.

    Args:
        line: the wrong line.
        above: the line above it: what is lost here may still stand there.
        head: the left side; its derivative may be what was lost.
        free: the index that the question leaves open.
    """
    pool = _Pool(line, above, head, free)
    if line.op == "neg":
        yield mistakes.SIGN_FLIPPED, line.args[0]
    yield mistakes.SIGN_FLIPPED, _negated(line)
    for mistake, rule in pool.rules():
        for repaired in everywhere(line, rule, ()):
            yield mistake, repaired


def everywhere(node: Node, rule: Rule, bound: Bound) -> Iterator[Node]:
    """The expression with the rule applied at one place."""
    yield from rule(node, bound)
    if node.op in ("entry", "probability", "loss", "number", "symbol"):
        return
    for position, part in enumerate(node.args):
        if (node.op == "sum" and position == 0) or (node.op == "derivative" and position == 1):
            continue
        if (node.op == "cases" and position % 2) or (node.op == "index" and position):
            continue
        inner = (*bound, str(node.value)) if node.op == "sum" else bound
        for repaired in everywhere(part, rule, inner):
            yield node.replaced(position, repaired)


class _Pool:
    """What a lost piece may have been, and the rules that put it back."""

    def __init__(self, line: Node, above: Node | None, head: Node | None, free: str | None) -> None:
        around = [node for node in (above, line) if node is not None]
        parts = [part for node in around for part in node.walk()]
        self.free = free
        self.by = next(
            (
                part.args[1]
                for node in (head, above)
                if node is not None
                for part in node.walk()
                if part.op == "derivative"
            ),
            None,
        )
        self.indices = _distinct(
            [
                *(part.args[0] for part in parts if part.op == "entry"),
                *(symbol(name) for name in ("o", "c", free) if name),
            ]
        )
        vectors = [part for part in parts if part.op == "entry" and part.value in ("u", "v")]
        v_c = entry("v", symbol("c"))
        u_o = entry("u", symbol("o"))
        self.vectors = _distinct([*vectors, v_c, u_o])
        factors = [arg for part in parts if part.op == "mul" for arg in part.args]
        factors += [part for part in parts if part.op in ("call", "probability")]
        factors += [part for part in parts if part.op == "entry" and part.value not in ("u", "v")]
        self.factors = _distinct([*factors, symbol("U"), symbol("V")])
        terms = [arg for part in parts if part.op == "add" for arg in part.args]
        scores = [Node("mul", (Node("transpose", (u,)), v_c)) for u in self.vectors if u != v_c]
        self.terms = _distinct([*terms, *scores, symbol("y"), symbol("yhat")])
        score = Node("mul", (Node("transpose", (entry("u", symbol("w'")),)), v_c))
        every_word = Node("sum", (Node("domain", (symbol("w'"),), ()), call("exp", score)), "w'")
        bottoms = [part.args[1] for part in parts if part.op == "div"]
        self.denominators = _distinct([*bottoms, every_word])
        self.domains = {str(part.value): part.args[0] for part in parts if part.op == "sum"}

    def rules(self) -> list[tuple[Mistake, Rule]]:
        """Each mistake with the rule that undoes it; the order decides where two would do."""
        return [
            (mistakes.SIGMOID_OF_SIGMOID, _unwrap_double_sigma),
            (mistakes.MINUS_IN_SIGMA, _flip_in_sigma),
            (mistakes.FACTOR_TOO_MANY, _once("mul")),
            (mistakes.TERM_TOO_MANY, _once("add")),
            (mistakes.Y_FOR_Y_HAT, _renamed("y", "yhat")),
            (mistakes.Y_HAT_FOR_Y, _renamed("yhat", "y")),
            (mistakes.SIGN_OF_TERM, _flip),
            (mistakes.TRANSPOSE_TOO_MANY, _untranspose),
            (mistakes.FACTORS_EXCHANGED, _exchange),
            (mistakes.TRANSPOSE_LOST, _transpose),
            (mistakes.WHOLE_VECTOR, self._single_word),
            (mistakes.SINGLE_WORD, _whole_vector),
            (mistakes.SUM_LOST, self._sum),
            (mistakes.SUM_TOO_MANY, _unsum),
            (mistakes.SUM_OVER_OTHERS, self._other_domain),
            (mistakes.NO_EXP, _wrapped("exp")),
            (mistakes.LOG_LOST, _wrapped("log")),
            (mistakes.SIGMA_LOST, _wrapped("sigma")),
            (mistakes.WRONG_INDEX, self._other_index),
            (mistakes.OTHER_VECTOR, self._other_vector),
            (mistakes.UNDIFFERENTIATED, _slope),
            (mistakes.FUNCTION_TOO_MANY, _unwrap),
            (mistakes.FRACTION_UPSIDE_DOWN, _upside_down),
            (
                mistakes.NOT_NORMALISED,
                _divided([d for d in self.denominators if contains(d, "sum")]),
            ),
            (mistakes.POWER_LOST, _square),
            (mistakes.DENOMINATOR_LOST, _divided(self.denominators)),
            (mistakes.VECTOR_LOST, self._vector),
            (mistakes.DERIVATIVE_LOST, self._derivative),
            (mistakes.FACTOR_LOST, self._factor),
            (mistakes.WRONG_NUMBER, _other_number),
            (mistakes.TERM_LOST, self._term),
            (mistakes.FACTOR_TOO_MANY, _without_factor),
            (mistakes.TERM_TOO_MANY, _without_term),
        ]

    def _single_word(self, node: Node, bound: Bound) -> Iterator[Node]:
        """(y_hat - y) becomes (y_hat_w - y_w), for every index that is about."""
        if node.op in ("symbol", "add", "neg") and names(node) & {"y", "yhat"}:
            for index in self._names(bound):
                yield _indexed(node, symbol(index))

    def _names(self, bound: Bound) -> list[str]:
        return [name for name in dict.fromkeys((*bound, self.free or "w", "o")) if name]

    def _sum(self, node: Node, bound: Bound) -> Iterator[Node]:
        if node.op in ("number", "domain"):
            return
        for name in sorted(_index_names(node) - set(bound) - {"o", "c", "t"}):
            bare = Node("domain", (symbol(name),), ())
            for domain in dict.fromkeys((self.domains.get(name, bare), bare)):
                yield Node("sum", (domain, node), name)

    def _other_domain(self, node: Node, bound: Bound) -> Iterator[Node]:
        if node.op != "sum":
            return
        name = str(node.value)
        bare = symbol(name)
        yield node.replaced(0, Node("domain", (bare,), ()))
        without_o = Node("relation", (bare, symbol("o")), ("\\neq",))
        yield node.replaced(0, Node("domain", (without_o,), ()))
        for other in sorted(_index_names(node.args[1]) - {name, "o", "c"}):
            domain = self.domains.get(other, Node("domain", (symbol(other),), ()))
            yield Node("sum", (domain, node.args[1]), other)
        for other, domain in self.domains.items():
            if domain != node.args[0]:
                yield Node("sum", (domain, _reindexed(node.args[1], name, other)), other)

    def _other_index(self, node: Node, bound: Bound) -> Iterator[Node]:
        if node.op not in ("entry", "probability", "loss") or not node.args:
            return
        position = 1 if node.op == "loss" else 0
        if len(node.args) <= position:
            return
        for index in _distinct([*self.indices, *(symbol(name) for name in bound)]):
            if index != node.args[position]:
                yield node.replaced(position, index)

    def _other_vector(self, node: Node, bound: Bound) -> Iterator[Node]:
        if node.op == "entry" and node.value in ("u", "v"):
            yield from (vector for vector in self.vectors if vector != node)

    def _derivative(self, node: Node, bound: Bound) -> Iterator[Node]:
        if self.by is not None and node.op not in ("number", "derivative"):
            yield Node("derivative", (node, self.by))

    def _vector(self, node: Node, bound: Bound) -> Iterator[Node]:
        turned = [Node("transpose", (vector,)) for vector in self.vectors]
        yield from _times(node, [*self.vectors, *turned])

    def _factor(self, node: Node, bound: Bound) -> Iterator[Node]:
        predicted = [entry("yhat", symbol(name)) for name in self._names(bound)]
        yield from _times(node, [*self.factors, *predicted])

    def _term(self, node: Node, bound: Bound) -> Iterator[Node]:
        if node.op in ("number", "domain"):
            return
        for term in (*self.terms, number(1)):
            for signed in (term, _negated(term)):
                yield Node("add", (signed, node))
                if node.op != "neg":
                    yield Node("add", (signed, _negated(node)))


def _divided(denominators: Sequence[Node]) -> Rule:
    def rule(node: Node, bound: Bound) -> Iterator[Node]:
        if node.op not in ("number", "domain"):
            yield from (Node("div", (node, bottom)) for bottom in denominators)

    return rule


def _times(node: Node, factors: Sequence[Node]) -> Iterator[Node]:
    if node.op in ("domain", "relation"):
        return
    for factor in factors:
        yield Node("mul", (node, factor))
        yield Node("mul", (factor, node))
        if node.op == "mul" and len(node.args) > 1:
            yield Node("mul", (node.args[0], factor, *node.args[1:]))


def _distinct(nodes: Sequence[Node]) -> list[Node]:
    return list(dict.fromkeys(nodes))


def _negated(node: Node) -> Node:
    return node.args[0] if node.op == "neg" else Node("neg", (node,))


def _flip(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "neg":
        yield node.args[0]
    elif node.op == "add":
        for position, part in enumerate(node.args):
            yield node.replaced(position, _negated(part))
    elif node.op in ("call", "mul", "sum", "div", "dot"):
        yield Node("neg", (node,))


def _flip_in_sigma(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "call" and node.value in ("sigma", "dsigma"):
        yield node.replaced(0, _negated(node.args[0]))


def _unwrap_double_sigma(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "call" and node.value == "sigma":
        inside = node.args[0]
        if any(part.op == "call" and part.value == "sigma" for part in inside.walk()):
            yield inside


def _renamed(old: str, new: str) -> Rule:
    def rule(node: Node, bound: Bound) -> Iterator[Node]:
        if node.op in ("symbol", "entry") and node.value == old:
            yield Node(node.op, node.args, new)

    return rule


def _indexed(node: Node, index: Node) -> Node:
    if node.op == "symbol" and node.value in ("y", "yhat"):
        return entry(str(node.value), index)
    if node.op == "transpose":
        return _indexed(node.args[0], index)
    return Node(node.op, tuple(_indexed(part, index) for part in node.args), node.value)


def _whole_vector(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op in ("entry", "add", "neg") and names(node) & {"y", "yhat"}:
        whole = _unindexed(node)
        if whole != node:
            yield whole
            yield Node("transpose", (whole,))


def _unindexed(node: Node) -> Node:
    if node.op == "entry" and node.value in ("y", "yhat"):
        return symbol(str(node.value))
    return Node(node.op, tuple(_unindexed(part) for part in node.args), node.value)


def _exchange(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op not in ("mul", "dot"):
        return
    for i in range(len(node.args) - 1):
        left, right = node.args[i : i + 2]
        before, after = node.args[:i], node.args[i + 2 :]
        yield Node(node.op, (*before, right, left, *after), node.value)
        turned = (Node("transpose", (right,)), Node("transpose", (left,)))
        yield Node(node.op, (*before, *turned, *after), node.value)


def _transpose(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op in ("symbol", "entry", "add", "mul", "sum", "call"):
        yield Node("transpose", (node,))


def _untranspose(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "transpose":
        yield node.args[0]


def _unsum(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "sum":
        yield node.args[1]


def _wrapped(function: str) -> Rule:
    def rule(node: Node, bound: Bound) -> Iterator[Node]:
        if node.op in ("mul", "dot", "neg", "div", "sum", "entry", "symbol", "probability", "call"):
            yield call(function, node)

    return rule


def _unwrap(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "call":
        yield node.args[0]


def _slope(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "call" and node.value == "sigma":
        yield Node("call", node.args, "dsigma")
    if node.op == "call" and node.value == "dsigma":
        yield Node("call", node.args, "sigma")


def _upside_down(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "div":
        yield Node("div", node.args[::-1])


def _square(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "power":
        yield node.args[0]
    elif node.op in ("add", "call", "entry", "symbol", "sum"):
        yield Node("power", (node, number(2)))


def _once(op: str) -> Rule:
    """Of a factor or a term that stands there twice, one is taken away."""

    def rule(node: Node, bound: Bound) -> Iterator[Node]:
        if node.op == op:
            for position, part in enumerate(node.args):
                if part in node.args[:position]:
                    rest = (*node.args[:position], *node.args[position + 1 :])
                    yield rest[0] if len(rest) == 1 else Node(op, rest)

    return rule


def _without_factor(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op in ("mul", "dot", "hadamard"):
        for position in range(len(node.args)):
            rest = (*node.args[:position], *node.args[position + 1 :])
            yield rest[0] if len(rest) == 1 else Node("mul", rest)
    elif node.op == "div":
        yield node.args[0]


def _other_number(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "number":
        yield from (number(value) for value in (0, 1, 2) if value != node.value)


def _without_term(node: Node, bound: Bound) -> Iterator[Node]:
    if node.op == "add":
        for position in range(len(node.args)):
            rest = (*node.args[:position], *node.args[position + 1 :])
            yield rest[0] if len(rest) == 1 else Node("add", rest)


def _index_names(node: Node) -> set[str]:
    """The names that stand in an index somewhere."""
    return {
        str(part.value)
        for above in node.walk()
        if above.op in ("entry", "probability", "index")
        for index in above.args
        for part in index.walk()
        if part.op == "symbol"
    } - {"y", "yhat", "U", "V"}


def _reindexed(node: Node, old: str, new: str) -> Node:
    if node.op == "symbol" and node.value == old:
        return symbol(new)
    return Node(node.op, tuple(_reindexed(part, old, new) for part in node.args), node.value)
