"""Unpacks what learning platforms export: one zip of everybody's files, or a zip of each student.

    submitted/export.zip -> submitted/STUDENT/word2vec/NOTEBOOK.ipynb

Nothing is extracted by the paths that an archive names: of every entry only the bytes are taken,
under the names of the course. The archives stay where they are.
"""

import io
import re
import stat
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from w2v.grading.collect import MAX_NOTEBOOK

MAX_ENTRIES = 100_000
MOODLE = re.compile(r"^(?P<student>.+?)_\d+_assignsubmission_\w+$")
CANVAS = re.compile(r"^(?P<student>[^_]+)_(?:LATE_)?\d+_\d+_(?P<file>.+)$")


def take_in(submitted: Path, assignment: str, notebooks: Collection[str]) -> list[str]:
    """Unpack every zip that lies in `submitted/`; returns what was left out and why.

    A student is known by the folder (Moodle), by the name of the file (Canvas), or by the name of
    the zip. An archive that was taken in before is skipped until it changes.

    Args:
        submitted: the folder of submissions.
        assignment: the name of the assignment.
        notebooks: the names of the course's notebooks.
    """
    left_out = []
    for archive in sorted(submitted.glob("*.zip")):
        done = archive.with_name(f".{archive.name}.taken-in")
        if done.exists() and done.stat().st_mtime_ns >= archive.stat().st_mtime_ns:
            continue
        try:
            for path, content in _entries(archive.read_bytes(), PurePosixPath(archive.stem)):
                student, notebook = _owner(path), _notebook(path, notebooks)
                if content is None or not student or not notebook:
                    left_out.append(f"{archive.name}: {path} was left out")
                    continue
                folder = submitted / student / assignment
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{notebook}.ipynb").write_bytes(content)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            left_out.append(f"{archive.name} cannot be unpacked: {error}")
            continue
        done.touch()
    return left_out


def _entries(archive: bytes, root: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes | None]]:
    """(path below the archive's name, content) of all files, zips inside it opened too.

    The content is None where there is none to take: a link, or too large.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as entries:
        for entry in sorted(entries.infolist(), key=lambda entry: entry.date_time)[:MAX_ENTRIES]:
            path = root / entry.filename.replace("\\", "/").lstrip("/")
            kind = entry.external_attr >> 16
            ordinary = not kind or stat.S_IFMT(kind) in (0, stat.S_IFREG)
            if entry.is_dir():
                continue
            if not ordinary or entry.file_size > MAX_NOTEBOOK:
                yield path, None
                continue
            content = entries.read(entry)
            if path.suffix == ".zip" and len(root.parts) == 1:
                yield from _entries(content, path.with_suffix(""))
            else:
                yield path, content


def _owner(path: PurePosixPath) -> str:
    """The student whose file this is, as a name that is safe for a folder."""
    for part in path.parts[1:]:
        if found := MOODLE.match(part) or CANVAS.match(part):
            return _safe(found["student"])
    folders = path.parts[1:-1]
    return _safe(folders[0] if folders else path.parts[0])


def _notebook(path: PurePosixPath, notebooks: Collection[str]) -> str:
    """Which notebook of the course it is: downloads are called "02_center_gradient (1).ipynb"."""
    if path.suffix != ".ipynb" or "__MACOSX" in path.parts or ".ipynb_checkpoints" in path.parts:
        return ""
    return next((name for name in notebooks if name in path.stem), "")


def _safe(name: str) -> str:
    return re.sub(r"[^\w@.-]+", "_", name).strip("._")[:100]
