"""Where texts come from: packed with the course, made on this machine, or fetched on request."""

import os
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile, ZipFile

from w2v.errors import SetupError, StudentError

CACHE_VARIABLE = "W2V_CACHE"
"""Names the folder for fetched and made texts; the user's cache folder unless set."""
MIRROR_VARIABLE = "W2V_MIRROR"
"""A URL under which the archives lie, to fetch them from there instead of from their homes."""


@dataclass(frozen=True)
class Dataset:
    """A public corpus.

    Attributes:
        url: its archive (zip).
        sha256: of the archive.
        lines: reads the plain text out of the archive, line by line.
    """

    url: str
    sha256: str
    lines: Callable[[ZipFile], Iterator[str]]


def _text8(archive: ZipFile) -> Iterator[str]:
    """One line of 100 MB, in pieces that a space ends or not."""
    with archive.open("text8") as stream:
        while piece := stream.read(1 << 20):
            yield piece.decode()


def _brown(archive: ZipFile) -> Iterator[str]:
    """Files ca01 to cr09, a sentence a line, words written word/tag."""
    for name in sorted(archive.namelist()):
        if re.search(r"/c[a-r]\d\d$", name):
            with archive.open(name) as stream:
                for line in stream:
                    words = (word.rpartition("/")[0] for word in line.decode().split())
                    if text := " ".join(words):
                        yield text + "\n"


def _state_union(archive: ZipFile) -> Iterator[str]:
    """One address a file, in the encoding that the collection states."""
    for name in sorted(archive.namelist()):
        if name.endswith(".txt") and "README" not in name:
            yield archive.read(name).decode("iso-8859-2").replace("\r\n", "\n") + "\n\n"


NLTK = "https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/packages/corpora/"
DATASETS = {
    "text8": Dataset(
        "https://mattmahoney.net/dc/text8.zip",
        "a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232",
        _text8,
    ),
    "brown": Dataset(
        NLTK + "brown.zip",
        "9b275f9b3b95d7bd66ccfb7cd259f445a13bbe5d1f4107aba09fd3e8364bafa6",
        _brown,
    ),
    "state_union": Dataset(
        NLTK + "state_union.zip",
        "366c1dc82b2abf896f42b2ec50ba802a0141a29f75d29ca48a7a243ce5bfbe8d",
        _state_union,
    ),
}


def open_corpus(name: str | Path) -> Path:
    """The text file or folder of a corpus.

    Args:
        name: "planted" (packed with the course), "documentation" (made of Python's own, once),
            one of `DATASETS` (fetched, once), or the path of a text file or folder.

    Raises:
        StudentError: there is no such corpus and no such path.
        SetupError: it cannot be fetched.
    """
    if name == "planted":
        return packaged("planted.txt")
    if name == "documentation":
        return _documentation()
    if name in DATASETS:
        return fetch(str(name))
    if not Path(name).exists():
        known = ", ".join(["planted", "documentation", *DATASETS])
        raise StudentError(
            f"There is no corpus {str(name)!r}: neither a file or folder, nor one of {known}."
        )
    return Path(name)


def packaged(name: str) -> Path:
    """A data file of the course, wherever the course is installed.

    Raises:
        SetupError: the installation lacks it.
    """
    package = Path(str(files("w2v")))
    for folder in (package / "_data", package.parent / "data"):  # a wheel; the repository
        if (folder / name).is_file():
            return folder / name
    raise SetupError(f"This installation of w2v lacks its data file {name}: install it again.")


def cache_folder() -> Path:
    """Where fetched and made texts are kept."""
    import pooch

    return Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("w2v"))


def fetch(name: str, progress: bool = True) -> Path:
    """The plain text of one of `DATASETS`, fetched, checked and unpacked when first asked for.

    Args:
        name: which one.
        progress: show a progress bar.

    Raises:
        SetupError: no connection, or what came is not the archive that it should be.
    """
    text = cache_folder() / f"{name}.txt"
    if not text.exists():
        dataset = DATASETS[name]
        archive = _download(dataset, progress)
        try:
            with ZipFile(archive) as opened:
                _write(text, dataset.lines(opened))
        except (BadZipFile, KeyError, UnicodeDecodeError) as error:
            raise SetupError(f"{archive} is not as expected ({error}): delete it.") from error
    return text


def _download(dataset: Dataset, progress: bool) -> Path:
    import pooch

    file = dataset.url.rpartition("/")[2]
    mirror = os.environ.get(MIRROR_VARIABLE)
    url = f"{mirror.rstrip('/')}/{file}" if mirror else dataset.url
    folder = cache_folder()
    pooch.get_logger().setLevel("WARNING")  # the bar says enough
    try:
        return Path(
            pooch.retrieve(
                url, f"sha256:{dataset.sha256}", fname=file, path=folder, progressbar=progress
            )
        )
    except OSError as error:  # of requests as well
        raise SetupError(
            f"Cannot fetch {url} ({type(error).__name__}). Without a connection, bring the file "
            f"{file} from elsewhere into the folder {folder}, or use another corpus: 'planted' and "
            "'documentation' need no connection."
        ) from error
    except ValueError as error:
        raise SetupError(
            f"What {url} sent is not the file it should be: {error}. Try again later."
        ) from error


def _documentation() -> Path:
    from importlib.metadata import version

    versions = f"python-{platform.python_version()}-numpy-{version('numpy')}"
    text = cache_folder() / versions / "documentation.txt"
    if not text.exists():
        from w2v.documentation import paragraphs

        _write(text, (f"{paragraph}\n\n" for paragraph in paragraphs()))
    return text


def _write(path: Path, lines: Iterator[str]) -> None:
    """Write a file that is either complete or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, delete=False
    ) as out:
        try:
            out.writelines(lines)
        except BaseException:
            os.unlink(out.name)
            raise
    os.replace(out.name, path)
