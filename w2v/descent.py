"""Gradient descent block by block, on the student's `batch_gradients`.

The trainer does what the course has no exercise for: it cuts the text into blocks
(`w2v.sampling`), looks up their rows of V and U, and subtracts the gradients from these rows
(`w2v.rows`). The gradients come from the student's function, as it stands: see `descend`.
"""

import types
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v.errors import StudentError
from w2v.evaluation import softplus
from w2v.exercises.batches import batch_gradients
from w2v.rows import subtract_rows
from w2v.run import Run, Settings
from w2v.sampling import PASSAGE, Block, Chunks, Sampler
from w2v.workbook import Stub, answer

SAMPLED = 32
"""One block in so many is checked and its loss recorded; all of them would cost a tenth."""
DIVERGED = 10
"""A loss so many times the first one is no accident."""

Vectors = NDArray[Any]
Gradients = Callable[[Vectors, Vectors, Vectors, Vectors], tuple[Vectors, Vectors]]


def train_blocks(run: Run) -> None:
    """Train in this process, chunk by chunk of the text."""
    learner = Learner(run.chunks, run.settings, run.in_time)
    state = run.state
    for chunk in range(state.chunk, run.last):
        words, loss = learner.learn(chunk, state.V, state.U)
        run.advance(words, loss, chunk + 1 if run.in_time() else chunk)
        if not run.in_time():
            return
    if not state.losses:
        raise too_short()


def too_short() -> StudentError:
    """The error for a corpus of which no block can be made."""
    return StudentError(
        "The corpus is too short: subsampling leaves fewer than two passages of it, each of "
        f"{PASSAGE} words or of four windows if that is more. "
        "Take a longer text, or subsample=0."
    )


class Learner:
    """Trains chunks of a text with the student's function.

    Args:
        chunks: the text.
        settings: of the training.
        in_time: says whether to go on.

    Raises:
        NotFilledError: batch_gradients has no answer yet.
    """

    def __init__(self, chunks: Chunks, settings: Settings, in_time: Callable[[], bool]) -> None:
        counts = chunks.corpus.vocabulary.counts
        self.sampler = Sampler(counts, settings.window, settings.negatives, settings.subsample)
        self.chunks = chunks
        self.settings = settings
        self.in_time = in_time
        self.pace = None if self.sampler.pace.min() == 1 else self.sampler.pace
        self.gradients = direct(answer(batch_gradients))

    def learn(self, chunk: int, V: Vectors, U: Vectors) -> tuple[int, float]:
        """Train one chunk; returns the words seen and the mean loss of a pair, nan if unknown."""
        rng = self.chunks.rng(chunk)
        tokens, begins = self.chunks.read(chunk)
        stream = self.sampler.stream(tokens, begins, rng)
        count = self.sampler.count(stream)
        last = self.chunks.per_epoch * self.settings.epochs
        rates = [self.settings.rate((chunk + block / count) / last) for block in range(count)]
        gradients = Examined(self.gradients, self.settings)
        blocks = takewhile(lambda _: self.in_time(), self.sampler.blocks(stream, rng))
        descend(V, U, blocks, rates, gradients, self.pace)
        share = gradients.calls / count if count else 1.0
        return round(share * len(tokens)), gradients.pair_loss


def descend(
    V: Vectors,
    U: Vectors,
    blocks: Iterable[Block],
    rates: Iterable[float],
    gradients: Gradients,
    pace: Vectors | None = None,
) -> None:
    """Gradient descent: every block takes one step on the rows of V and U that it holds.

    Args:
        V: center vectors, float32, shape (n, d); changed in place.
        U: outside vectors, float32, shape (n, d); changed in place.
        blocks: what to learn from.
        rates: the learning rate of each block.
        gradients: the student's batch_gradients.
        pace: what each word's rate is multiplied by, shape (n,); None for 1.
    """
    for (centers, targets, Y, W), rate in zip(blocks, rates, strict=False):
        dV, dU = gradients(V.take(centers, axis=0), U.take(targets, axis=0), Y, W)
        subtract_rows(V, centers, dV, rate if pace is None else rate * pace.take(centers))
        subtract_rows(U, targets, dU, rate if pace is None else rate * pace.take(targets))


class Examined:
    """A gradient function of which one call in `SAMPLED` is checked, and its loss noted."""

    def __init__(self, gradients: Gradients, settings: Settings) -> None:
        self.gradients = gradients
        self.settings = settings
        self.calls = 0
        self.loss = 0.0
        self.pairs = 0.0

    @property
    def pair_loss(self) -> float:
        """The mean loss of a pair; nan where there was none."""
        return self.loss / self.pairs if self.pairs else float("nan")

    def __call__(self, V: Vectors, U: Vectors, Y: Vectors, W: Vectors) -> tuple[Vectors, Vectors]:
        """(dV, dU) as the student's function returns them.."""
        self.calls += 1
        if self.calls % SAMPLED != 1:
            return self.gradients(V, U, Y, W)
        pairs, loss = float(Y.sum()), block_loss(V, U, Y, W)
        check_loss(loss / max(pairs, 1.0), self.settings)
        self.pairs += pairs
        self.loss += loss
        found = self.gradients(V, U, Y, W)
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise StudentError(
                f"batch_gradients must return the pair (dV, dU); found {type(found).__name__}."
            )
        return expect("batch_gradients: dV", found[0], V), expect(
            "batch_gradients: dU", found[1], U
        )


def block_loss(V: Vectors, U: Vectors, Y: Vectors, W: Vectors) -> float:
    """`w2v.oracle.batch_loss`, written for speed: -log sigma(z) = -log sigma(-z) - z."""
    Z = V @ U.T
    return float(np.vdot(W, softplus(Z)) - np.vdot(Y, Z))


def check_loss(loss: float, settings: Settings) -> None:
    """Raise StudentError where a loss has grown out of all bounds."""
    if not loss < DIVERGED * settings.first_loss:
        raise StudentError(
            f"Training diverges: the loss of a pair is {loss:.4g}, and it began with "
            f"{settings.first_loss:.4g}. Check the signs of your gradients; if they are right, "
            "lower the learning rate."
        )


def expect(name: str, found: Any, like: Vectors) -> Vectors:
    """`found` as a finite array of the shape of `like`.

    Raises:
        StudentError: it is not; the message calls it `name`.
    """
    try:
        array = np.asarray(found)
        finite = bool(np.isfinite(array).all())
    except (TypeError, ValueError):
        raise StudentError(f"{name} is not an array of numbers: {type(found).__name__}.") from None
    if array.shape != like.shape:
        raise StudentError(f"{name} must have shape {like.shape}; found {array.shape}.")
    if not finite:
        raise StudentError(f"{name} holds nan or inf, though all that went in is finite.")
    return array


def direct(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, calling other answers of the course directly, not by way of their stubs.

    A stub looks its answer up anew in every call, which costs a fifth of a block's time.
    """
    if not isinstance(function, types.FunctionType):
        return function
    known = function.__globals__
    stubs = {
        name: known[name]
        for name in function.__code__.co_names
        if isinstance(known.get(name), Stub)
    }
    if not stubs:
        return function
    answers = {name: direct(answer(stub)) for name, stub in stubs.items()}
    copy = types.FunctionType(
        function.__code__,
        {**known, **answers},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy
