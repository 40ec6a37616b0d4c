"""Mutants: a solution with one thing changed, made systematically from its syntax tree.

Each operator yields replacements of one node, each a slip that a programmer makes: an operator or a
term swapped or dropped, another constant, index, axis, sign or argument, a line removed, another
reduction, a loop that ends too early, a result written into an argument.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Operator = Callable[[ast.AST, "Scope"], Iterator[ast.AST]]

SWAPPED_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add, ast.MatMult),
    ast.Div: (ast.Mult, ast.Sub),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
SWAPPED_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt, ast.NotEq),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
SWAPPED_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "sum": ("mean", "max", "prod"),
    "mean": ("sum",),
    "max": ("min", "sum", "mean"),
    "exp": ("log", "exp2", "expm1", "abs"),
    "log": ("exp", "log2", "log10", "log1p"),
    "abs": ("negative", "positive"),
    "tanh": ("sin", "arctan", "sinh"),
    "logaddexp": ("maximum", "logaddexp2", "add"),
    "outer": ("inner", "multiply", "add.outer"),
    "dot": ("multiply",),
    "diag": ("diagflat", "asarray"),
    "append": ("union1d",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "add": ("subtract",),
    "choice": ("integers", "permutation"),
}


@dataclass(frozen=True)
class Mutant:
    """A changed solution.

    Args:
        operator: what kind of change it is.
        line: the line of the solution that changed, counted from 1.
        source: the whole changed cell.
    """

    operator: str
    line: int
    source: str


@dataclass(frozen=True)
class Scope:
    """The names that a mutant may use in place of each other."""

    parameters: tuple[str, ...]


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a cell, each different from the others and from the cell itself."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        scope = Scope(tuple(argument.arg for argument in function.args.args))
        for place, node in enumerate(ast.walk(function)):
            for name, operator in OPERATORS.items():
                for replacement in operator(node, scope):
                    changed = _replaced(tree, function, place, replacement)
                    if changed is not None and changed not in seen:
                        seen.add(changed)
                        yield Mutant(name, getattr(node, "lineno", function.lineno), changed)


def _replaced(
    tree: ast.Module, function: ast.FunctionDef, place: int, replacement: ast.AST
) -> str | None:
    """The source with the node number `place` of `function` replaced; None if that is no Python."""
    whole = copy.deepcopy(tree)
    (copied,) = (node for node in whole.body if getattr(node, "name", "") == function.name)
    target = list(ast.walk(copied))[place]
    new = copy.deepcopy(replacement)
    for parent in ast.walk(copied):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(item is target for item in value):
                items = [new if item is target else item for item in value]
                setattr(parent, field, _flat(items))
    try:
        text = ast.unparse(ast.fix_missing_locations(whole))
        ast.parse(text)
    except (SyntaxError, ValueError, AttributeError):
        return None
    return text


def _flat(items: list[ast.AST]) -> list[ast.AST]:
    """Statements that were replaced by a module are replaced by its body."""
    flat: list[ast.AST] = []
    for item in items:
        flat += item.body if isinstance(item, ast.Module) else [item]
    return flat


# Expressions --------------------------------------------------------------------------------------


def _swap_operators(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for other in SWAPPED_OPERATORS.get(type(node.op), ()):
            yield _with(node, op=other())


def _drop_terms(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
    if isinstance(node, ast.BoolOp):
        yield from node.values


def _exchange_terms(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield _with(node, left=node.right, right=node.left)
    if isinstance(node, ast.IfExp):
        yield _with(node, body=node.orelse, orelse=node.body)
    if isinstance(node, ast.Tuple) and len(node.elts) == 2:
        yield _with(node, elts=node.elts[::-1])


def _flip_signs(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    if isinstance(node, ast.BinOp | ast.Call | ast.Subscript | ast.Name) and _is_read(node):
        yield ast.UnaryOp(ast.USub(), node)


def _change_constants(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        for value in (node.value + 1, node.value - 1, 2 * node.value, node.value / 2, 0):
            yield ast.Constant(type(node.value)(value))


def _change_comparisons(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in SWAPPED_COMPARISONS.get(type(node.ops[0]), ()):
            yield _with(node, ops=[other()])


def _change_indices(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Subscript):
        return
    if isinstance(node.ctx, ast.Load):
        yield node.value
    if isinstance(node.slice, ast.Slice):
        yield _with(node, slice=ast.Slice())
        yield _with(node, slice=ast.Slice(ast.Constant(1)))
        yield _with(node, slice=ast.Slice(None, ast.Constant(-1)))
    elif isinstance(node.slice, ast.Tuple):
        yield _with(node, slice=_with(node.slice, elts=node.slice.elts[::-1]))
    else:
        for step in (1, -1):
            yield _with(node, slice=ast.BinOp(node.slice, ast.Add(), ast.Constant(step)))
        yield _with(node, slice=ast.Slice())
        yield _with(node, slice=ast.Constant(0))
        yield _with(node, slice=ast.Constant(-1))


def _drop_attributes(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    """`U.T` becomes `U`, `x.copy()` becomes `x`."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        yield node.func.value


def _transpose(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Name) and node.id in ("U", "V", "Y", "W", "Z", "G", "rows"):
        yield ast.Attribute(node, "T", ast.Load())


def _change_functions(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    if len(node.args) == 1 and not node.keywords:
        yield node.args[0]
    if isinstance(node.func, ast.Attribute):
        for other in SWAPPED_FUNCTIONS.get(node.func.attr, ()):
            yield _with(node, func=_with(node.func, attr=other))
    if isinstance(node.func, ast.Name) and node.func.id == "sum":
        yield _with(node, func=ast.Name("max", ast.Load()))


def _change_arguments(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    for place in range(len(node.args) - 1):
        args = list(node.args)
        args[place], args[place + 1] = args[place + 1], args[place]
        yield _with(node, args=args)
    for place in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:place] + node.keywords[place + 1 :])


def _replace_names(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
        return
    if node.id in scope.parameters:
        for other in scope.parameters:
            if other != node.id:
                yield ast.Name(other, ast.Load())
    for step in (1, -1):
        yield ast.BinOp(ast.Name(node.id, ast.Load()), ast.Add(), ast.Constant(step))


def _write_in_place(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    """`a - b` becomes `np.subtract(a, b, out=a)`: the result is written into a name."""
    functions = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
    if isinstance(node, ast.BinOp) and type(node.op) in functions:
        for operand in (node.left, node.right):
            if isinstance(operand, ast.Name):
                function = ast.Attribute(ast.Name("np", ast.Load()), functions[type(node.op)])
                out = ast.keyword("out", ast.Name(operand.id, ast.Load()))
                yield ast.Call(function, [node.left, node.right], [out])
    if isinstance(node, ast.Call) and "zeros" in ast.unparse(node.func):
        for name in scope.parameters:
            yield ast.Name(name, ast.Load())


def _change_loops(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.For | ast.comprehension):
        words = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        for bounds in (
            ast.Slice(ast.Constant(1)),
            ast.Slice(None, ast.Constant(-1)),
            ast.Slice(None, ast.Constant(1)),
            ast.Slice(None, None, ast.Constant(-1)),
        ):
            yield _with(node, iter=ast.Subscript(words, bounds, ast.Load()))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield _with(node, ifs=[])


# Statements ---------------------------------------------------------------------------------------


def _remove_lines(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef) and not is_text:
        yield ast.Pass()
    if isinstance(node, ast.For | ast.While | ast.If):
        yield ast.Module(node.body, [])
    if isinstance(node, ast.For | ast.While):
        yield _with(node, body=[*node.body, ast.Break()])
    if isinstance(node, ast.If | ast.While):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _change_assignments(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        (target,) = node.targets
        left = node.value.left
        if isinstance(target, ast.Name) and isinstance(left, ast.Name) and left.id != target.id:
            yield ast.Module(  # the name becomes another for the argument, which is changed
                [
                    ast.Assign([target], left, lineno=node.lineno),
                    ast.AugAssign(target, node.value.op, node.value.right),
                ],
                [],
            )
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        yield ast.AugAssign(node.targets[0], ast.Add(), node.value)


def _change_returns(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(None)
        if isinstance(node.value, ast.Tuple):
            for part in node.value.elts:
                yield ast.Return(part)
        for wrapper in ("np.atleast_2d", "np.float32", "np.sum", "np.abs"):
            yield ast.Return(ast.parse(f"{wrapper}({ast.unparse(node.value)})").body[0].value)  # type: ignore[attr-defined]


OPERATORS: dict[str, Operator] = {
    "operator swapped": _swap_operators,
    "term dropped": _drop_terms,
    "terms exchanged": _exchange_terms,
    "sign flipped": _flip_signs,
    "constant changed": _change_constants,
    "comparison changed": _change_comparisons,
    "index changed": _change_indices,
    "attribute dropped": _drop_attributes,
    "transposed": _transpose,
    "function changed": _change_functions,
    "arguments changed": _change_arguments,
    "name replaced": _replace_names,
    "written in place": _write_in_place,
    "loop changed": _change_loops,
    "line removed": _remove_lines,
    "assignment changed": _change_assignments,
    "return changed": _change_returns,
}


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of a node with some fields exchanged."""
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def _is_read(node: ast.AST) -> bool:
    return not hasattr(node, "ctx") or isinstance(node.ctx, ast.Load)
