"""What a training leaves behind: vectors, plots, and a page of numbers to read."""

from pathlib import Path

import numpy as np

from w2v.datasets import packaged
from w2v.plots import Plot, loss_curve, word_map
from w2v.run import Model
from w2v.vectors import WordVectors, read_analogies, read_pairs

SHOWN = 60
"""Words on the map."""
COMMON = 100
"""The most frequent words of a language say little: the map leaves them out."""


def write_results(
    model: Model, folder: Path, analogies: Path | None = None, pairs: Path | None = None
) -> str:
    """Write `vectors.txt`, `vectors.bin`, `loss.png`, `words.png` and `report.txt` to `folder`.

    Args:
        model: what was trained.
        folder: made if it is not there.
        analogies: a file of analogy questions to answer; the planted corpus has its own.
        pairs: a file of word pairs with human similarity scores to compare with.

    Returns:
        The text of the report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.vectors.save_text(folder / "vectors.txt")
    model.vectors.save_binary(folder / "vectors.bin")
    if model.losses:
        words, losses = np.array(model.losses).T
        loss_curve(words, losses).save(folder / "loss.png")
    _map(model).save(folder / "words.png")
    text = report(model, analogies, pairs)
    (folder / "report.txt").write_text(text + "\n", encoding="utf-8")
    return text


def report(model: Model, analogies: Path | None = None, pairs: Path | None = None) -> str:
    """The model in numbers and words, as plain text."""
    parts = [repr(model), "Nearest neighbours\n" + _neighbours(model)]
    if analogies is None and model.corpus == "planted":
        analogies = packaged("planted_analogies.txt")
    if analogies is not None:
        score = model.vectors.analogy_accuracy(read_analogies(analogies))
        parts.append("Analogies, against the whole vocabulary\n" + score.table())
    if pairs is not None:
        parts.append(f"Similarity\n{model.vectors.similarity_correlation(read_pairs(pairs))}")
    return "\n\n".join(parts)


def _content_words(vectors: WordVectors) -> list[str]:
    """Frequent words, but not the most frequent ones; `vectors.words` go by frequency."""
    skipped = COMMON if len(vectors) > 10 * COMMON else 0
    long = [word for word in vectors.words[skipped:] if len(word) > 3]
    return long[:SHOWN] or vectors.words[:SHOWN]


def _planted_groups() -> dict[str, list[str]]:
    """A few words of each planted relation: the first six pairs of its questions."""
    questions = read_analogies(packaged("planted_analogies.txt"))
    return {
        relation: list(dict.fromkeys(word for question in section[:5] for word in question))
        for relation, section in questions.items()
    }


def _neighbours(model: Model) -> str:
    if model.corpus == "planted":
        words = [word for group in _planted_groups().values() for word in group[:3]]
    else:
        words = _content_words(model.vectors)[:15]
    return model.vectors.neighbour_table(words)


def _map(model: Model) -> Plot:
    if model.corpus == "planted":
        return word_map(model.vectors, _planted_groups(), title="Words of the planted corpus")
    title = f"Frequent words of {model.corpus}"
    return word_map(model.vectors, _content_words(model.vectors), title=title)
