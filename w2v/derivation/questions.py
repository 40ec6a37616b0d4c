r"""What each derivation of the course must show: its head, its end, the steps between.

A question holds no derivation: its truth is the numeric derivative of its head.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from w2v.derivation import points
from w2v.derivation.conventions import Convention
from w2v.derivation.evaluate import Evaluator
from w2v.derivation.expression import Node, contains
from w2v.derivation.points import Array, Point
from w2v.errors import StudentError

Test = Callable[[Node], bool]
COURSE = Convention()  # the layout of the course text


@dataclass(frozen=True)
class Waypoint:
    """A step that must be shown.

    Args:
        step: what to show, as the student reads it.
        shown: whether an expression shows it.
        anywhere: whether a chain with another head may show it.
    """

    step: str
    shown: Test
    anywhere: bool = False


@dataclass(frozen=True)
class Question:
    """One derivation of the course.

    Args:
        name: what `%%derive` calls it.
        asks: what is to be derived, as the student reads it.
        heads: the left sides that a chain must start from, in LaTeX; the last line of each must
            be reached. The first is also the head of a chain that has no left side.
        draw: draws a point for one of the cases.
        cases: the cases that the answer must cover.
        other_cases: cases that a label in the text may speak of besides.
        forbidden: what the last line may not hold, by operation, and how to say so.
        needed: what the last line must hold.
        ends: how the last line must look, as the student reads it.
        free: the index that the head leaves open.
        other_heads: left sides that will do as well, though their value is another.
        both_ways: whether the chain may run from the end to the head.
        convention: the layout of vectors, unless the student declares another.
        code: the exercise that computes the same, and the value of the last line in its shape.
    """

    name: str
    asks: str
    heads: tuple[str, ...]
    draw: Callable[[np.random.Generator, str, int], Point]
    cases: tuple[str, ...] = ("",)
    other_cases: tuple[str, ...] = ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    needed: Test = lambda node: True
    ends: str = ""
    waypoints: tuple[Waypoint, ...] = ()
    free: str | None = None
    other_heads: tuple[str, ...] = ()
    both_ways: bool = False
    convention: Convention = COURSE
    code: tuple["Code", ...] = ()

    @property
    def all_cases(self) -> tuple[str, ...]:
        """The cases that the answer must cover, and those that a label may speak of."""
        return self.cases + self.other_cases


@dataclass(frozen=True)
class Code:
    """The student's function that computes what a derivation derives.

    Args:
        exercise: its name.
        arguments: its arguments at a point.
        part: the part of its result that this derivation speaks of.
    """

    exercise: str
    arguments: Callable[[Point], tuple[Any, ...]]
    part: Callable[[Point, Any], Any] = lambda point, result: result


def differentiates(node: Node) -> bool:
    """Whether the derivative of a written-out expression is taken, or the chain rule used."""
    taken = [part.args[0] for part in node.walk() if part.op == "derivative"]
    return any(of.op != "loss" for of in taken) or len(taken) > 1


def finished(node: Node) -> bool:
    """Whether no derivative is left."""
    return not contains(node, "derivative")


def _calls(node: Node, *functions: str) -> bool:
    return any(part.op == "call" and part.value in functions for part in node.walk())


_DERIVATIVE = {"derivative": "a derivative"}
_LOSS = {**_DERIVATIVE, "loss": "the loss J"}
_NAIVE = {
    **_LOSS,
    "probability": "P(...)",
    "exp": "exp",
    "log": "log",
    "softmax": "softmax",
}
_SAMPLED = {**_LOSS, "probability": "P(...)", "log": "log"}

_WRITE_OUT = Waypoint("write J out and take the derivative of that expression", differentiates)
_DIFFERENTIATE = Waypoint(
    "take the derivative: a line without d/d... in which the result is not yet simplified",
    finished,
    anywhere=True,
)


def _real(point: Point, name: str) -> Array:
    return point.arrays[name].real.copy()


def _pair_arguments(point: Point) -> tuple[Any, ...]:
    c, o = point.indices["c"].value, point.indices["o"].value
    return _real(point, "V")[c], o, _real(point, "U")


def _sample_arguments(point: Point) -> tuple[Any, ...]:
    v_c, o, U = _pair_arguments(point)
    return v_c, o, np.array(point.negatives), U


def _y_arguments(point: Point) -> tuple[Any, ...]:
    evaluator = Evaluator(point)
    return evaluator._y().real, evaluator._y_hat().real


def _block_arguments(point: Point) -> tuple[Any, ...]:
    return tuple(_real(point, name) for name in "VUYW")


def _free_word(point: Point, result: Any) -> Any:
    return np.asarray(result)[point.free["word"].value]


_OUTSIDE_CODE = Code("outside_gradient", _pair_arguments, _free_word)

_ALL = (
    Question(
        "cross_entropy",
        "-sum_w y_w log(y_hat_w) = -log(y_hat_o)",
        (r"- \sum _ { w } y _ { w } \log \yhat _ { w }",),
        points.pair,
        ("w != o",),
        forbidden={"y": "y"},
        needed=lambda node: _calls(node, "log"),
        ends="a logarithm without y",
        waypoints=(
            Waypoint(
                "split the sum into the term of o and the terms of all other words",
                lambda node: contains(node, "entry", "add", "indicator"),
            ),
        ),
        both_ways=True,
        code=(Code("cross_entropy", _y_arguments),),
    ),
    Question(
        "center_gradient",
        "dJ/dv_c of the naive softmax loss",
        (r"\frac { \partial J } { \partial v _ { c } }",),
        points.pair,
        ("w != o",),
        forbidden=_NAIVE,
        ends="y, y_hat and U (or the vectors u)",
        waypoints=(_WRITE_OUT, _DIFFERENTIATE),
        code=(Code("center_gradient", _pair_arguments),),
    ),
    Question(
        "outside_gradient_other",
        "dJ/du_w of the naive softmax loss for w != o",
        (r"\frac { \partial J } { \partial u _ { w } }",),
        points.pair,
        ("w != o",),
        ("w = o",),
        forbidden=_NAIVE,
        ends="y, y_hat and v_c",
        waypoints=(_WRITE_OUT, _DIFFERENTIATE),
        free="w",
        code=(_OUTSIDE_CODE,),
    ),
    Question(
        "outside_gradient_true",
        "dJ/du_w of the naive softmax loss for w = o",
        (r"\frac { \partial J } { \partial u _ { w } }",),
        points.pair,
        ("w = o",),
        ("w != o",),
        forbidden=_NAIVE,
        ends="y, y_hat and v_c",
        waypoints=(_WRITE_OUT, _DIFFERENTIATE),
        free="w",
        code=(_OUTSIDE_CODE,),
    ),
    Question(
        "outside_gradient",
        "dJ/dU of the naive softmax loss",
        (r"\frac { \partial J } { \partial U }",),
        points.pair,
        ("w != o", "w = o"),
        forbidden=_NAIVE,
        ends="y, y_hat and v_c",
        waypoints=(
            Waypoint(
                "show dJ/du_w for a single word, both cases in one formula",
                lambda node: finished(node) or differentiates(node),
                anywhere=True,
            ),
        ),
        free="w",
        code=(Code("outside_gradient", _pair_arguments),),
    ),
    Question(
        "sigmoid_derivative",
        "d sigma(x) / dx for a number x, in terms of sigma",
        (r"\frac { \partial \sigma ( x ) } { \partial x }",),
        points.sigmoid,
        ("scalar",),
        forbidden={**_DERIVATIVE, "dsigma": "sigma'", "exp": "exp"},
        ends="sigma(x)",
        waypoints=(
            Waypoint("differentiate the quotient: a line with exp and no derivative", finished),
        ),
        free="i",
        code=(
            Code(
                "sigmoid_derivative",
                lambda point: (float(_real(point, "x")[point.free["position"].value]),),
            ),
        ),
    ),
    Question(
        "sigmoid_jacobian",
        "the Jacobian of sigma(x) for a vector x",
        (r"\frac { \partial \sigma ( x ) } { \partial x }",),
        points.sigmoid,
        ("vector",),
        forbidden=_DERIVATIVE,
        ends="sigma or sigma'",
        free="i",
        code=(Code("sigmoid_jacobian", lambda point: (_real(point, "x"),)),),
    ),
    Question(
        "negative_sampling_center",
        "dJ/dv_c of the negative sampling loss",
        (r"\frac { \partial J } { \partial v _ { c } }",),
        points.negatives,
        forbidden=_SAMPLED,
        ends="sigma and the vectors u",
        waypoints=(_WRITE_OUT, _DIFFERENTIATE),
        code=(Code("negative_sampling_center_gradient", _sample_arguments),),
    ),
    Question(
        "negative_sampling_true",
        "dJ/du_o of the negative sampling loss",
        (r"\frac { \partial J } { \partial u _ { o } }",),
        points.negatives,
        ("w = o",),
        ("w is drawn", "w is not drawn"),
        forbidden=_SAMPLED,
        ends="sigma and v_c",
        waypoints=(_WRITE_OUT,),
        free="w",
        code=(
            Code("negative_sampling_outside_rows", _sample_arguments, lambda point, rows: rows[0]),
        ),
    ),
    Question(
        "negative_sampling_negative",
        "dJ/du_k of the negative sampling loss, u_k the vector in slot k of the sample",
        (r"\frac { \partial J } { \partial u _ { k } }",),
        points.negatives,
        ("w is drawn",),
        ("w = o", "w is not drawn"),
        forbidden=_SAMPLED,
        ends="sigma and v_c",
        waypoints=(_WRITE_OUT,),
        free="k",
        other_heads=(r"\frac { \partial J } { \partial u _ { w } }",),
        code=(
            Code(
                "negative_sampling_outside_rows",
                _sample_arguments,
                lambda point, rows: rows[1 + point.free["slot"].value],
            ),
        ),
    ),
    Question(
        "skip_gram_outside",
        "dJ/dU of the window's loss",
        (r"\frac { \partial \Jwindow } { \partial U }",),
        points.window,
        ("w != c",),
        ("w = c",),
        forbidden={"window": "the loss of the window"},
        needed=lambda node: contains(node, "derivative"),
        ends="derivatives of the pair loss J(v_c, w_{t+j}, U)",
    ),
    Question(
        "skip_gram_center",
        "dJ/dv_c of the window's loss",
        (r"\frac { \partial \Jwindow } { \partial v _ { c } }",),
        points.window,
        ("w != c",),
        ("w = c",),
        forbidden={"window": "the loss of the window"},
        needed=lambda node: contains(node, "derivative"),
        ends="derivatives of the pair loss J(v_c, w_{t+j}, U)",
    ),
    Question(
        "skip_gram_other",
        "dJ/dv_w of the window's loss for w != c",
        (r"\frac { \partial \Jwindow } { \partial v _ { w } }",),
        points.window,
        ("w != c",),
        ("w = c",),
        forbidden=_DERIVATIVE,
        ends="0",
        free="w",
    ),
    Question(
        "batch_gradients",
        "dJ/dV and dJ/dU of the loss of a block",
        (
            r"\frac { \partial J } { \partial V }",
            r"\frac { \partial J } { \partial U }",
        ),
        points.block,
        forbidden=_SAMPLED,
        ends="sigma, Y, W and the matrices U and V",
        waypoints=(
            Waypoint(
                "show the derivative by the scores Z",
                lambda node: any(
                    part.op == "derivative" and str(part.args[1].value) in "Zz"
                    for part in node.walk()
                ),
                anywhere=True,
            ),
        ),
        convention=Convention(U="rows"),
        code=(
            Code("batch_gradients", _block_arguments, lambda point, result: result[0]),
            Code("batch_gradients", _block_arguments, lambda point, result: result[1]),
        ),
    ),
)

QUESTIONS: dict[str, Question] = {question.name: question for question in _ALL}


def find(name: str) -> Question:
    """The question of that name.

    Raises:
        StudentError: there is none; the message lists them all.
    """
    if name not in QUESTIONS:
        raise StudentError(
            f"There is no derivation called {name!r}; there are {', '.join(QUESTIONS)}."
        )
    return QUESTIONS[name]
