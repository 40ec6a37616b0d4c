import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr

from w2v.errors import StudentError
from w2v.vectors import WordVectors, read_analogies, read_pairs

MATRICES = arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    elements=st.floats(-1e6, 1e6, width=32),
)
WORDS = ["king", "queen", "man", "woman", "apple", "don't", "café"]


@pytest.fixture
def royal():
    """Royalty on one axis, gender on another; the apple on a third."""
    matrix = np.array([[1, 1, 0], [1, -1, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], np.float32)
    return WordVectors(WORDS[:5], 3 * matrix)


@pytest.fixture
def random_vectors():
    rng = np.random.default_rng(5)
    words = [f"word{number}" for number in range(60)]
    return WordVectors(words, rng.normal(size=(60, 7)).astype(np.float32))


def test_a_word_gives_its_row(royal):
    assert royal["queen"].tolist() == [3, -3, 0]
    assert "queen" in royal
    assert "Queen" not in royal
    assert len(royal) == 5


def test_words_and_rows_must_be_as_many():
    with pytest.raises(ValueError, match="2 words, but 3 vectors"):
        WordVectors(["a", "b"], np.zeros((3, 2)))


def test_an_unknown_word_is_met_with_suggestions(royal):
    with pytest.raises(StudentError, match=r"'Queeen' is not in the vocabulary.*queen"):
        royal["Queeen"]
    with pytest.raises(StudentError, match="Try another word"):
        royal.nearest("zzzzzz")


def test_similarity_is_the_cosine(royal):
    assert_allclose(royal.similarity("king", "man"), math.sqrt(0.5), rtol=1e-6)
    assert royal.similarity("king", "apple") == 0


def test_nearest_is_ordered_and_without_the_word_itself(royal):
    assert [word for word, _ in royal.nearest("king", 2)] == ["man", "queen"]
    assert_allclose([cosine for _, cosine in royal.nearest("king", 1)], [math.sqrt(0.5)], rtol=1e-6)
    assert len(royal.nearest("king", 99)) == 4


def test_analogy_leaves_the_three_words_out(royal):
    assert royal.analogy("man", "king", "woman", 1)[0][0] == "queen"
    answers = [word for word, _ in royal.analogy("man", "king", "woman", 99)]
    assert sorted(answers) == ["apple", "queen"]


def test_a_zero_vector_is_near_nothing():
    vectors = WordVectors(["a", "b"], np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert vectors.nearest("a") == [("b", 0.0)]


def test_accuracy_agrees_with_answering_one_by_one(random_vectors):
    rng = np.random.default_rng(6)
    asked = [tuple(rng.choice(random_vectors.words, 3, replace=False)) for _ in range(300)]
    best = [random_vectors.analogy(*question, 1)[0][0] for question in asked]
    right = rng.random(300) < 0.6
    other = rng.choice(random_vectors.words, 300)
    questions = [
        (*question, answer if keep else str(word))
        for question, answer, keep, word in zip(asked, best, right, other, strict=True)
    ]
    expected = sum(q[3] == answer for q, answer in zip(questions, best, strict=True))
    score = random_vectors.analogy_accuracy({"all": questions})
    assert score.sections == {"all": (expected, 300)}
    assert score.accuracy == expected / 300


def test_accuracy_agrees_with_gensim(random_vectors, tmp_path):
    keyed = keyed_vectors(random_vectors, tmp_path)
    rng = np.random.default_rng(7)
    questions = []
    for _ in range(50):
        a, b, c = rng.choice(random_vectors.words, 3, replace=False)
        questions.append((a, b, c, random_vectors.analogy(a, b, c, 2)[rng.integers(2)][0]))
    path = tmp_path / "questions.txt"
    path.write_text(": part\n" + "\n".join(map(" ".join, questions)))
    theirs, _ = keyed.evaluate_word_analogies(path)
    assert random_vectors.analogy_accuracy(read_analogies(path)).accuracy == theirs


def keyed_vectors(vectors, folder, binary=False):
    models = pytest.importorskip("gensim.models")
    path = folder / "for_gensim"
    (vectors.save_binary if binary else vectors.save_text)(path)
    return models.KeyedVectors.load_word2vec_format(path, binary=binary)


def test_questions_with_unknown_words_are_counted_apart(royal):
    score = royal.analogy_accuracy(
        {
            "royal": [("man", "king", "woman", "queen"), ("man", "king", "woman", "apple")],
            "fruit": [("man", "king", "pear", "queen")],
        }
    )
    assert score.sections == {"royal": (1, 2), "fruit": (0, 0)}
    assert (score.correct, score.asked, score.skipped, score.accuracy) == (1, 2, 1, 0.5)
    assert score.table().splitlines() == [
        "analogies  correct  of  share",
        "royal            1   2  50.0%",
        "fruit            0   0      -",
        "all              1   2  50.0%",
        "(1 left out: a word is not in the vocabulary)",
    ]


def test_nothing_asked_is_no_accuracy(royal):
    assert math.isnan(royal.analogy_accuracy({}).accuracy)


def test_correlation_is_spearmans_on_the_known_pairs(random_vectors):
    rng = np.random.default_rng(8)
    pairs = [(*rng.choice(random_vectors.words, 2), number) for number in rng.random(20)]
    cosines = [random_vectors.similarity(a, b) for a, b, _ in pairs]
    expected = spearmanr(cosines, [pair[2] for pair in pairs]).statistic
    found = random_vectors.similarity_correlation([*pairs, ("word1", "unknown", 3.0)])
    assert_allclose(found.rho, expected)
    assert (found.used, found.pairs) == (20, 21)
    assert str(found) == f"Spearman {expected:.3f} on 20 of 21 pairs"


def test_correlation_of_too_few_pairs(royal):
    found = royal.similarity_correlation([("king", "queen", 1.0), ("king", "pear", 2.0)])
    assert math.isnan(found.rho)
    assert (found.used, found.pairs) == (1, 2)


def test_tables_are_aligned(royal):
    assert royal.neighbour_table(["king", "woman"], 2).splitlines() == [
        "word   nearest words",
        "king   man  queen",
        "woman  queen  apple",
    ]
    table = royal.similarity_table([("king", "woman"), ("king", "man")])
    assert table.splitlines() == [
        "word  word   cosine",
        "king  man      0.71",
        "king  woman   -0.71",
    ]


@given(MATRICES, st.booleans())
def test_saving_and_loading_is_exact(tmp_path_factory, matrix, binary):
    path = tmp_path_factory.mktemp("saved") / "vectors"
    words = WORDS[-len(matrix) :]
    vectors = WordVectors(words, matrix)
    (vectors.save_binary if binary else vectors.save_text)(path)
    loaded = WordVectors.load(path)
    assert loaded.words == words
    assert_array_equal(loaded.matrix, matrix)
    assert loaded.matrix.dtype == np.float32


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_what_we_write_and_the_reverse(tmp_path, binary):
    matrix = np.random.default_rng(1).normal(size=(7, 5)).astype(np.float32)
    vectors = WordVectors(WORDS, matrix)
    keyed = keyed_vectors(vectors, tmp_path, binary)
    assert keyed.index_to_key == WORDS
    assert_array_equal(keyed.vectors, matrix)
    keyed.save_word2vec_format(tmp_path / "theirs", binary=binary)
    loaded = WordVectors.load(tmp_path / "theirs")
    assert loaded.words == WORDS
    assert_allclose(loaded.matrix, matrix, rtol=1e-5)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello world\n",
        b"2 3\na 1 2 3\n",
        b"2 3\na 1 2 3\nb 1 2\n",
        b"1 2\na \x00\x00\x80?\x00",
    ],
)
def test_broken_files_are_named(tmp_path, content):
    path = tmp_path / "broken.bin"
    path.write_bytes(content)
    with pytest.raises(StudentError, match=r"broken\.bin does not hold word vectors"):
        WordVectors.load(path)


def test_missing_files_are_named(tmp_path):
    for read in (WordVectors.load, read_analogies, read_pairs):
        with pytest.raises(StudentError, match=r"Cannot read .*absent"):
            read(tmp_path / "absent")


def test_reading_analogies(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(
        "# made up\n: Capitals of\nAthens Greece Oslo Norway\n\n: verbs\na b c d\nd c b a\n"
    )
    assert read_analogies(path) == {
        "Capitals of": [("athens", "greece", "oslo", "norway")],
        "verbs": [("a", "b", "c", "d"), ("d", "c", "b", "a")],
    }


def test_analogies_without_sections(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text("a b c d\n")
    assert read_analogies(path) == {"all": [("a", "b", "c", "d")]}


@pytest.mark.parametrize(
    ("content", "message"),
    [("a b c d\na b c\n", "line 2: expected four words"), (": part\n", "holds no question")],
)
def test_wrong_analogies_are_refused(tmp_path, content, message):
    path = tmp_path / "questions.txt"
    path.write_text(content)
    with pytest.raises(StudentError, match=message):
        read_analogies(path)


@pytest.mark.parametrize(
    "content",
    [
        "Tiger cat 7.35\nsun moon 2\n",
        "tiger\tcat\t7.35\nsun\tmoon\t2\n",
        "Word 1,Word 2,Human (mean)\ntiger,cat,7.35\nsun,moon,2\n",
        "tiger;cat;7.35\nsun;moon;2\n",
        "word1\tword2\tPOS\tSimLex999\tSD\ntiger\tcat\tN\t7.35\t1.1\nsun\tmoon\tN\t2\t3\n",
        "# comment\r\ntiger cat 7.35\r\n\r\nsun moon 2.0\r\n",
        "\ufefftiger , cat , 7.35\nsun , moon , 2\n",
    ],
)
def test_reading_pairs_in_the_usual_formats(tmp_path, content):
    path = tmp_path / "pairs"
    path.write_text(content, encoding="utf-8", newline="")
    assert read_pairs(path) == [("tiger", "cat", 7.35), ("sun", "moon", 2.0)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a b 1\na b\n", "line 2: expected two words and a number"),
        ("a b 1\nlonely\n", "line 2: expected two words and a number"),
        ("word word score\n", "holds no pair"),
        ("", "holds no pair"),
    ],
)
def test_wrong_pairs_are_refused(tmp_path, content, message):
    path = tmp_path / "pairs"
    path.write_text(content)
    with pytest.raises(StudentError, match=message):
        read_pairs(path)


def test_latin_1_is_refused(tmp_path):
    path = tmp_path / "pairs"
    path.write_bytes("café thé 3".encode("latin-1"))
    with pytest.raises(StudentError, match="UTF-8"):
        read_pairs(path)


def test_the_files_that_gensim_carries():
    datapath = pytest.importorskip("gensim.test.utils").datapath
    wordsim = read_pairs(datapath("wordsim353.tsv"))
    simlex = read_pairs(datapath("simlex999.txt"))
    assert (len(wordsim), len(simlex)) == (353, 999)
    assert ("tiger", "cat", 7.35) in wordsim
    assert ("old", "new", 1.58) in simlex
