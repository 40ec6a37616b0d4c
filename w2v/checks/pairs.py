"""The pair functions that skip-gram answers are given, built from the oracle's losses."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from w2v import oracle
from w2v.guard import opened
from w2v.numeric import complex_step

Array = np.ndarray[Any, np.dtype[Any]]


class PairLoss:
    """A pair loss J(v_c, o, U) that remembers for which outside words it was called.

    Args:
        negatives: the negative samples of the first, second, ... call; without any it is the naive
            softmax loss. So the order of the calls matters, as it does for random negatives.
    """

    def __init__(self, negatives: Sequence[Array] = ()) -> None:
        self.negatives = negatives
        self.words: list[int] = []

    def again(self) -> "PairLoss":
        """The same function before its first call."""
        return type(self)(self.negatives)

    def loss(self, v_c: Array, o: int, U: Array, call: int) -> Any:
        """The loss that the call number `call` gives; complex-safe."""
        if not self.negatives:
            return oracle.naive_softmax_loss(v_c, o, U)
        negatives = self.negatives[call % len(self.negatives)]
        return oracle.negative_sampling_loss(v_c, o, negatives, U)

    def __call__(self, v_c: Array, o: int, U: Array) -> Any:
        """The next call's loss, a float for real vectors."""
        self.words.append(int(o))
        with opened():
            value = self.loss(v_c, int(o), U, len(self.words) - 1)
        return value if np.iscomplexobj(value) else float(value)


class PairGradients(PairLoss):
    """The same as gradients: pair_gradients(v_c, o, U) -> (dJ/dv_c (d,), dJ/dU (n, d))."""

    def __call__(self, v_c: Array, o: int, U: Array) -> tuple[Array, Array]:
        """The next call's gradients."""
        self.words.append(int(o))
        call = len(self.words) - 1
        with opened():
            dv_c = complex_step(lambda v: self.loss(v, int(o), U, call), v_c)
            dU = complex_step(lambda M: self.loss(v_c, int(o), M, call), U)
        return dv_c, dU
