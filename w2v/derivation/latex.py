"""An expression tree written as LaTeX again: the inverse of `parse`."""

from collections.abc import Callable
from itertools import pairwise

from w2v.derivation.expression import Node

_NAMES = {"yhat": r"\hat{y}", "size": "|V|", "Vocab": "Vocab"}
_FUNCTIONS = {"dsigma": r"\sigma'", "softmax": r"\operatorname{softmax}", "CE": r"\text{CE}"}
_LOOSE = ("add", "neg", "sum", "relation", "derivative")


def latex(node: Node) -> str:
    """LaTeX that reads as `node`."""
    writer = _WRITERS.get(node.op)
    return writer(node) if writer else _plain(node)


def _plain(node: Node) -> str:
    if node.op == "number":
        return f"{node.value:g}"
    if node.op == "dots":
        return r"\dots"
    if node.op == "symbol":
        name = str(node.value)
        return _NAMES.get(name, name if len(name.rstrip("'")) == 1 else "\\" + name)
    raise ValueError(f"cannot write {node.op}")


def _tight(node: Node) -> str:
    """The expression, in brackets where it would fall apart beside others."""
    text = latex(node)
    return rf"\left({text}\right)" if node.op in _LOOSE else text


def _entry(node: Node) -> str:
    return f"{_plain(Node('symbol', (), node.value))}_{{{latex(node.args[0])}}}"


def _add(node: Node) -> str:
    text = latex(node.args[0])
    for part in node.args[1:]:
        if part.op == "neg":
            text += f" - {_factor(part.args[0])}"
        else:
            text += f" + {latex(part) if part.op == 'sum' else _factor(part)}"
    return text


def _factor(node: Node) -> str:
    return rf"\left({latex(node)}\right)" if node.op in ("add", "neg", "relation") else latex(node)


def _mul(node: Node) -> str:
    parts = [_tight(part) for part in node.args]
    if node.args[-1].op == "sum":
        parts[-1] = latex(node.args[-1])
    text = parts[0]
    for (left, right), part in zip(pairwise(node.args), parts[1:], strict=True):
        both = left.op in ("number", "power") and right.op == "number"
        text += (r" \times " if both else " ") + part
    return text


def _between(sign: str) -> Callable[[Node], str]:
    return lambda node: f" {sign} ".join(_tight(part) for part in node.args)


def _script(node: Node, script: str) -> str:
    base = node.args[0]
    simple = base.op in ("symbol", "entry")
    return (latex(base) if simple else rf"\left({latex(base)}\right)") + script


def _call(node: Node) -> str:
    name = _FUNCTIONS.get(str(node.value), rf"\{node.value}")
    return rf"{name}\left({latex(node.args[0])}\right)"


def _sum(node: Node) -> str:
    domain, body = node.args
    upper = domain.value or ()
    above = f"^{{{latex(upper[0])}}}" if upper else ""  # type: ignore[index]
    below = ", ".join(latex(part) for part in domain.args)
    return rf"\sum_{{{below}}}{above} {_tight(body) if body.op != 'sum' else latex(body)}"


def _derivative(node: Node) -> str:
    of, by = node.args
    if of.op == "loss":
        return rf"\frac{{\partial {latex(of)}}}{{\partial {latex(by)}}}"
    return rf"\frac{{\partial}}{{\partial {latex(by)}}} \left({latex(of)}\right)"


def _loss(node: Node) -> str:
    name = "J_s" if node.value == "window" else "J"
    return f"{name}({', '.join(map(latex, node.args))})" if node.args else name


def _relation(node: Node) -> str:
    text = latex(node.args[0])
    for sign, part in zip(node.value, node.args[1:], strict=True):  # type: ignore[call-overload]
        text += f" {sign} " + (rf"\{{{latex(part)}\}}" if part.op == "list" else latex(part))
    return text


def _matrix(node: Node) -> str:
    columns = int(str(node.value))
    cells = [latex(part) for part in node.args]
    rows = [" & ".join(cells[i : i + columns]) for i in range(0, len(cells), columns)]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


def _cases(node: Node) -> str:
    rows = [
        latex(value) + " & " + ("otherwise" if when.op == "otherwise" else latex(when))
        for value, when in zip(node.args[::2], node.args[1::2], strict=True)
    ]
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


_WRITERS: dict[str, Callable[[Node], str]] = {
    "entry": _entry,
    "add": _add,
    "neg": lambda node: f"-{_factor(node.args[0])}",
    "mul": _mul,
    "dot": _between(r"\cdot"),
    "hadamard": _between(r"\odot"),
    "div": lambda node: rf"\frac{{{latex(node.args[0])}}}{{{latex(node.args[1])}}}",
    "power": lambda node: _script(node, f"^{{{latex(node.args[1])}}}"),
    "transpose": lambda node: _script(node, r"^\top"),
    "index": lambda node: _script(node, f"_{{{latex(node.args[1])}}}"),
    "call": _call,
    "sum": _sum,
    "derivative": _derivative,
    "loss": _loss,
    "relation": _relation,
    "list": lambda node: ", ".join(latex(part) for part in node.args),
    "probability": lambda node: f"P(O = {latex(node.args[0])} | C = {latex(node.args[1])})",
    "matrix": _matrix,
    "cases": _cases,
    "entries": lambda node: rf"\left[{latex(node.args[0])}\right]_{{n \times n}}",
    "indicator": lambda node: rf"\mathbb{{1}}[{latex(node.args[0])}]",
}
