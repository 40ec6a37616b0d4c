r"""A line as an expression tree, in every way that people read it.

The grammar knows brackets and scripts. How far a function without brackets, a sum or
\frac{\partial}{\partial v} reaches is a matter of reading: each `Reading` settles it in one way,
and `readings` yields the different trees that a line can mean, the usual one first.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from lark import Lark, Token, Tree, UnexpectedInput
from lark.exceptions import UnexpectedEOF

from w2v.derivation.expression import Node, call, entry, number, symbol


class Unreadable(Exception):  # noqa: N818 - it is no error of anyone's: a person will read the line
    """A line that the grammar does not know: the place, and what was expected there."""


class Reading(NamedTuple):
    r"""How far things reach that have no brackets.

    Args:
        function: \log a b: "all" (log of the product), "first" (log a, times b) or "two".
        sum: "term" (the product), "rest" (to the end of the group) or "first" (one factor).
        operator: the same for \frac{\partial}{\partial v}.
        slash: a / b c: "left" (a / b, times c) or "rest" (a over b c).
    """

    function: str = "all"
    sum: str = "term"
    operator: str = "term"
    slash: str = "left"


CHOICES = {
    "function": ("all", "first", "two"),
    "sum": ("term", "rest", "first"),
    "operator": ("term", "rest", "first"),
    "slash": ("left", "rest"),
}
LOSSES = {"J": "pair", "\\Jwindow": "window"}
_WORDS = {
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "LBRACE": "{",
    "LPAR": "(",
    "NAME": "a symbol",
    "NUMBER": "a number",
    "FUNCTION": "a function",
    "SIGN": "+ or -",
    "TIMES": "a product sign",
    "RELATION": "=",
    "$END": "the end of the line",
    "__ANON_0": r"\sum",
}


@cache
def _grammar() -> Lark:
    source = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", start="start", maybe_placeholders=True)


def syntax(text: str) -> "Tree[Token]":
    """The brackets and scripts of a normalised line.

    Raises:
        Unreadable: the message shows the place and what was expected there.
    """
    if not text.strip():
        raise Unreadable("nothing stands here: an expression was expected")
    try:
        return _grammar().parse(text)
    except UnexpectedInput as problem:
        raise Unreadable(_place(text, problem)) from None


def _place(text: str, problem: UnexpectedInput) -> str:
    at_end = isinstance(problem, UnexpectedEOF) or getattr(problem, "token", None) == ""
    column = len(text) if at_end else max(problem.column - 1, 0)
    before, after = text[:column].split(), text[column:].split()
    where = f"after `{' '.join(before[-6:])}`" if before else "at the beginning"
    found = f"found `{after[0][:30]}`" if after else "the line ends"
    expected = _expected(problem)
    return f"{where}: {found}" + (f", expected {expected}" if expected else "")


def _expected(problem: UnexpectedInput) -> str:
    wanted = set(getattr(problem, "expected", None) or getattr(problem, "allowed", None) or ())
    closing = [_WORDS[name] for name in ("RPAR", "RSQB", "RBRACE") if name in wanted]
    if closing:
        return " or ".join(f"`{sign}`" for sign in closing)
    if "NAME" in wanted:
        return "a symbol, a number, a function or an opening bracket"
    return ", ".join(sorted(_WORDS[name] for name in wanted if name in _WORDS))


def readings(text: str) -> Iterator[tuple[Reading, Node]]:
    """The different trees of a normalised line, the usual reading first.

    Raises:
        Unreadable: no reading makes sense.
    """
    tree = syntax(text).children[0]
    usual = _Builder(Reading())
    node = usual.build(tree)
    seen = {node}
    yield usual.reading, node
    open_choices = [CHOICES[name] if name in usual.asked else CHOICES[name][:1] for name in CHOICES]
    for choice in product(*open_choices):
        reading = Reading(*choice)
        try:
            node = _Builder(reading).build(tree)
        except Unreadable:
            continue
        if node not in seen:
            seen.add(node)
            yield reading, node


def parse(text: str) -> Node:
    """The usual reading of a normalised line."""
    return next(readings(text))[1]


Part = Any  # Tree[Token] | Token


class _Builder:
    """Builds the tree of one reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.asked: set[str] = set()  # the choices that this line leaves open

    def choice(self, name: str) -> str:
        self.asked.add(name)
        return str(getattr(self.reading, name))

    def build(self, tree: Part) -> Node:
        return getattr(self, "_" + tree.data)(tree)

    # Lists and relations

    def _relation(self, tree: Part) -> Node:
        signs = tuple(str(child) for child in tree.children if isinstance(child, Token))
        sides = tuple(self.build(child) for child in tree.children if isinstance(child, Tree))
        return Node("relation", sides, signs)

    def _list(self, tree: Part) -> Node:
        parts = tuple(self.build(child) for child in tree.children)
        return parts[0] if len(parts) == 1 else Node("list", parts)

    def _inside(self, tree: Part) -> Node:
        parts = [self.build(child) for child in tree.children if child is not None]
        return parts[0] if len(parts) == 1 else Node("given", tuple(parts))

    # What stands side by side

    def _expression(self, tree: Part) -> Node:
        parts = _Cursor(list(tree.children))
        node = self._sum_of_terms(parts)
        if not parts.done:
            raise Unreadable(f"`{_sign(parts.peek())}` is not expected here")
        return node

    def _sum_of_terms(self, parts: "_Cursor") -> Node:
        terms = [self._signed_term(parts)]
        while parts.token("SIGN"):
            terms.append(self._signed_term(parts))
        return terms[0] if len(terms) == 1 else Node("add", tuple(terms))

    def _signed_term(self, parts: "_Cursor") -> Node:
        minus = False
        while parts.token("SIGN"):
            minus ^= parts.next() == "-"
        term = self._term(parts)
        return Node("neg", (term,)) if minus else term

    def _term(self, parts: "_Cursor") -> Node:
        node: Node | None = None
        sign = "times"
        while not parts.done and not (node and sign == "times" and parts.token("SIGN")):
            if parts.token("TIMES"):
                if node is None:
                    raise Unreadable(f"`{parts.peek()}` has nothing on its left")
                sign = str(parts.next())
                if sign == "/" and self.choice("slash") == "rest":
                    return Node("div", (node, self._term(parts)))
                if parts.done:
                    raise Unreadable(f"`{sign}` has nothing on its right")
                continue
            factor = self._signed_factor(parts)
            node = factor if node is None else _joined(node, sign, factor)
            sign = "times"
        if node is None:
            raise Unreadable("a sign has nothing on its right")
        return node

    def _signed_factor(self, parts: "_Cursor") -> Node:
        if parts.token("SIGN"):
            minus = parts.next() == "-"
            factor = self._factor(parts)
            return Node("neg", (factor,)) if minus else factor
        return self._factor(parts)

    def _factor(self, parts: "_Cursor") -> Node:
        if parts.done:
            raise Unreadable("the line ends where a factor was expected")
        part = parts.next()
        if isinstance(part, Token):
            if part.type == "FUNCTION":
                return self._applied(str(part).lstrip("\\"), parts)
            raise Unreadable(f"`{part}` is not expected here")
        if part.data in ("sum", "sum_from_above"):
            return self._sum(part, parts)
        if part.data == "operator":
            return self._operator(part, parts)
        return self._item(part, parts)

    # What reaches over what follows

    def _applied(self, function: str, parts: "_Cursor") -> Node:
        if function in ("sigma", "dsigma") and (parts.ends_factor() or _bare_sigma(parts.peek())):
            return call(function, symbol("x"))  # sigma' = sigma (1 - sigma), of x
        if parts.group():
            group = parts.next()
            base, scripts = group.children[0], group.children[1:]
            return self._scripted(call(function, self.build(base)), scripts)
        if parts.done:
            raise Unreadable(f"{function} has no argument")
        return call(function, self._reach(parts, self.choice("function"), 2))

    def _reach(self, parts: "_Cursor", how: str, most: int = 1) -> Node:
        """The operand of something without brackets: the product, or its first factors."""
        if parts.token("SIGN"):
            minus = parts.next() == "-"
            node = self._reach(parts, how, most)
            return Node("neg", (node,)) if minus else node
        if how not in ("first", "two"):
            return self._term(parts)
        node = self._factor(parts)
        if how == "two" and most == 2 and not parts.done and not isinstance(parts.peek(), Token):
            node = _joined(node, "times", self._factor(parts))
        return node

    def _sum(self, tree: Part, parts: "_Cursor") -> Node:
        bound, domain = self._domain(tree)
        if parts.done:
            raise Unreadable("nothing stands behind the sum")
        start = parts.position
        if self.choice("sum") == "first":
            body = self._reach(parts, "first")
            rest = parts.copy()
            # What still names the index belongs to the sum.
            if (
                not rest.done
                and not rest.token("SIGN")
                and _mentions(rest.parts[rest.position :], bound)
            ):
                parts.position = start
                body = self._reach(parts, "all")
        else:
            body = self._reach(parts, "all")
            if self.choice("sum") == "rest" and _mentions(parts.parts[parts.position :], bound):
                parts.position = start
                body = self._sum_of_terms(parts)
        return Node("sum", (domain, body), bound)

    def _domain(self, tree: Part) -> tuple[str, Node]:
        below, above = reversed(tree.children) if "above" in tree.data else tree.children
        if below is None:
            raise Unreadable(r"the sum does not say what it runs over: write \sum_w")
        node = self.build(below)
        constraints = node.args if node.op == "list" else (node,)
        bound = _bound(constraints)
        upper = () if above is None else (self._upper(above),)
        return bound, Node("domain", constraints, upper)

    def _upper(self, above: Part) -> Node:
        return symbol("T") if isinstance(above, Token) else self.build(above)

    def _operator(self, tree: Part, parts: "_Cursor") -> Node:
        by = self.build(tree.children[-1])
        if parts.done:
            raise Unreadable("nothing stands behind the derivative")
        group = parts.group()
        start = parts.position
        if self.choice("operator") == "first":
            of = self._reach(parts, "first")
        else:
            of = self._reach(parts, "all")
            if self.choice("operator") == "rest" and not group and not parts.done:
                parts.position = start
                of = self._sum_of_terms(parts)
        return Node("derivative", (of, by))

    # Names, brackets and scripts

    def _item(self, tree: Part, parts: "_Cursor | None" = None) -> Node:
        base, scripts = tree.children[0], tree.children[1:]
        name = str(base.children[0]) if base.data == "name" else ""
        if parts is not None and parts.round():
            if name in LOSSES or name in ("L", "\\ell"):
                arguments = parts.next().children[0]
                return self._loss(name, self.build(arguments))
            if name in ("P", "p", "Q"):
                return self._probability(self.build(parts.next().children[0]))
        if base.data == "square" and any(_is_grid(script) for script in scripts):
            return Node("entries", (self.build(base),))
        if name == "\\delta" and len(scripts) == 1 and scripts[0].data == "lower":
            pair = self.build(scripts[0].children[0])
            if len(pair.args) == 2:
                return Node("indicator", (Node("relation", pair.args, ("=",)),))
        return self._scripted(self.build(base), scripts)

    def _scripted(self, node: Node, scripts: list[Part]) -> Node:
        for script in sorted(scripts, key=lambda script: script.data != "lower"):
            if script.data == "transpose":
                node = Node("transpose", (node,))
            elif script.data == "upper":
                node = Node("power", (node, self.build(script.children[0])))
            else:
                index = self.build(script.children[0])
                if node.op == "symbol":
                    node = entry(str(node.value), index)
                else:
                    node = Node("index", (node, index))
        return node

    def _loss(self, name: str, arguments: Node) -> Node:
        parts = arguments.args if arguments.op == "list" else (arguments,)
        return Node("loss", parts, LOSSES.get(name, "pair"))

    def _probability(self, inside: Node) -> Node:
        if inside.op != "given" or len(inside.args) != 2:
            raise Unreadable("P(...) needs a bar: P(O = o | C = c)")
        return Node("probability", tuple(_event(part) for part in inside.args))

    def _number(self, tree: Part) -> Node:
        return number(float(tree.children[0]))

    def _name(self, tree: Part) -> Node:
        name = str(tree.children[0])
        return Node("loss", (), LOSSES[name]) if name in LOSSES else symbol(name.lstrip("\\"))

    def _dots(self, tree: Part) -> Node:
        return Node("dots")

    def _bracket(self, tree: Part) -> Node:
        return self.build(tree.children[0])

    _round = _square = _curly = _braces = _bracket

    def _fraction(self, tree: Part) -> Node:
        top, bottom = (self.build(child) for child in tree.children)
        return Node("div", (top, bottom))

    def _derivative(self, tree: Part) -> Node:
        of, by = (self.build(child) for child in tree.children)
        return Node("derivative", (of, by))

    def _matrix(self, tree: Part) -> Node:
        rows = [list(row.children) for row in tree.children]
        rows = [row for row in rows if any(cell is not None for cell in row)]
        columns = max((len(row) for row in rows), default=0)
        cells = []
        for row in rows:
            row += [None] * (columns - len(row))
            cells += [Node("dots") if cell is None else self.build(cell) for cell in row]
        if not cells:
            raise Unreadable("the matrix is empty")
        return Node("matrix", tuple(cells), columns)

    def _cases(self, tree: Part) -> Node:
        parts: list[Node] = []
        for case in tree.children:
            children = [child for child in case.children if isinstance(child, Tree)]
            parts.append(self.build(children[0]))
            parts.append(self.build(children[1]) if len(children) > 1 else Node("otherwise"))
        return Node("cases", tuple(parts))

    def _indicator(self, tree: Part) -> Node:
        return Node("indicator", (self.build(tree.children[0]),))


class _Cursor:
    """A place in the parts of an expression."""

    def __init__(self, parts: list[Part], position: int = 0) -> None:
        self.parts = parts
        self.position = position

    @property
    def done(self) -> bool:
        return self.position >= len(self.parts)

    def copy(self) -> "_Cursor":
        return _Cursor(self.parts, self.position)

    def peek(self) -> Part:
        return self.parts[self.position]

    def next(self) -> Part:
        self.position += 1
        return self.parts[self.position - 1]

    def token(self, kind: str) -> bool:
        return not self.done and isinstance(self.peek(), Token) and self.peek().type == kind

    def ends_factor(self) -> bool:
        """Whether no argument can come next."""
        return self.done or self.token("SIGN") or self.token("TIMES") or self.token("FUNCTION")

    def group(self) -> bool:
        """Whether brackets come next."""
        return self._base() in ("round", "square", "curly", "braces")

    def round(self) -> bool:
        """Whether round brackets come next, as around the arguments of J and P."""
        return self._base() in ("round", "square")

    def _base(self) -> str:
        if self.done or isinstance(self.peek(), Token) or self.peek().data != "item":
            return ""
        return str(self.peek().children[0].data)


def _joined(left: Node, sign: str, right: Node) -> Node:
    if sign == "/":
        return Node("div", (left, right))
    if sign == "\\odot":
        return Node("hadamard", (left, right))
    if sign == "\\cdot" and left.op != "number":
        return Node("dot", (left, right))
    if left.op == "mul":
        return Node("mul", (*left.args, right))
    return Node("mul", (left, right))


def _sign(part: Part) -> str:
    return str(part) if isinstance(part, Token) else "this"


def _event(node: Node) -> Node:
    """The word of an event: o of O = o."""
    return node.args[-1] if node.op == "relation" else node


def _is_grid(script: Part) -> bool:
    r"""Whether a script is n \times n or ij, the subscript of a matrix given by its entries."""
    if script.data != "lower":
        return False
    text = "".join(str(token) for token in script.scan_values(lambda value: True))
    return "\\times" in text or len(text) == 2


def _bound(constraints: tuple[Node, ...]) -> str:
    """The name that a sum runs over: j of -m <= j <= m, k of k = 1, w of w or of w in V."""
    for node in constraints:
        parts = node.args if node.op == "relation" else (node,)
        if len(parts) == 3:
            parts = parts[1:]
        if parts[0].op == "symbol":
            return str(parts[0].value)
        if parts[0].op == "entry":  # over the words w_1 .. w_K: the slot is what runs
            inner = parts[0].args[0]
            if inner.op == "symbol":
                return str(inner.value)
    raise Unreadable("the sum does not say what it runs over")


def _bare_sigma(part: Part) -> bool:
    """Whether a sigma without an argument stands in these brackets."""
    if isinstance(part, Token):
        return False
    for expression in part.find_data("expression"):
        following = [*expression.children[1:], None]
        for child, after in zip(expression.children, following, strict=True):
            is_sigma = isinstance(child, Token) and child in ("\\sigma", "\\dsigma")
            if is_sigma and (after is None or isinstance(after, Token)):
                return True
    return False


def _mentions(parts: list[Part], name: str) -> bool:
    for part in parts:
        if isinstance(part, Tree) and any(
            str(token) == name for token in part.scan_values(lambda value: True)
        ):
            return True
    return False
