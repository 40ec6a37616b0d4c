"""Text to numbers: tokens, sentences, and a corpus encoded on disk.

A **word** is a run of letters and digits, put into lower case; apostrophes inside it belong to it
("don't", "o'clock"), and everything else separates. A **sentence** ends at

- a full stop, question or exclamation mark before white space, unless a lower-case letter follows
  or the full stop belongs to an initial or a title ("J. Smith", "Mr. Smith");
- a line break; but in a file whose lines are broken inside sentences, as in most e-books, only at
  a blank line (decided once for each file, from its beginning: see `_is_wrapped`);
- `LONGEST` words, so that text without any punctuation is cut into pieces.

Files are read in blocks of `BLOCK` characters, so memory does not grow with a file or a line.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import chain, count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v.errors import StudentError
from w2v.vocabulary import Vocabulary

LONGEST = 1000
"""Words in a sentence at most."""
BLOCK = 1 << 20
"""Characters read at a time."""
LARGE = 1 << 28
"""Bytes of tokens from which on a corpus stays on disk."""
MOST_WORDS = 1 << 21
"""Different words counted at a time; beyond, the rarest are forgotten, as word2vec.c does."""

_BREAK = "'"  # stands for a sentence border among words, none of which is a lone apostrophe
_SIGNS = {
    sign: " " for sign in range(128) if not chr(sign).isalnum() and chr(sign) not in (_BREAK, "\n")
}
_SIGN_BEYOND_ASCII = re.compile(r"[^\w\x00-\x7f]+")
_OUTER_APOSTROPHE = re.compile(r"'(?:(?<![^\W_]')|(?![^\W_]))")
_SENTENCE_END = re.compile(
    r"[.!?](?<!\b\w\.)(?<!\b[MD]r\.)(?<!\bM[rs]s\.)(?<!\bMs\.)(?<!\bSt\.)"  # no initial, no title
    r"[\"'”’»)\]]*(?:\s+(?![a-zß-ÿ])|\Z)"
)
_BLANK_LINE = re.compile(r"\n\s*\n")


@dataclass
class Corpus:
    """A text as the numbers of its words.

    Attributes:
        name: what to call it in tables and plots.
        vocabulary: the words that the numbers stand for.
        tokens: the numbers of all words in their order, int32; a memory map where they are many.
        starts: where each sentence begins in `tokens`, and where the last one ends: int64, one
            longer than there are sentences.
    """

    name: str
    vocabulary: Vocabulary
    tokens: NDArray[np.int32]
    starts: NDArray[np.int64]
    _folder: Any = field(default=None, repr=False)  # deletes the temporary files when collected

    def sentence(self, number: int) -> NDArray[np.int32]:
        """The word numbers of one sentence."""
        return self.tokens[self.starts[number] : self.starts[number + 1]]


def tokenise(text: str) -> list[str]:
    """The words of `text`, in lower case (see the top of this module)."""
    return _words(_plain(text).replace("\n", " "))


def sentences(source: str | Path) -> Iterator[list[str]]:
    """The sentences of a text file, or of all files of a folder, each a list of words.

    Raises:
        StudentError: a file is missing, unreadable, binary or not in UTF-8, or has no words.
    """
    found = False
    for block in _blocks(_files(Path(source))):
        for line in block.split("\n"):
            words = _words(line)
            for start in range(0, len(words), LONGEST):
                found = True
                yield words[start : start + LONGEST]
    if not found:
        raise _no_words(source)


def encode(
    source: str | Path,
    minimum_count: int = 5,
    folder: str | Path | None = None,
    progress: bool = False,
) -> Corpus:
    """Number the words of a text file or folder.

    The text is read once: words get provisional numbers, which go to disk and are then replaced by
    those of the vocabulary. Memory is bounded by the number of different words, not of tokens.

    Args:
        source: a text file in UTF-8, or a folder of such files.
        minimum_count: words that occur less often are left out.
        folder: where `tokens.int32` and `starts.int64` are kept; temporary files unless told.
        progress: show a progress bar.

    Raises:
        StudentError: see `sentences`; or no word occurs `minimum_count` times.
    """
    source = Path(source)
    temporary = None if folder else TemporaryDirectory(prefix="w2v-", ignore_cleanup_errors=True)
    home = Path(folder or temporary.name)  # type: ignore[union-attr]
    home.mkdir(parents=True, exist_ok=True)
    tokens, starts = home / "tokens.int32", home / "starts.int64"

    numbering = _Numbering()
    with open(tokens, "wb") as out, _bar(source, progress) as advance:
        for block in _blocks(_files(source), advance):
            numbering.number(block).tofile(out)
    if not numbering.index:
        raise _no_words(source)
    vocabulary = Vocabulary.from_counts(numbering.frequencies(), minimum_count)
    _renumber(tokens, starts, numbering.translation(vocabulary))
    large = bool(folder) or tokens.stat().st_size >= LARGE
    return Corpus(
        source.stem,
        vocabulary,
        _array(tokens, np.int32, large),
        _array(starts, np.int64, large),
        temporary if large else None,
    )


class _Numbering:
    """Provisional numbers of words, in the order of their first occurrence; 0 ends a sentence."""

    def __init__(self) -> None:
        self.fresh = count(1)
        self.index: dict[str, int] = defaultdict(self.fresh.__next__)
        self.counts = np.zeros(1 << 16, np.int64)
        self.floor = 0  # words that occurred so often at most have been forgotten

    def number(self, block: str) -> NDArray[np.int32]:
        """The numbers of the words of `block`, a 0 after each sentence; counts them as well."""
        index = self.index
        index[_BREAK] = 0
        words = _words(block)
        numbers = np.fromiter(map(index.__getitem__, words), np.int32, len(words))
        del index[_BREAK]
        numbers = _cut_long(np.append(numbers, np.int32(0)))
        occurrences = np.bincount(numbers)
        if len(occurrences) > len(self.counts):
            self.counts = np.append(self.counts, np.zeros(2 * len(occurrences), np.int64))
        self.counts[: len(occurrences)] += occurrences
        while len(self.index) > MOST_WORDS:
            self.forget()
        return numbers

    def forget(self) -> None:
        """Forget the rarest words; when one occurs again, it is counted as new."""
        self.floor += 1
        kept = {word: i for word, i in self.index.items() if self.counts[i] > self.floor}
        self.index = defaultdict(self.fresh.__next__, kept)

    def frequencies(self) -> dict[str, int]:
        """How often each word occurs."""
        numbers = np.fromiter(self.index.values(), np.int64, len(self.index))
        return dict(zip(self.index, self.counts[numbers].tolist(), strict=True))

    def translation(self, vocabulary: Vocabulary) -> NDArray[np.int32]:
        """From provisional numbers to those of `vocabulary`; -1 for the other words."""
        table = np.full(next(self.fresh), -1, np.int32)
        table[[self.index[word] for word in vocabulary.words]] = np.arange(len(vocabulary))
        return table


def _cut_long(numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Put a 0 after every `LONGEST` words of a sentence that is longer."""
    ends = np.flatnonzero(numbers == 0)
    begins = np.append(0, ends[:-1] + 1)
    if (ends - begins).max(initial=0) <= LONGEST:
        return numbers
    cuts = chain.from_iterable(
        range(begin + LONGEST, end, LONGEST) for begin, end in zip(begins, ends, strict=True)
    )
    return np.insert(numbers, np.fromiter(cuts, np.int64), 0)


def _renumber(tokens: Path, starts: Path, translation: NDArray[np.int32]) -> None:
    """Translate the file of provisional numbers in place and write the sentence borders."""
    with open(tokens, "r+b") as read, open(tokens, "r+b") as write, open(starts, "wb") as borders:
        total = last = 0
        np.zeros(1, np.int64).tofile(borders)
        while (old := np.fromfile(read, np.int32, BLOCK)).size:
            new = translation[old]
            kept = new >= 0
            ends = np.unique(total + np.cumsum(kept)[old == 0])
            ends = ends[ends > last]  # a sentence without a word of the vocabulary is none
            ends.tofile(borders)
            new[kept].tofile(write)
            total += int(kept.sum())
            last = int(ends[-1]) if ends.size else last
        write.truncate()


def _array(path: Path, dtype: type, on_disk: bool) -> NDArray[Any]:
    return np.memmap(path, dtype, "r") if on_disk else np.fromfile(path, dtype)


def _files(source: Path) -> list[Path]:
    """The file itself, or the text files of a folder in alphabetical order."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise StudentError(f"There is no file or folder {source}: check the path.")
    visible = [path for path in source.rglob("*") if path.is_file() and path.name[0] != "."]
    files = sorted(path for path in visible if path.suffix == ".txt") or sorted(visible)
    if not files:
        raise StudentError(f"The folder {source} holds no file: put text files (.txt) there.")
    return files


def _blocks(
    files: Iterable[Path], advance: Callable[[int], Any] = lambda size: None
) -> Iterator[str]:
    """Plain text of up to about `BLOCK` characters, in which line breaks are sentence borders."""
    for path in files:
        wrapped = None
        rest = ""
        for piece in _pieces(path, advance):
            text = rest + piece
            if wrapped is None:
                wrapped = _is_wrapped(text)
            cut = text.rfind("\n\n" if wrapped else "\n") + 1  # a sentence ends there for certain
            if not cut and len(text) >= BLOCK:  # a huge line: between words, or else anywhere
                cut = text.rfind(" ") + 1 or len(text)
            yield _one_a_line(text[:cut], wrapped)
            rest = text[cut:]
        yield _one_a_line(rest, bool(wrapped))


def _pieces(path: Path, advance: Callable[[int], Any]) -> Iterator[str]:
    try:
        with open(path, "rb") as file, TextIOWrapper(file, encoding="utf-8-sig") as stream:
            position = 0
            while piece := stream.read(BLOCK):
                if "\0" in piece:
                    raise _not_text(path, "it has zero bytes, so it seems to be binary")
                yield piece
                advance(file.tell() - position)
                position = file.tell()
    except UnicodeDecodeError as error:
        if error.object.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _not_text(path, "it is in UTF-16") from None
        if b"\0" in error.object:
            raise _not_text(path, "it has zero bytes, so it seems to be binary") from None
        byte = error.object[error.start]
        raise _not_text(path, f"byte 0x{byte:02x} is not UTF-8 there") from None
    except OSError as error:
        raise StudentError(f"Cannot read {path}: {error.strerror}.") from error


def _not_text(path: Path, reason: str) -> StudentError:
    return StudentError(
        f"{path} is not text in UTF-8: {reason}. Open it in an editor and save it as "
        "plain text, encoding UTF-8, or take it out of the folder."
    )


def _no_words(source: str | Path) -> StudentError:
    return StudentError(f"There is no word in {source}: it is empty, or holds only signs.")


def _is_wrapped(text: str) -> bool:
    """Whether lines break inside sentences: sentences end inside lines, and most lines do not."""
    lines = text.split("\n")
    followed = [a.rstrip() for a, b in pairwise(lines) if a.strip() and b.strip()]
    ending = sum(_SENTENCE_END.search(line[-5:]) is not None for line in followed)
    inside = any(_SENTENCE_END.search(line, 0, len(line) - 5) for line in followed)
    return inside and 2 * ending < len(followed)


def _one_a_line(text: str, wrapped: bool) -> str:
    """The text in lower case, one sentence a line."""
    if wrapped:
        paragraphs = _BLANK_LINE.split(text)
        text = "\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
    return _plain(_SENTENCE_END.sub("\n", text))


def _words(text: str) -> list[str]:
    """The words of plain text, with a `_BREAK` for every line break."""
    # Blanking and splitting take a third of the time of a regular expression that finds words.
    if not text.isascii():
        text = _SIGN_BEYOND_ASCII.sub(" ", text)
    text = _OUTER_APOSTROPHE.sub(" ", text.translate(_SIGNS))
    return text.replace("\n", f" {_BREAK} ").split()


def _plain(text: str) -> str:
    """Lower case, composed letters, straight apostrophes."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("’", "'")
    return text.lower()


@contextmanager
def _bar(source: Path, show: bool) -> Iterator[Callable[[int], Any]]:
    """A progress bar over the bytes of the files, as a function that takes the bytes read."""
    from tqdm.auto import tqdm

    size = sum(path.stat().st_size for path in _files(source))
    with tqdm(total=size, unit="B", unit_scale=True, desc="reading", disable=not show) as bar:
        yield bar.update
