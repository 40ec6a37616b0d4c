"""The expression tree: what a line says, before anything is known about its value."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Node:
    """An operation with its operands.

    The operations are: number, symbol, entry (a name with an index, such as u_w), index (an
    indexed expression, such as (y_hat - y)_w), neg, add, mul, dot, hadamard, div, power,
    transpose, call (of the function `value`), sum (over the bound name `value`: domain, body),
    derivative (of, by), probability, loss, relation (`value` holds its signs), list, dots, matrix
    (`value` is its number of columns), entries ([...]_{n x n}), cases (value, condition, ...),
    indicator.
    """

    op: str
    args: tuple["Node", ...] = ()
    value: object = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Kept: trees are looked up by the thousand in the search for a mistake.
        return hash((self.op, self.args, self.value))

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for part in self.args:
            yield from part.walk()

    def replaced(self, position: int, part: "Node") -> "Node":
        """A copy with another operand at `position`."""
        return Node(self.op, (*self.args[:position], part, *self.args[position + 1 :]), self.value)


def number(value: float) -> Node:
    """A number."""
    return Node("number", (), float(value))


def symbol(name: str) -> Node:
    """A name without an index."""
    return Node("symbol", (), name)


def entry(name: str, index: Node) -> Node:
    """A name with an index."""
    return Node("entry", (index,), name)


def call(function: str, argument: Node) -> Node:
    """A function of one argument."""
    return Node("call", (argument,), function)


def contains(node: Node, *ops: str) -> bool:
    """Whether one of the operations occurs in the expression."""
    return any(part.op in ops for part in node.walk())


def names(node: Node) -> set[str]:
    """All names in the expression, bound ones included."""
    named = ("symbol", "entry", "sum")
    return {str(part.value) for part in node.walk() if part.op in named}
