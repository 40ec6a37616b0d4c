import _thread
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.solutions import batch_gradients, sigmoid
from tests.texts import answered, made_up
from w2v import workbook
from w2v.corpus import Corpus
from w2v.descent import block_loss
from w2v.errors import NotFilledError, SetupError, StudentError
from w2v.evaluation import held_out_loss
from w2v.oracle import batch_loss
from w2v.training import SECONDS_VARIABLE, train
from w2v.vocabulary import Vocabulary

SHORT: dict[str, Any] = {"dimension": 10, "epochs": 1, "progress": False}


@pytest.fixture(autouse=True)
def answers(tmp_path: Path) -> Iterator[None]:
    with answered(tmp_path):
        yield


def refill(name: str, function: Callable[..., Any]) -> None:
    workbook.current().answers[name] = function


def test_the_loss_falls() -> None:
    model = train(made_up(), dimension=10, epochs=5, learning_rate=0.05, progress=False)
    words, losses = zip(*model.losses, strict=True)
    assert losses[0] == pytest.approx(6 * np.log(2), rel=0.1)
    assert losses[-1] < 0.8 * losses[0]
    assert list(words) == sorted(words)
    assert words[-1] == model.words == 5 * len(made_up().tokens)
    assert model.finished
    assert model.words_per_second > 0


@given(seed=st.integers(0, 1000))
def test_the_loss_reported_is_that_of_the_oracle(seed: int) -> None:
    rng = np.random.default_rng(seed)
    V, U = rng.normal(size=(5, 3)), rng.normal(size=(7, 3))
    Y = rng.integers(0, 2, (5, 7))
    W = Y + rng.random((5, 7))
    assert block_loss(V, U, Y, W) == pytest.approx(batch_loss(V, U, Y, W))


def test_training_repeats_exactly() -> None:
    one, same, other = (train(made_up(), seed=seed, **SHORT) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.vectors.matrix, same.vectors.matrix)
    np.testing.assert_array_equal(one.outside, same.outside)
    assert one.losses == same.losses
    assert not np.array_equal(one.vectors.matrix, other.vectors.matrix)


def test_a_model_says_what_it_is() -> None:
    model = train(made_up(), **SHORT)
    assert "200 words of 'made up', dimension 10" in repr(model)
    assert "nats" in repr(model)
    assert "stopped" not in repr(model)
    assert model.vectors.matrix.dtype == model.outside.dtype == np.float32
    assert model.vectors.words == made_up().vocabulary.words


def test_a_file_will_do_as_a_corpus(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sees the dog . the dog sees the cat .\n" * 30)
    model = train(text, subsample=0, **SHORT)
    assert set(model.vectors.words) == {"the", "cat", "sees", "dog"}


def in_float64(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
    return batch_gradients(V.astype(float), U.astype(float), Y, W)


def in_a_list(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
    return list(batch_gradients(V, U, Y, W))


def in_other_order(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
    return tuple(map(np.asfortranarray, batch_gradients(V, U, Y, W)))


def in_loops(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for t in range(len(V)):
        g = W[t] * sigmoid(U @ V[t]) - Y[t]
        dV[t] = g @ U
        dU += np.outer(g, V[t])
    return dV, dU


def by_the_course(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
    from w2v.exercises.sigmoid import sigmoid

    G = W * sigmoid(V @ U.T) - Y
    return G @ U, G.T @ V


@pytest.mark.parametrize("answer", [in_float64, in_a_list, in_other_order, in_loops, by_the_course])
def test_any_right_way_of_writing_the_gradient_trains_the_same(answer: Any) -> None:
    corpus = made_up(3_000)
    reference = train(corpus, **SHORT).vectors.matrix
    refill("batch_gradients", answer)
    np.testing.assert_allclose(train(corpus, **SHORT).vectors.matrix, reference, atol=1e-4)


def shifted(by: Any) -> Callable[..., Any]:
    return lambda V, U, Y, W: tuple(part + by for part in batch_gradients(V, U, Y, W))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda V, U, Y, W: None, "must return the pair .* found NoneType"),
        (lambda V, U, Y, W: V, "must return the pair"),
        (lambda V, U, Y, W: (V, V), r"dU must have shape \(36, 10\); found \(48, 10\)"),
        (lambda V, U, Y, W: (V[0], U), r"dV must have shape \(48, 10\); found \(10,\)"),
        (lambda V, U, Y, W: (V, "U"), "dU is not an array of numbers"),
        (lambda V, U, Y, W: ([[1], [2, 3]], U), "dV is not an array of numbers"),
        (shifted(np.nan), "dV holds nan or inf"),
        (shifted(np.inf), "dV holds nan or inf"),
    ],
)
def test_a_gradient_that_cannot_be_used_is_described(answer: Any, message: str) -> None:
    refill("batch_gradients", answer)
    with pytest.raises(StudentError, match=message):
        train(made_up(), **SHORT)


def test_a_gradient_with_the_wrong_sign_is_said_to_diverge() -> None:
    def wrong(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
        dV, dU = batch_gradients(V, U, Y, W)
        return -dV, -dU

    refill("batch_gradients", wrong)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with pytest.raises(StudentError, match=r"diverges: .* Check the signs"):
            train(made_up(), dimension=10, epochs=50, learning_rate=1.0, progress=False)


def test_an_error_of_the_answer_is_shown_as_it_is() -> None:
    refill("batch_gradients", lambda V, U, Y, W: V @ U)
    with pytest.raises(ValueError, match="matmul"):
        train(made_up(), **SHORT)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("batches", "batch_gradients"),
        ("pairs", "sgd_update"),
        ("pairs", "draw_negatives"),
        ("pairs", "skip_gram_gradients"),
    ],
)
def test_an_exercise_that_is_not_filled_in_is_named(method: Any, name: str) -> None:
    del workbook.current().answers[name]
    with pytest.raises(NotFilledError, match=name):
        train(made_up(), method=method, **SHORT)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dimension": 0}, "dimension must be positive; found 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be positive"),
        ({"subsample": -1}, "subsample must not be negative"),
        ({"method": "magic"}, "'batches' or 'pairs'"),
        ({"workers": 0}, "0 workers"),
        ({"workers": 2, "method": "pairs"}, "2 workers"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(StudentError, match=message):
        train(made_up(), **{**SHORT, **arguments})


@pytest.mark.parametrize("method", ["batches", "pairs"])
def test_a_corpus_too_short_to_train_on(method: Any) -> None:
    corpus = Corpus("one", Vocabulary(["one"], [1]), np.zeros(1, np.int32), np.array([0, 1]))
    with pytest.raises(StudentError, match="too short"):
        train(corpus, method=method, **SHORT)


def test_the_time_bound_ends_training(monkeypatch: pytest.MonkeyPatch) -> None:
    long = {**SHORT, "epochs": 10_000}
    model = train(made_up(), seconds=0.3, **long)
    assert 0 < model.words < 10_000 * 20_000
    assert not model.finished
    assert "stopped" in repr(model)
    monkeypatch.setenv(SECONDS_VARIABLE, "0.3")
    assert not train(made_up(), **long).finished
    assert not train(made_up(), seconds=1e9, **long).finished
    monkeypatch.setenv(SECONDS_VARIABLE, "soon")
    with pytest.raises(SetupError, match="soon"):
        train(made_up(), **long)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Lets Ctrl-C through: pytest's parallel workers ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("method", ["batches", "pairs"])
def test_ctrl_c_keeps_what_is_trained(method: Any, capsys: pytest.CaptureFixture[str]) -> None:
    calls = 0

    def interrupted(x: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3_000:
            _thread.interrupt_main()
        return sigmoid(x)

    def gradients(V: np.ndarray, U: np.ndarray, Y: np.ndarray, W: np.ndarray) -> Any:
        G = W * interrupted(V @ U.T) - Y
        return G @ U, G.T @ V

    def update(x: np.ndarray, gradient: np.ndarray, learning_rate: float) -> np.ndarray:
        return x - 2 * interrupted(0.0) * learning_rate * gradient

    refill("batch_gradients", gradients)
    refill("sgd_update", update)
    model = train(made_up(), dimension=10, epochs=1_000, method=method, seconds=60)
    assert not model.finished
    assert model.losses
    assert np.isfinite(model.vectors.matrix).all()
    assert "Stopped" in capsys.readouterr().out


def test_pair_by_pair_training_learns_what_block_by_block_training_does() -> None:
    corpus = made_up(3_000, words=50)
    rates = {"dimension": 8, "epochs": 12, "learning_rate": 0.05, "progress": False}
    pairs = train(corpus, method="pairs", **rates)
    blocks = train(corpus, method="batches", **rates)
    assert pairs.finished
    assert pairs.losses[-1][1] < 0.9 * pairs.losses[0][1]
    losses = [held_out_loss(m.vectors.matrix, m.outside, corpus) for m in (pairs, blocks)]
    assert losses[0] == pytest.approx(losses[1], rel=0.1)
    assert max(losses) < 0.25 * pairs.losses[0][1]


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("sgd_update", lambda x, gradient, rate: None, "sgd_update"),
        ("draw_negatives", lambda o, counts, K, rng: [1], r"draw_negatives must have shape \(5,\)"),
        ("add_rows", lambda rows, words, n: rows, "add_rows must have shape"),
        ("sgd_update", lambda x, gradient, rate: x * np.nan, "sgd_update holds nan"),
    ],
)
def test_an_answer_that_pairs_cannot_use_is_named(name: str, answer: Any, message: str) -> None:
    refill(name, answer)
    with pytest.raises(StudentError, match=message):
        train(made_up(), method="pairs", **SHORT)


def test_watching_the_vectors_while_they_learn() -> None:
    seen: list[float] = []

    def watch(vectors: Any) -> float:
        seen.append(float(np.abs(vectors.matrix).max()))
        return seen[-1]

    model = train(made_up(), watch=watch, **{**SHORT, "epochs": 10})
    assert 10 <= len(model.watched) <= 20
    assert [value for _, value in model.watched] == seen
    assert model.watched[-1][0] == model.words
    assert seen[-1] > seen[0]


def test_the_planted_analogies_are_learned_in_seconds() -> None:
    from w2v.datasets import packaged
    from w2v.vectors import read_analogies

    model = train("planted", epochs=30, progress=False)
    questions = read_analogies(packaged("planted_analogies.txt"))
    assert model.vectors.analogy_accuracy(questions).accuracy > 0.95


MEMORY = """
import resource, sys
from pathlib import Path
from tests.texts import answered
from w2v.training import train

file = Path(sys.argv[1])
with answered(file.parent):
    model = train(file, dimension=20, epochs=1, seconds=float(sys.argv[2]), progress=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, model.words)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    rng = np.random.default_rng(0)
    paragraphs = []
    for _ in range(200):
        words = [f"word{number}" for number in rng.zipf(1.2, 2_000) % 30_000]
        lines = (" ".join(words[start : start + 20]) for start in range(0, 2_000, 20))
        paragraphs.append("\n".join(lines))
    held = {}
    for megabytes in (20, 200):
        with open(file, "w") as out:
            while out.tell() < megabytes << 20:
                out.write(paragraphs[rng.integers(200)] + "\n")
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(file), "60"],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        assert done.returncode == 0, done.stderr
        held[megabytes], words = map(int, done.stdout.split())
        assert words > 1_000_000
    assert held[200] < held[20] + 150, f"megabytes held, by the size of the corpus: {held}"
