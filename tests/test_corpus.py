import os
import re
import tracemalloc
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from w2v import corpus as corpus_module
from w2v.corpus import LONGEST, encode, sentences, tokenise
from w2v.errors import StudentError
from w2v.vocabulary import Vocabulary

TEXT = st.text(st.sampled_from("aB é'.?!\n\r\t1’\x0c,K-"), max_size=200)


@pytest.fixture
def write(tmp_path):
    def write(content, name="text.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat, the DOG!", ["the", "cat", "the", "dog"]),
        ("don't rock 'n' roll", ["don't", "rock", "n", "roll"]),
        ("it’s the dogs' bowl", ["it's", "the", "dogs", "bowl"]),
        ("state-of-the-art snake_case", ["state", "of", "the", "art", "snake", "case"]),
        ("in 1984, int32", ["in", "1984", "int32"]),
        ("cafe\u0301 ÉCOLE straße", ["café", "école", "straße"]),
        ("Война и мир", ["война", "и", "мир"]),
        (" ... -- ", []),
    ],
)
def test_tokenise(text, words):
    assert tokenise(text) == words


@given(st.text(st.characters(codec="utf-8")) | st.text(st.sampled_from("aé'’_ -1\n\u0301²")))
def test_tokenise_finds_runs_of_letters_and_digits(text):
    plain = unicodedata.normalize("NFC", text).replace("’", "'").lower()
    assert tokenise(text) == re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)


def test_each_line_is_a_sentence(write):
    path = write("the cat sat\nthe dog ran\n\nhello there")
    assert list(sentences(path)) == [
        ["the", "cat", "sat"],
        ["the", "dog", "ran"],
        ["hello", "there"],
    ]


def test_prose_is_split_at_sentence_ends(write):
    path = write('He came. "Did he?" she asked! Yes.')
    assert [" ".join(words) for words in sentences(path)] == [
        "he came",
        "did he she asked",  # a lower-case letter goes on with the sentence
        "yes",
    ]


def test_titles_and_initials_do_not_end_a_sentence(write):
    path = write("Mr. Smith met Dr. J. Jones in St. Ives. Mrs. May left.")
    assert [" ".join(words) for words in sentences(path)] == [
        "mr smith met dr j jones in st ives",
        "mrs may left",
    ]


def test_broken_lines_are_joined_up_to_a_blank_line(write):
    path = write(
        "The cat sat on\nthe mat. It was\nwarm there and\ndry\n\nA new part\nbegins. So.\n"
    )
    assert [" ".join(words) for words in sentences(path)] == [
        "the cat sat on the mat",
        "it was warm there and dry",
        "a new part begins",
        "so",
    ]


def test_windows_line_ends_and_byte_order_mark(write):
    path = write(b"\xef\xbb\xbfone two\r\nthree\r\n")
    assert list(sentences(path)) == [["one", "two"], ["three"]]


def test_long_sentences_are_cut(write):
    path = write("word " * (2 * LONGEST + 1))
    assert [len(words) for words in sentences(path)] == [LONGEST, LONGEST, 1]


def test_a_folder_is_read_in_alphabetical_order(write, tmp_path):
    write("second", "texts/b.txt")
    write("first", "texts/a.txt")
    write("third", "texts/deeper/c.txt")
    write(b"\x00\xff", "texts/picture.png")
    write("hidden", "texts/.notes.txt")
    assert list(sentences(tmp_path / "texts")) == [["first"], ["second"], ["third"]]


def test_files_of_a_folder_are_judged_one_by_one(write, tmp_path):
    write("a b\nc d", "texts/a.txt")
    write("Here it\nends. Then it\ngoes on.", "texts/b.txt")
    assert list(sentences(tmp_path / "texts"))[:3] == [
        ["a", "b"],
        ["c", "d"],
        ["here", "it", "ends"],
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no word"),
        (b" \n ... \n", "no word"),
        (b"text \x00 more", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        ("text".encode("utf-16"), "UTF-16"),
        ("café".encode("latin-1"), "byte 0xe9 is not UTF-8"),
    ],
)
@pytest.mark.parametrize("read", [lambda path: list(sentences(path)), encode])
def test_what_is_no_text_is_refused_with_its_name(write, content, message, read):
    path = write(content, "bad.txt")
    with pytest.raises(StudentError, match=message) as raised:
        read(path)
    assert str(path) in str(raised.value)


def test_missing_file_and_empty_folder(tmp_path):
    with pytest.raises(StudentError, match=r"no file or folder .*nothing\.txt"):
        encode(tmp_path / "nothing.txt")
    with pytest.raises(StudentError, match="holds no file"):
        encode(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the user may read everything")
def test_unreadable_file(write):
    path = write("text")
    path.chmod(0)
    with pytest.raises(StudentError, match="Cannot read"):
        encode(path)


def test_a_word_that_is_too_rare_everywhere(write):
    with pytest.raises(StudentError, match="lower minimum_count"):
        encode(write("one two three"))


def check_encoding(path, minimum_count, **options):
    """`encode` must do what the definition says: count, then number sentence by sentence."""
    vocabulary = Vocabulary.from_sentences(sentences(path), minimum_count)
    expected = [numbers for numbers in map(vocabulary.encode, sentences(path)) if len(numbers)]
    corpus = encode(path, minimum_count, **options)
    assert corpus.vocabulary.words == vocabulary.words
    assert corpus.vocabulary.counts.tolist() == vocabulary.counts.tolist()
    assert corpus.tokens.dtype == np.int32
    assert corpus.starts.dtype == np.int64
    assert len(corpus.starts) == len(expected) + 1
    for number, sentence in enumerate(expected):
        assert corpus.sentence(number).tolist() == sentence.tolist()
    assert len(corpus.tokens) == corpus.starts[-1] == vocabulary.counts.sum()
    return corpus


@given(text=TEXT, block=st.integers(3, 50), longest=st.integers(1, 9), minimum=st.integers(1, 2))
@example(text="a. A a\n\nB", block=3, longest=2, minimum=2)
def test_encoding_agrees_with_its_definition(tmp_path_factory, text, block, longest, minimum):
    path = tmp_path_factory.mktemp("encode") / "text.txt"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_module, "BLOCK", block)
        patch.setattr(corpus_module, "LONGEST", longest)
        try:
            check_encoding(path, minimum)
        except StudentError as error:
            with pytest.raises(StudentError, match=str(error)[:15]):
                encode(path, minimum)


@given(text=TEXT)
def test_the_size_of_a_block_changes_no_word(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("blocks") / "text.txt"
    path.write_text(text + " end", encoding="utf-8", newline="")
    whole = [word for sentence in sentences(path) for word in sentence]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_module, "BLOCK", 40)
        assert [word for sentence in sentences(path) for word in sentence] == whole


def test_tokens_stay_on_disk_in_a_folder_of_choice(write, tmp_path):
    path = write("a b c\nb c a\n" * 50)
    corpus = check_encoding(path, 5, folder=tmp_path / "made" / "here")
    assert isinstance(corpus.tokens, np.memmap)
    assert corpus.tokens.filename == tmp_path / "made" / "here" / "tokens.int32"
    assert corpus.name == "text"


def test_large_corpora_stay_on_disk_until_they_are_forgotten(write, monkeypatch):
    monkeypatch.setattr(corpus_module, "LARGE", 100)
    corpus = check_encoding(write("a b c\n" * 50), 5)
    file = corpus.tokens.filename
    assert file.exists()
    del corpus
    assert not file.exists()


def test_encoding_repeats_exactly(write):
    path = write("the cat. The dog\nand a mouse " * 100)
    first, second = encode(path), encode(path)
    assert first.tokens.tolist() == second.tokens.tolist()
    assert first.starts.tolist() == second.starts.tolist()


def test_rare_words_are_forgotten_when_there_are_too_many(write, monkeypatch):
    monkeypatch.setattr(corpus_module, "BLOCK", 500)
    monkeypatch.setattr(corpus_module, "MOST_WORDS", 60)
    rare = [f"rare{number}" for number in range(2000)]
    path = write("\n".join(f"often {word} frequent" for word in rare))
    corpus = encode(path, minimum_count=5)
    assert corpus.vocabulary.words == ["frequent", "often"]
    assert corpus.vocabulary.counts.tolist() == [2000, 2000]
    assert corpus.sentence(7).tolist() == [1, 0]


def test_memory_does_not_grow_with_the_text(write, tmp_path, monkeypatch):
    monkeypatch.setattr(corpus_module, "BLOCK", 1 << 12)

    def peak(repeats):
        path = write("some words in one huge line without any end " * repeats)
        tracemalloc.start()
        encode(path, folder=tmp_path / "encoded")
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)  # imports
    assert peak(20_000) < 1.5 * peak(2_000)


def test_progress_bar_counts_the_bytes(write, capsys):
    encode(write("word " * 100), progress=True)
    assert "500/500" in capsys.readouterr().err.replace(" ", "")
