"""Gradient descent pair by pair, on the student's functions of notebooks 05, 06 and 08.

This is the algorithm as the course text has it, one window after the other, and every step goes
through all of V and U: right, readable, and so slow that it is for small vocabularies only.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from w2v.descent import check_loss, direct, expect, too_short
from w2v.exercises.negative_sampling import (
    add_rows,
    draw_negatives,
    negative_sampling_center_gradient,
    negative_sampling_outside_rows,
)
from w2v.exercises.skip_gram import skip_gram_gradients
from w2v.exercises.train import sgd_update
from w2v.oracle import negative_sampling_loss
from w2v.run import Run, Settings, Vectors
from w2v.sampling import Sampler, Stream
from w2v.workbook import Stub, answer

SAMPLED = 10
"""The loss of one window in so many is recorded."""


def train_pairs(run: Run) -> None:
    """Train window by window.

    Raises:
        NotFilledError: a function that this needs has no answer yet.
        StudentError: see `w2v.train`.
    """
    settings, state = run.settings, run.state
    counts = run.corpus.vocabulary.counts
    sampler = Sampler(counts, settings.window, settings.negatives, settings.subsample)
    for chunk in range(state.chunk, run.last):
        rng = run.chunks.rng(chunk)
        step = Step(counts, settings, rng)
        tokens, begins = run.chunks.read(chunk)
        stream = sampler.stream(tokens, begins, rng)
        done, size = 0, max(len(stream.words), 1)
        for c, outside_words in windows(stream, settings.window, rng):
            if not run.in_time():
                break
            rate = settings.rate((chunk + done / size) / run.last)
            state.V, state.U = step(c, outside_words, state.V, state.U, rate)
            done += 1
        loss = float(np.mean(step.losses or np.nan))
        run.advance(len(tokens) * done // size, loss, chunk + (done == size))
        if not run.in_time():
            return
    if not state.losses:
        raise too_short()


def windows(
    stream: Stream, window: int, rng: np.random.Generator
) -> Iterator[tuple[int, list[int]]]:
    """Each center word of a text with its outside words, in a window drawn from 1..window."""
    words = stream.words.tolist()
    reach = rng.integers(1, window + 1, len(words))
    left, right = np.minimum(stream.left, reach), np.minimum(stream.right, reach)
    for t, (c, before, after) in enumerate(zip(words, left, right, strict=True)):
        yield c, words[t - before : t] + words[t + 1 : t + 1 + after]


class Step:
    """One step of gradient descent, taken with the student's functions.

    Args:
        counts: how often each word occurs, shape (n,).
        settings: of the training.
        rng: what the negatives are drawn from.
    """

    def __init__(self, counts: np.ndarray, settings: Settings, rng: np.random.Generator) -> None:
        self.counts = counts
        self.settings = settings
        self.rng = rng
        self.windows = 0
        self.losses: list[float] = []
        self.draw, self.center, self.rows, self.add, self.window, self.update = map(
            _answer,
            (
                draw_negatives,
                negative_sampling_center_gradient,
                negative_sampling_outside_rows,
                add_rows,
                skip_gram_gradients,
                sgd_update,
            ),
        )

    def __call__(
        self, c: int, outside_words: Sequence[int], V: Vectors, U: Vectors, rate: float
    ) -> tuple[Vectors, Vectors]:
        """V and U after the step for one window."""
        self.windows += 1
        dV, dU = self.window(c, outside_words, V, U, self.pair_gradients)
        dV, dU = expect("skip_gram_gradients: dV", dV, V), expect("skip_gram_gradients: dU", dU, U)
        V_next, U_next = self.update(V, dV, rate), self.update(U, dU, rate)
        return expect("sgd_update", V_next, V), expect("sgd_update", U_next, U)

    def pair_gradients(self, v_c: Vectors, o: int, U: Vectors) -> tuple[Vectors, Vectors]:
        """The gradients of one pair with its negatives, for v_c and for U."""
        K = self.settings.negatives
        negatives = expect("draw_negatives", self.draw(o, self.counts, K, self.rng), np.empty(K))
        if self.windows % SAMPLED == 1:
            loss = float(negative_sampling_loss(v_c, o, negatives, U))
            check_loss(loss, self.settings)
            self.losses.append(loss)
        dv_c = self.center(v_c, o, negatives, U)
        rows = self.rows(v_c, o, negatives, U)
        dU = self.add(rows, np.append(o, negatives), len(U))
        return expect("negative_sampling_center_gradient", dv_c, v_c), expect("add_rows", dU, U)


def _answer(stub: Stub) -> Callable[..., Any]:
    return direct(answer(stub))
