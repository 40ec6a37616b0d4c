"""A corpus that every student has: the text of Python's own documentation, as installed.

It is made of the language reference that `help()` shows (pydoc's topics), the docstrings of the
standard library and those of NumPy. The files are parsed, never imported, so nothing of them runs.
What is not prose is taken out: signatures, examples, tables, grammar rules, markup. The order is
that of the file names; the text depends on the versions of Python and NumPy alone.
"""

import ast
import os
import re
import sysconfig
from collections.abc import Iterator
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path

PASSED_OVER = {"test", "tests", "idlelib", "lib2to3", "turtledemo", "ensurepip"} | {
    "encodings",
    "antigravity.py",
    "this.py",
    "topics.py",
    "site-packages",
    "dist-packages",
}
"""Folders and files without docstrings worth reading: tests, old tools, tables, jokes, packages."""
SHORTEST = 4
"""Words that a paragraph has at least."""

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_WORD = re.compile(r"[A-Za-z]+(?:['’-][a-z]+)*")
_CODE = re.compile(r"::=|>>>|[{}=|<>_]|\w\(|\w\.\w|\S/\S|\.\.\.|--|@|\$")
_UNDERLINE = re.compile(r"([-=*~^+#'\"])\1{2,}")
_MARKUP = [
    (re.compile(r"https?://\S+"), ""),
    (re.compile(r":[\w:+-]+:`~?(?:[^`<]*\.)?([^`<]*?)(?:<[^`]*>)?`"), r"\1"),  # a role :func:`a.b`
    (re.compile(r"`+([^`]*)`+_*|\"(\w+)(?:\(\))?\"|\*+([^*\s][^*]*)\*+"), r"\1\2\3"),
    (re.compile(r"\[[\w#]+\]_?"), ""),  # a footnote
    (re.compile(r"(?:^|(?<=\s))(?:[*•-]|\d+[.)])\s+"), ""),  # a bullet
    (re.compile(r"\s+"), " "),
]


def paragraphs() -> Iterator[str]:
    """The paragraphs of prose, each once and in one line, in a fixed order."""
    seen = set()
    for document in _documents():
        for paragraph in _prose(document):
            if paragraph not in seen:
                seen.add(paragraph)
                yield paragraph


def _documents() -> Iterator[str]:
    """Topics first, then docstrings, file by file."""
    library = Path(sysconfig.get_path("stdlib"))
    topics = library / "pydoc_data" / "topics.py"
    if topics.exists():  # some systems package it apart
        yield from _topics(topics)
    for root in (library, _numpy()):
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(set(folders) - PASSED_OVER)
            for file in sorted(set(files) - PASSED_OVER):
                if file.endswith(".py"):
                    yield from _docstrings(Path(folder, file))


def _numpy() -> Path:
    spec = find_spec("numpy")
    assert spec is not None and spec.origin is not None  # the package depends on NumPy
    return Path(spec.origin).parent


def _topics(path: Path) -> Iterator[str]:
    """The texts of the one dictionary that the file assigns."""
    for node in _parse(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield from ast.literal_eval(node.value).values()


def _docstrings(path: Path) -> Iterator[str]:
    """The docstrings of a file, and what it hands to NumPy's `add_newdoc` for functions in C."""
    pending: list[ast.AST] = [_parse(path)]
    while pending:  # faster than ast.walk, which goes into every expression
        node = pending.pop()
        if isinstance(node, _DOCUMENTED):
            yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _added(node.value)
        for part in ("orelse", "body"):
            pending += reversed(getattr(node, part, []))


def _added(call: ast.Call) -> Iterator[str]:
    """The texts among the arguments of a call of `add_newdoc`."""
    if isinstance(call.func, ast.Name) and call.func.id == "add_newdoc":
        texts = (part.value for part in ast.walk(call) if isinstance(part, ast.Constant))
        yield from (cleandoc(text) for text in texts if isinstance(text, str) and "\n" in text)


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # a file kept broken on purpose
        return ast.Module(body=[], type_ignores=[])


def _prose(document: str) -> Iterator[str]:
    """The paragraphs of a document that are prose, without markup."""
    for lines in _blocks(document):
        text = " ".join(lines)
        for pattern, plain in _MARKUP:
            text = pattern.sub(plain, text)
        if _is_prose(text):
            yield text.strip()


def _blocks(document: str) -> Iterator[list[str]]:
    """The lines between blank lines, indents and bullets; signatures and directives left out."""
    block: list[str] = []
    indent = 0
    for line in [*document.splitlines(), ""]:
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        if not text or depth != indent or text.startswith(("* ", "- ", "..", ">>>", ":")):
            yield block
            block = []
        indent = depth
        if _UNDERLINE.fullmatch(text):
            block = block[:-1]  # without the heading
        elif text:
            block.append(text)


def _is_prose(text: str) -> bool:
    """Whether a text is made of enough words, and of hardly anything but words."""
    words = _WORD.findall(text)
    letters = sum(map(len, words)) + text.count(" ")
    return (
        len(words) >= SHORTEST
        and letters >= 0.9 * len(text)
        and len(_CODE.findall(text)) <= 0.04 * len(words)
        and not text.startswith("..")
    )
