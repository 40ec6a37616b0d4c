import re
import sys
from collections import Counter

import pytest

from w2v import documentation
from w2v.corpus import tokenise
from w2v.documentation import paragraphs


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A standard library and a NumPy of our own making; returns a function that adds a file."""
    (tmp_path / "numpy").mkdir()
    monkeypatch.setattr(documentation.sysconfig, "get_path", lambda _: str(tmp_path / "lib"))
    monkeypatch.setattr(documentation, "_numpy", lambda: tmp_path / "numpy")

    def add(path, source):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")

    return add


def module(docstring):
    return f'"""{docstring}"""\n'


def test_docstrings_of_modules_classes_and_functions(library):
    library(
        "lib/a.py",
        module("Text of the whole module.")
        + """
class A:
    \"\"\"Text of a class here.\"\"\"
    async def f(self):
        \"\"\"Text of an asynchronous method.\"\"\"
if True:
    pass
else:
    def g():
        \"\"\"Text of a conditional function.\"\"\"
""",
    )
    assert list(paragraphs()) == [
        "Text of the whole module.",
        "Text of a class here.",
        "Text of an asynchronous method.",
        "Text of a conditional function.",
    ]


def test_topics_come_first_then_files_by_name(library):
    library("numpy/core.py", module("The last text of all."))
    library("lib/z/b.py", module("Text of a deeper file."))
    library("lib/b.py", module("Text of the second file."))
    library("lib/a.py", module("Text of the first file."))
    library("lib/pydoc_data/topics.py", "topics = {'if': 'Text of a topic here.\\n'}\n")
    assert list(paragraphs()) == [
        "Text of a topic here.",
        "Text of the first file.",
        "Text of the second file.",
        "Text of a deeper file.",
        "The last text of all.",
    ]


def test_docstrings_for_functions_in_c(library):
    library(
        "numpy/docs.py",
        "add_newdoc('numpy', 'sum', '''\n    sum(a)\n\n    Adds all of the elements.\n    ''')\n",
    )
    assert list(paragraphs()) == ["Adds all of the elements."]


def test_tests_jokes_and_broken_files_are_passed_over(library):
    for path in ("lib/test/a.py", "lib/this.py", "lib/site-packages/b.py", "numpy/tests/c.py"):
        library(path, module("This text must not appear."))
    library("lib/broken.py", "def (:\n")
    assert list(paragraphs()) == []


def test_no_file_is_run(library):
    library("lib/a.py", module("Text of a harmful file.") + "raise SystemExit\n")
    assert list(paragraphs()) == ["Text of a harmful file."]


def test_the_same_paragraph_counts_once(library):
    library("lib/a.py", module("Text that comes back again."))
    library("lib/b.py", module("Text that comes back again."))
    assert list(paragraphs()) == ["Text that comes back again."]


@pytest.mark.parametrize(
    ("docstring", "prose"),
    [
        ("f(x, y=2) -> int\n\nReturn the sum of both.", ["Return the sum of both."]),
        ("Add the two numbers.\n\n>>> add(1, 2)\n3", ["Add the two numbers."]),
        ("Heading of this\n===============\n\nThe text goes on here.", ["The text goes on here."]),
        (
            "Parameters\n----------\nx : array_like\n    The values to be added up.",
            ["The values to be added up."],
        ),
        ("Use :func:`~os.path.join` or ``split`` to get it.", ["Use join or split to get it."]),
        ("See *the* **bold** part of it. [1]_", ["See the bold part of it."]),
        ("Broken over two\nlines of the text.", ["Broken over two lines of the text."]),
        (
            "* the first of the points\n* the second of the points",
            ["the first of the points", "the second of the points"],
        ),
        (".. versionadded:: 3.2 of this library", []),
        ("stmt ::= expression and another one", []),
        ("a = b + c; d = e * f; print the result", []),
        ("+----+-----+\n| one | two | three | four |", []),
        ("Too short.", []),
    ],
)
def test_what_is_no_prose_is_left_out(library, docstring, prose):
    library("lib/a.py", module(docstring))
    assert list(paragraphs()) == prose


@pytest.fixture(scope="module")
def installed():
    return list(paragraphs())


def test_the_installed_documentation_is_a_corpus(installed):
    words = Counter(word for paragraph in installed for word in tokenise(paragraph))
    assert words.total() > 150_000
    assert sum(count >= 5 for count in words.values()) > 2_000
    assert min(words[word] for word in ("string", "file", "array", "returns", "exception")) > 100


def test_the_installed_documentation_is_clean(installed):
    text = "\n".join(installed)
    assert len(set(installed)) == len(installed)
    for sign in (">>>", "::=", "``", "----", "====", "http:"):
        assert sign not in text
    assert len(re.findall(r"[_=(){}<>|]", text)) < 0.01 * len(text)


def test_nothing_of_it_was_imported(installed):
    assert not {"antigravity", "this", "turtle"} & sys.modules.keys()
