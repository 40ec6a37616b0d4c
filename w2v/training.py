"""Train word vectors with the gradients that a student derived and wrote."""

import os
from functools import partial
from pathlib import Path
from typing import Literal

from w2v.corpus import Corpus, encode
from w2v.descent import train_blocks
from w2v.errors import SetupError, StudentError
from w2v.run import Loop, Model, Run, Settings, Watch
from w2v.sampling import Chunks

SECONDS_VARIABLE = "W2V_TRAIN_SECONDS"
"""Bounds the seconds of every training; set while the course is graded."""


def train(
    corpus: str | Path | Corpus,
    dimension: int = 100,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 5,
    learning_rate: float = 0.025,
    subsample: float = 1e-3,
    minimum_count: int = 5,
    seed: int = 0,
    workers: int = 1,
    method: Literal["batches", "pairs"] = "batches",
    checkpoint: str | Path | None = None,
    progress: bool = True,
    seconds: float | None = None,
    watch: Watch | None = None,
) -> Model:
    """Train word vectors with your own gradients.

    Args:
        corpus: "planted", "documentation", another name that `w2v.datasets` knows, the path of a
            text file or folder, or a `Corpus`.
        dimension: d, the length of a vector.
        window: the largest distance of an outside word; each center's own is drawn from 1..window.
        negatives: K, the negatives of each pair.
        epochs: how often the text is gone through.
        learning_rate: of the first step; it falls linearly with the words seen.
        subsample: the share of the text above which a word is thinned out; 0 keeps all.
        minimum_count: words that occur less often are left out (of a corpus given by name or path).
        seed: of all randomness; with one worker, the same seed gives the same vectors.
        workers: processes that train the same vectors at once.
        method: "batches" trains block by block with `batch_gradients`; "pairs" trains pair by pair
            with the functions of notebooks 05, 06 and 08: slowly, for small vocabularies.
        checkpoint: a file that keeps the state every 15 seconds; where it exists, training goes on
            from it.
        progress: show a progress bar with the loss.
        seconds: stop after so many. The environment variable W2V_TRAIN_SECONDS bounds it further.
        watch: called about 20 times with the vectors so far; what it returns is in `watched`.

    Returns:
        The model. Ctrl-C ends training early and keeps what is trained, as `seconds` does.

    Raises:
        NotFilledError: a function that training needs has no answer yet.
        StudentError: a gradient has the wrong shape or is not finite, training diverges, the
            corpus cannot be read or is too short, or the checkpoint is of another training.
    """
    settings = Settings(dimension, window, negatives, epochs, learning_rate, subsample, seed)
    loop = _loop(method, workers)
    if not isinstance(corpus, Corpus):
        from w2v.datasets import open_corpus

        corpus = encode(open_corpus(corpus), minimum_count, progress=progress)
    file = Path(checkpoint) if checkpoint is not None else None
    # A chunk is what is reported at a time: seconds of pairs, or a split second of blocks.
    chunks = Chunks(corpus, seed, 300, 1) if method == "pairs" else Chunks(corpus, seed)
    run = Run(chunks, settings, _limit(seconds), file, watch, progress)
    run.carry_out(loop)
    return run.model()


def _loop(method: str, workers: int) -> Loop:
    if method not in ("batches", "pairs"):
        raise StudentError(f"method must be 'batches' or 'pairs'; found {method!r}.")
    if workers < 1 or (method == "pairs" and workers > 1):
        raise StudentError(f"{method!r} cannot be trained by {workers} workers.")
    if method == "pairs":
        from w2v.pairs import train_pairs

        return train_pairs
    if workers > 1:
        from w2v.workers import train_workers

        return partial(train_workers, workers=workers)
    return train_blocks


def _limit(seconds: float | None) -> float:
    """The bound on the seconds of a training: the caller's, or the environment's if that is less.

    Raises:
        SetupError: the environment variable is not a number.
    """
    bound = os.environ.get(SECONDS_VARIABLE) or "inf"
    try:
        return min(float(bound), float("inf") if seconds is None else seconds)
    except ValueError:
        raise SetupError(f"{SECONDS_VARIABLE} must be a number; found {bound!r}.") from None
