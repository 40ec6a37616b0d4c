"""Trained word vectors: neighbours, analogies, similarities; reading and writing them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from w2v.errors import StudentError

Question = tuple[str, str, str, str]
"""The words a, b, c, d of an analogy: a is to b as c is to d."""
Pair = tuple[str, str, float]
"""Two words and how similar people find them."""


@dataclass(frozen=True)
class AnalogyScore:
    """How many analogies were answered, section by section.

    Attributes:
        sections: for each section, (answered correctly, asked).
        skipped: questions with a word outside the vocabulary, not counted as asked.
    """

    sections: dict[str, tuple[int, int]]
    skipped: int

    @property
    def correct(self) -> int:
        """The questions answered correctly in all sections."""
        return sum(correct for correct, _ in self.sections.values())

    @property
    def asked(self) -> int:
        """The questions whose four words are all in the vocabulary."""
        return sum(asked for _, asked in self.sections.values())

    @property
    def accuracy(self) -> float:
        """The share answered correctly; nan when nothing was asked."""
        return self.correct / self.asked if self.asked else float("nan")

    def table(self) -> str:
        """One line a section and one for all."""
        parts = {**self.sections, "all": (self.correct, self.asked)}
        rows = [
            (name, str(correct), str(asked), f"{correct / asked:.1%}" if asked else "-")
            for name, (correct, asked) in parts.items()
        ]
        note = f"\n({self.skipped} left out: a word is not in the vocabulary)"
        return _table(("analogies", "correct", "of", "share"), rows) + note * (self.skipped > 0)


@dataclass(frozen=True)
class Correlation:
    """Agreement with people's judgements.

    Attributes:
        rho: Spearman's rank correlation of the cosines with the judgements, from -1 to 1.
        used: the pairs of which both words are in the vocabulary.
        pairs: all pairs.
    """

    rho: float
    used: int
    pairs: int

    def __str__(self) -> str:
        return f"Spearman {self.rho:.3f} on {self.used} of {self.pairs} pairs"


class WordVectors:
    """One vector for each word.

    Attributes:
        words: the n words.
        matrix: their vectors, one a row, shape (n, d).
        index: the row of each word.
    """

    def __init__(self, words: Sequence[str], matrix: NDArray[Any]) -> None:
        if len(words) != len(matrix):
            raise ValueError(f"{len(words)} words, but {len(matrix)} vectors.")
        self.words = list(words)
        self.matrix = matrix
        self.index = {word: row for row, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self.index

    def __getitem__(self, word: str) -> NDArray[Any]:
        """The vector of `word`, shape (d,); raises StudentError for an unknown word."""
        return self.matrix[self.row(word)]

    @cached_property
    def unit(self) -> NDArray[np.float32]:
        """The vectors at length 1, shape (n, d); their dot products are cosines."""
        lengths = np.linalg.norm(self.matrix, axis=1, keepdims=True)
        return (self.matrix / np.where(lengths > 0, lengths, 1)).astype(np.float32)

    def row(self, word: str) -> int:
        """The row of `word`.

        Raises:
            StudentError: the word is unknown; the message suggests words spelt like it.
        """
        if word in self.index:
            return self.index[word]
        close = get_close_matches(word.lower(), self.words[:20_000], n=3)
        hint = f"Did you mean {' or '.join(close)}?" if close else "Try another word."
        raise StudentError(f"The word {word!r} is not in the vocabulary. {hint}")

    def similarity(self, a: str, b: str) -> float:
        """The cosine of the vectors of two words."""
        return float(self.unit[self.row(a)] @ self.unit[self.row(b)])

    def nearest(self, word: str, k: int = 10) -> list[tuple[str, float]]:
        """The k words whose vectors have the largest cosine with that of `word`, best first."""
        row = self.row(word)
        return self._closest(self.unit[row], [row], k)

    def analogy(self, a: str, b: str, c: str, k: int = 5) -> list[tuple[str, float]]:
        """The k best answers to "a is to b as c is to ...": the nearest to b - a + c.

        The vectors have length 1, and a, b, c are no answers (3CosAdd, Mikolov et al. 2013).
        """
        rows = [self.row(word) for word in (a, b, c)]
        return self._closest(_target(self.unit, *rows), rows, k)

    def _closest(
        self, vector: NDArray[Any], without: Sequence[int], k: int
    ) -> list[tuple[str, float]]:
        cosines = self.unit @ (vector / (np.linalg.norm(vector) or 1))
        ranked = np.argsort(-cosines, kind="stable")
        best = ranked[~np.isin(ranked, without)][:k]
        return [(self.words[row], float(cosines[row])) for row in best]

    def analogy_accuracy(self, questions: dict[str, list[Question]]) -> AnalogyScore:
        """Answer analogies, each against the whole vocabulary.

        Args:
            questions: for each section its questions, as `read_analogies` returns them.
        """
        sections, skipped = {}, 0
        for name, asked in questions.items():
            known = [q for q in asked if all(word in self.index for word in q)]
            skipped += len(asked) - len(known)
            sections[name] = self._count_correct(known), len(known)
        return AnalogyScore(sections, skipped)

    def _count_correct(self, questions: Sequence[Question]) -> int:
        correct = 0
        for start in range(0, len(questions), 256):  # bounds the (256, n) matrix of scores
            block = questions[start : start + 256]
            a, b, c, d = np.array([[self.index[word] for word in q] for q in block]).T
            scores = _target(self.unit, a, b, c) @ self.unit.T
            np.put_along_axis(scores, np.stack([a, b, c], axis=1), -np.inf, axis=1)
            correct += int((scores.argmax(axis=1) == d).sum())
        return correct

    def similarity_correlation(self, pairs: Sequence[Pair]) -> Correlation:
        """Spearman's rank correlation of cosines with people's judgements of similarity."""
        from scipy.stats import spearmanr

        known = [pair for pair in pairs if pair[0] in self.index and pair[1] in self.index]
        if len(known) < 2:
            return Correlation(float("nan"), len(known), len(pairs))
        cosines = [self.similarity(a, b) for a, b, _ in known]
        rho = float(spearmanr(cosines, [judgement for *_, judgement in known]).statistic)
        return Correlation(rho, len(known), len(pairs))

    def neighbour_table(self, words: Iterable[str], k: int = 5) -> str:
        """The k nearest words of each of `words`, one line each."""
        rows = [(word, "  ".join(near for near, _ in self.nearest(word, k))) for word in words]
        return _table(("word", "nearest words"), rows)

    def similarity_table(self, pairs: Iterable[tuple[str, str]]) -> str:
        """The cosines of pairs of words, the most similar pair first."""
        scored = sorted(((self.similarity(a, b), a, b) for a, b in pairs), reverse=True)
        return _table(("word", "word", "cosine"), [(a, b, f"{s:.2f}") for s, a, b in scored])

    def save_text(self, path: str | Path) -> None:
        """Write the word2vec text format: "n d", then a line for each word; nothing is rounded."""
        with open(path, "w", encoding="utf-8", newline="\n") as out:
            out.write("{} {}\n".format(*self.matrix.shape))
            for word, vector in zip(self.words, self.matrix.tolist(), strict=True):
                out.write(f"{word} {' '.join(f'{number:.9g}' for number in vector)}\n")

    def save_binary(self, path: str | Path) -> None:
        """Write the word2vec binary format: "n d", then each word and its float32 numbers."""
        with open(path, "wb") as out:
            out.write("{} {}\n".format(*self.matrix.shape).encode())
            for word, vector in zip(self.words, self.matrix.astype("<f4"), strict=True):
                out.write(word.encode() + b" " + vector.tobytes() + b"\n")

    @classmethod
    def load(cls, path: str | Path) -> "WordVectors":
        """Read vectors in either word2vec format, as this class, gensim and word2vec write them.

        Raises:
            StudentError: the file is missing, is in another format, or ends too early.
        """
        try:
            with open(path, "rb") as file:
                n, d = map(int, file.readline().split())
                start = file.tell()
                read = _read_text if _is_text(file.readline(), d) else _read_binary
                file.seek(start)
                return cls(*read(file, n, d))
        except OSError as error:
            raise StudentError(f"Cannot read {path}: {error.strerror}.") from error
        except ValueError as error:
            raise StudentError(
                f"{path} does not hold word vectors in the word2vec text or binary format, "
                f"or is incomplete ({error})."
            ) from error


def read_analogies(path: str | Path) -> dict[str, list[Question]]:
    """Read analogy questions: four words a line, sections headed by lines ": name".

    The format is that of the `questions-words.txt` of Mikolov et al. (2013); words are put into
    lower case, as the tokeniser does.

    Raises:
        StudentError: the file cannot be read, or a line has not four words.
    """
    sections: dict[str, list[Question]] = {}
    name = "all"
    for number, line in _lines(path):
        if line.startswith(":"):
            name = line[1:].strip()
            continue
        words = line.lower().split()
        if len(words) != 4:
            raise StudentError(
                f"{path}, line {number}: expected four words (or ': section'), found {line!r}."
            )
        sections.setdefault(name, []).append((words[0], words[1], words[2], words[3]))
    if not sections:
        raise StudentError(f"{path} holds no question.")
    return sections


def read_pairs(path: str | Path) -> list[Pair]:
    """Read word pairs with people's judgements: two words, then a number, on each line.

    Columns may be parted by tabs, commas, semicolons or spaces, the judgement is the first number
    after the words (other columns are passed over), a heading and lines with "#" are left out: this
    reads WordSim-353, SimLex-999, MEN, RG-65 and the like. Words are put into lower case.

    Raises:
        StudentError: the file cannot be read, or a line has no two words and number.
    """
    pairs: list[Pair] = []
    for count, (number, line) in enumerate(_lines(path)):
        separator = next((sign for sign in "\t,;" if sign in line), None)
        first, second, *others = [*map(str.strip, line.lower().split(separator)), ""]
        judgement = next((float(column) for column in others if _is_number(column)), None)
        if judgement is not None:
            pairs.append((first, second, judgement))
        elif count > 0:  # the first line may be a heading
            raise StudentError(
                f"{path}, line {number}: expected two words and a number, found {line!r}."
            )
    if not pairs:
        raise StudentError(f"{path} holds no pair of words with a number.")
    return pairs


def _target(unit: NDArray[Any], a: Any, b: Any, c: Any) -> NDArray[Any]:
    return np.asarray(unit[b] - unit[a] + unit[c])


def _lines(path: str | Path) -> list[tuple[int, str]]:
    """The lines that are neither blank nor comments, with their numbers."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StudentError(f"Cannot read {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StudentError(f"{path} is not text in UTF-8; save it as such.") from error
    numbered = enumerate(map(str.strip, text.splitlines()), start=1)
    return [(number, line) for number, line in numbered if line and line[0] != "#"]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_text(line: bytes, d: int) -> bool:
    """Whether the first line after the heading is a word and d numbers, written out."""
    columns = line.split()
    try:
        return len(columns) == d + 1 and len(list(map(float, columns[1:]))) == d
    except ValueError:
        return False


def _read_text(file: BinaryIO, n: int, d: int) -> tuple[list[str], NDArray[np.float32]]:
    words, matrix = [], np.empty((n, d), np.float32)
    for row in range(n):
        word, *numbers = file.readline().decode().rstrip().split(" ")
        words.append(word)
        matrix[row] = np.array(numbers, np.float32)
    return words, matrix


def _read_binary(file: BinaryIO, n: int, d: int) -> tuple[list[str], NDArray[np.float32]]:
    words, matrix = [], np.empty((n, d), np.float32)
    for row in range(n):
        letters = bytearray()
        while (letter := file.read(1)) != b" ":
            if not letter:
                raise ValueError(f"{n} words announced, {row} found")
            letters += letter
        words.append(letters.decode().lstrip("\n"))  # word2vec ends vectors with a line break
        matrix[row] = np.frombuffer(file.read(4 * d), "<f4", d)
    return words, matrix


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Aligned columns: text to the left, numbers to the right."""
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(cell[:1] in "-0123456789" for cell in column[1:]) for column in columns]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in (head, *rows)
    )
