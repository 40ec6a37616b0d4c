import socket
import threading
from dataclasses import replace
from hashlib import sha256
from http.server import HTTPServer, SimpleHTTPRequestHandler
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import pytest

from w2v import datasets, documentation
from w2v.corpus import sentences
from w2v.datasets import DATASETS, fetch, open_corpus, packaged
from w2v.errors import SetupError, StudentError

ARCHIVES = {  # in the layout of the real ones, with texts of our own
    "text8": {"text8": " the cat sat on the mat and it stayed"},
    "brown": {
        "brown/README": "not/nn a/at text/nn",
        "brown/cats.txt": "ca01 news",
        "brown/cb02": "\n\n\tSecond/od file/nn ./.\n",
        "brown/ca01": "\n\n\tThe/at cat/nn and/or/cc dog/nn sat/vbd ./.\n\n\tIt/pps 1/2/cd\n\n",
    },
    "state_union": {
        "state_union/README": "about",
        "state_union/1951-B.txt": b"Second address.\r\nIt\xe9 ends.\r\n",
        "state_union/1950-A.txt": b"First address.\n",
    },
}
TEXTS = {
    "text8": " the cat sat on the mat and it stayed",
    "brown": "The cat and/or dog sat .\nIt 1/2\nSecond file .\n",
    "state_union": "First address.\n\n\nSecond address.\nIté ends.\n\n\n",
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("W2V_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A mirror on loopback; records what is asked for. The hashes become those of its files."""
    home = tmp_path / "served"
    home.mkdir()
    for name, members in ARCHIVES.items():
        with ZipFile(home / f"{name}.zip", "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        digest = sha256((home / f"{name}.zip").read_bytes()).hexdigest()
        monkeypatch.setitem(DATASETS, name, replace(DATASETS[name], sha256=digest))

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(home))

        def log_message(self, *_):
            server.asked.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    server.home = home
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("W2V_MIRROR", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", DATASETS)
def test_fetching_unpacks_plain_text(server, name):
    path = open_corpus(name)
    assert path.name == f"{name}.txt"
    assert path.read_text(encoding="utf-8") == TEXTS[name]
    assert list(sentences(path))


def test_fetching_twice_asks_once(server):
    assert fetch("brown") == fetch("brown")
    assert server.asked == ["/brown.zip"]


def test_a_progress_bar_is_shown_on_request(server, capsys):
    fetch("brown", progress=False)
    assert "%" not in capsys.readouterr().err
    fetch("text8")
    assert "100%" in capsys.readouterr().err


def test_another_file_than_expected_is_refused(server, cache):
    (server.home / "brown.zip").write_bytes(b"a login page")
    with pytest.raises(SetupError, match=r"brown\.zip sent is not the file it should be"):
        fetch("brown")
    assert not (cache / "brown.txt").exists()


def test_an_archive_without_its_text_leaves_no_half_file(server, cache, monkeypatch):
    wrong = replace(DATASETS["text8"], sha256=DATASETS["brown"].sha256)
    monkeypatch.setitem(DATASETS, "text8", wrong)
    (server.home / "text8.zip").write_bytes((server.home / "brown.zip").read_bytes())
    with pytest.raises(SetupError, match="not as expected"):
        fetch("text8")
    assert [path.name for path in cache.iterdir()] == ["text8.zip"]


def test_a_missing_file_and_no_connection_say_what_to_do(server, monkeypatch):
    (server.home / "brown.zip").unlink()
    with pytest.raises(SetupError, match=r"Cannot fetch .*bring the file brown\.zip"):
        fetch("brown")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # taken, but nobody listens
        monkeypatch.setenv("W2V_MIRROR", f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(SetupError, match=r"Cannot fetch .*'planted'"):
            fetch("text8")


def test_a_file_brought_by_hand_needs_no_connection(server, cache):
    cache.mkdir()
    (cache / "brown.zip").write_bytes((server.home / "brown.zip").read_bytes())
    assert fetch("brown").read_text(encoding="utf-8") == TEXTS["brown"]
    assert server.asked == []


def test_every_set_has_a_hash_and_a_home():
    for dataset in DATASETS.values():
        assert dataset.url.startswith("https://")
        assert dataset.url.endswith(".zip")
        assert len(bytes.fromhex(dataset.sha256)) == 32


def test_packaged_data_is_found_from_any_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert open_corpus("planted") == packaged("planted.txt")
    assert packaged("planted.txt").read_text().count("\n") > 1000


def test_packaged_data_is_found_in_a_wheel(tmp_path, monkeypatch):
    (tmp_path / "w2v" / "_data").mkdir(parents=True)
    (tmp_path / "w2v" / "_data" / "planted.txt").touch()
    monkeypatch.setattr(datasets, "files", lambda package: tmp_path / package)
    assert packaged("planted.txt") == tmp_path / "w2v" / "_data" / "planted.txt"
    with pytest.raises(SetupError, match=r"lacks its data file README\.md"):
        packaged("README.md")


def test_the_package_lies_where_it_is_imported_from():
    assert Path(str(files("w2v"))) == Path(datasets.__file__).parent


def test_a_path_is_taken_as_it_is(tmp_path):
    assert open_corpus(tmp_path) == tmp_path
    with pytest.raises(StudentError, match=r"no corpus 'planned'.*planted, documentation, text8"):
        open_corpus("planned")


def test_documentation_is_made_once(cache, monkeypatch):
    monkeypatch.setattr(documentation, "paragraphs", lambda: iter(["One text.", "Another."]))
    path = open_corpus("documentation")
    assert path.read_text() == "One text.\n\nAnother.\n\n"
    assert path.stem == "documentation"
    assert cache in path.parents
    monkeypatch.setattr(documentation, "paragraphs", lambda: pytest.fail("made again"))
    assert open_corpus("documentation") == path
