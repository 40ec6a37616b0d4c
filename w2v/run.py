"""A training under way: its settings, its state, and what is told about it."""

import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v.checkpoint import Points, State
from w2v.errors import StudentError
from w2v.sampling import Chunks
from w2v.vectors import WordVectors

LAST_RATE = 1e-4
"""The learning rate at the end; it falls linearly with the words seen, as in word2vec."""
SAVE_EVERY = 15.0
"""Seconds between two checkpoints."""
WATCHED = 20
"""How often `watch` is called in a training."""

Vectors = NDArray[Any]
Watch = Callable[[WordVectors], float]


@dataclass(frozen=True)
class Settings:
    """What a training depends on beside its corpus; see `train`."""

    dimension: int = 100
    window: int = 5
    negatives: int = 5
    epochs: int = 5
    learning_rate: float = 0.025
    subsample: float = 1e-3
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("dimension", "window", "negatives", "epochs", "learning_rate"):
            if not 0 < getattr(self, name) < float("inf"):
                raise StudentError(f"{name} must be positive; found {getattr(self, name)}.")
        for name in ("subsample", "seed"):
            if getattr(self, name) < 0:
                raise StudentError(f"{name} must not be negative; found {getattr(self, name)}.")

    def rate(self, progress: float) -> float:
        """The learning rate when the share `progress` of the training is over."""
        last = min(LAST_RATE, self.learning_rate)
        return self.learning_rate + (last - self.learning_rate) * progress

    @property
    def first_loss(self) -> float:
        """The loss of a pair and its negatives while all scores are 0: (K + 1) log 2, in nats."""
        return (self.negatives + 1) * float(np.log(2))


@dataclass
class Model:
    """A trained model.

    Attributes:
        vectors: the center vectors V with their words, shape (n, d).
        outside: the outside vectors U, shape (n, d).
        losses: (words seen, loss of a pair at that point), in nats.
        watched: (words seen, what `watch` said at that point).
        words: the words of the text seen in training, those left out by subsampling included.
        seconds: the time that took.
        corpus: the name of the corpus.
        finished: whether training came to its end; False if it was stopped.
    """

    vectors: WordVectors
    outside: Vectors
    losses: Points
    watched: Points
    words: int
    seconds: float
    corpus: str
    finished: bool

    @property
    def words_per_second(self) -> float:
        """The speed, in words of the text."""
        return self.words / self.seconds if self.seconds else 0.0

    def __repr__(self) -> str:
        n, d = self.vectors.matrix.shape
        lines = [
            f"{n:,} words of {self.corpus!r}, dimension {d}"
            + ("" if self.finished else " (stopped before the end)"),
            f"{self.words:,} words seen in {self.seconds:.1f} s, "
            f"{self.words_per_second:,.0f} a second",
        ]
        if self.losses:
            lines.append(f"loss of a pair {self.losses[0][1]:.3f} -> {self.losses[-1][1]:.3f} nats")
        return "\n".join(lines)


class Run:
    """A training under way: the corpus, the settings, the state, and what is told about them."""

    def __init__(
        self,
        chunks: Chunks,
        settings: Settings,
        seconds: float = float("inf"),
        file: Path | None = None,
        watch: Watch | None = None,
        progress: bool = False,
    ) -> None:
        self.corpus = corpus = chunks.corpus
        self.settings = settings
        self.chunks = chunks
        self.last = self.chunks.per_epoch * settings.epochs
        self.file = file
        self.watch = watch
        self.progress = progress
        if file is not None and file.exists():
            self.state = State.load(file, self.identity())
        else:
            self.state = State(*initial_vectors(len(corpus.vocabulary), settings))
        self.saved = time.monotonic()
        self.began = self.saved - self.state.seconds
        self.deadline = self.saved + seconds

    def identity(self) -> dict[str, Any]:
        """What a checkpoint must have been made with."""
        vocabulary = self.corpus.vocabulary
        words = zlib.crc32("\n".join(vocabulary.words).encode())
        counts = zlib.crc32(vocabulary.counts.tobytes())
        facts = {
            "the corpus": [len(self.corpus.tokens), words, counts],
            "the method": self.chunks.per_epoch,
        }
        return {**asdict(self.settings), **facts}

    def carry_out(self, loop: "Loop") -> None:
        """Train, with a progress bar, until the end, the deadline or Ctrl-C."""
        from tqdm.auto import tqdm

        total = len(self.corpus.tokens) * self.settings.epochs
        with tqdm(
            desc="training",
            total=total,
            initial=self.state.words,
            unit=" words",
            unit_scale=True,
            disable=not self.progress,
        ) as self.bar:
            try:
                loop(self)
            except KeyboardInterrupt:
                self.bar.write("Stopped: what is trained so far is kept.")
        self.state.seconds = time.monotonic() - self.began
        if self.finished and self.file is not None:
            self.state.save(self.file, self.identity())

    def advance(self, words: int, loss: float, chunk: int) -> None:
        """Note that `words` more were seen at this loss, and that `chunk` comes next."""
        state = self.state
        state.words += words
        state.chunk = chunk
        state.seconds = time.monotonic() - self.began
        if np.isfinite(loss):
            state.losses.append((state.words, loss))
            self.bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        self.bar.update(words)
        if self.watch is not None and self._is_due(chunk):
            state.watched.append((state.words, float(self.watch(self._vectors()))))
        if self.file is not None and time.monotonic() - self.saved > SAVE_EVERY:
            state.save(self.file, self.identity())
            self.saved = time.monotonic()

    def _is_due(self, chunk: int) -> bool:
        return chunk * WATCHED // self.last > (chunk - 1) * WATCHED // self.last

    @property
    def finished(self) -> bool:
        """Whether training came to its end."""
        return self.state.chunk == self.last

    def in_time(self) -> bool:
        """Whether training may go on."""
        return time.monotonic() < self.deadline

    def model(self) -> Model:
        """What is trained so far."""
        state = self.state
        return Model(
            self._vectors(),
            state.U,
            state.losses,
            state.watched,
            state.words,
            state.seconds,
            self.corpus.name,
            self.finished,
        )

    def _vectors(self) -> WordVectors:
        return WordVectors(self.corpus.vocabulary.words, self.state.V)


Loop = Callable[[Run], None]


def initial_vectors(n: int, settings: Settings) -> tuple[Vectors, Vectors]:
    """V uniform in -1/d..1/d and U zero, both float32 of shape (n, d), as in gensim."""
    d = settings.dimension
    V = np.random.default_rng([settings.seed, 2]).uniform(-1 / d, 1 / d, (n, d))
    return V.astype(np.float32), np.zeros((n, d), np.float32)
