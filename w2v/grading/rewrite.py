"""Rewritings of a solution that keep its meaning: the same answer in another hand."""

import ast
import copy
from collections.abc import Callable

Choose = Callable[[int], int]
"""choose(k) gives a whole number from 0 to k - 1; by Hypothesis, or by a random generator."""


def rewritten(source: str, choose: Choose) -> str:
    """Another way to write a cell, with every single step drawn by `choose`."""
    tree = ast.parse(source)
    if choose(2):
        for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
            _Renamer(function).visit(function)
    tree = _Rewriter(choose).visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


class _Renamer(ast.NodeTransformer):
    """Gives the parameters and local names of one function other names."""

    def __init__(self, function: ast.FunctionDef) -> None:
        self.names = {argument.arg for argument in function.args.args}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.names.add(node.id)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """A parameter."""
        return ast.arg(f"my_{node.arg}" if node.arg in self.names else node.arg)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A name that is read or written."""
        return ast.Name(f"my_{node.id}" if node.id in self.names else node.id, node.ctx)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, choose: Choose) -> None:
        self.choose = choose

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A line that does nothing, or none."""
        self.generic_visit(node)
        if self.choose(2):
            node.body.insert(0, ast.parse("unused = None").body[0])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """a + b as b + a, a - b as a + (-b), a @ b as a call, and so on."""
        self.generic_visit(node)
        left, right = node.left, node.right
        forms: list[ast.AST] = [node]
        if isinstance(node.op, ast.Add | ast.Mult):
            forms.append(ast.BinOp(right, node.op, left))
        if isinstance(node.op, ast.Sub):
            forms.append(ast.BinOp(left, ast.Add(), ast.UnaryOp(ast.USub(), right)))
            forms.append(ast.UnaryOp(ast.USub(), ast.BinOp(right, ast.Sub(), left)))
        if isinstance(node.op, ast.Div):
            forms.append(ast.BinOp(left, ast.Mult(), ast.BinOp(ast.Constant(1), ast.Div(), right)))
        if isinstance(node.op, ast.MatMult):
            forms += [_numpy("matmul", left, right), _numpy("dot", left, right)]
        return self._one_of(forms)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """-x as a product."""
        self.generic_visit(node)
        forms: list[ast.AST] = [node]
        if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
            forms += [ast.BinOp(ast.Constant(-1), ast.Mult(), node.operand)]
            forms += [_numpy("negative", node.operand)]
        return self._one_of(forms)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """U.T as np.transpose(U)."""
        self.generic_visit(node)
        forms: list[ast.AST] = [node]
        if node.attr == "T" and isinstance(node.ctx, ast.Load):
            forms.append(_numpy("transpose", node.value))
        return self._one_of(forms)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """a < b as b > a."""
        self.generic_visit(node)
        mirror = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
        forms: list[ast.AST] = [node]
        if len(node.ops) == 1 and type(node.ops[0]) in mirror:
            swapped = mirror[type(node.ops[0])]()
            forms.append(ast.Compare(node.comparators[0], [swapped], [node.left]))
        return self._one_of(forms)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """a += b as a = a + b."""
        self.generic_visit(node)
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        longer = ast.Assign([node.target], ast.BinOp(read, node.op, node.value))
        return self._one_of([node, longer])

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        """A name for the result before it is returned."""
        self.generic_visit(node)
        if node.value is None or not self.choose(2):
            return node
        name = ast.Assign([ast.Name("result", ast.Store())], node.value)
        return [name, ast.Return(ast.Name("result", ast.Load()))]

    def _one_of(self, forms: list[ast.AST]) -> ast.AST:
        return forms[self.choose(len(forms))] if len(forms) > 1 else forms[0]


def _numpy(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), [*arguments], [])
