"""Small made-up corpora, and answers to train on them, for the tests of the trainer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.solutions import SOLUTIONS
from w2v import workbook
from w2v.corpus import Corpus
from w2v.vocabulary import Vocabulary


def made_up(tokens: int = 20_000, words: int = 200, seed: int = 0, sentence: int = 12) -> Corpus:
    """Sentences of words from one of ten topics each: something that can be learned."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 2 * sentence, tokens // sentence)
    lengths = lengths[: np.searchsorted(np.cumsum(lengths), tokens) + 1]
    topics = np.repeat(rng.integers(0, 10, len(lengths)), lengths)
    ranks = rng.zipf(1.3, len(topics)) % (words // 10)
    numbers = (ranks * 10 + topics).astype(np.int32)
    counts = np.bincount(numbers, minlength=words) + 1
    vocabulary = Vocabulary([f"w{i}" for i in range(words)], counts)
    return Corpus("made up", vocabulary, numbers, np.append(0, np.cumsum(lengths)))


@contextmanager
def answered(folder: Path, **answers: Callable[..., Any]) -> Iterator[None]:
    """A workbook in which every exercise is answered, some of them by `answers`."""
    before = workbook._workbook
    workbook._workbook = workbook.Workbook(None, folder)
    try:
        for name, function in {**SOLUTIONS, **answers}.items():
            workbook.current().answers[name] = function
        yield
    finally:
        workbook._workbook = before
