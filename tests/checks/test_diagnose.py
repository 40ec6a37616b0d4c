"""Real mistakes get their name in the visible check; what nothing explains gets none."""

import json
from pathlib import Path

import numpy as np
import pytest

from w2v import mistakes
from w2v.checks import visible
from w2v.checks.trial import Trial
from w2v.exercises import EXERCISES
from w2v.grading.fixtures import load
from w2v.outcomes import Outcome

ROOT = Path(__file__).parents[2]
FIXTURES = load(ROOT / "tests" / "audit")


@pytest.mark.parametrize(
    "fixture",
    [one for one in FIXTURES if not one.right],
    ids=lambda one: f"{one.exercise}-{one.name}",
)
def test_a_real_mistake_is_named(answers, fixture):
    answers[fixture.exercise] = fixture.function
    verdict = visible.verdict(fixture.exercise)
    assert verdict.outcome is not Outcome.CORRECT
    if fixture.mistakes:
        assert set(verdict.mistakes) & set(fixture.mistakes)
    else:
        assert not verdict.mistakes


@pytest.mark.parametrize(
    "fixture", [one for one in FIXTURES if one.right], ids=lambda one: f"{one.exercise}-{one.name}"
)
def test_a_variant_has_no_mistake(answers, fixture):
    answers[fixture.exercise] = fixture.function
    verdict = visible.verdict(fixture.exercise)
    if fixture.loses:
        assert verdict.outcome in (Outcome.CORRECT, Outcome.WRONG_VALUE)
    else:
        assert verdict.outcome is Outcome.CORRECT


@pytest.mark.parametrize("factor", [0.7, 3.0, -0.1])
@pytest.mark.parametrize("name", ["center_gradient", "softmax", "batch_loss"])
def test_an_unknown_factor_gets_no_name(answers, name, factor):
    right = answers[name]
    answers[name] = lambda *args: factor * right(*args)
    verdict = visible.verdict(name)
    assert verdict.outcome is Outcome.WRONG_VALUE
    assert verdict.mistakes == ()
    assert f"{factor:.4g} times" in verdict.text(numbers=True) or name == "batch_loss"


@pytest.mark.parametrize("name", sorted(set(EXERCISES) - {"draw_negatives"}))
def test_noise_gets_no_name(answers, name):
    right = answers[name]
    rng = np.random.default_rng(0)

    def noisy(*args):
        value = right(*args)
        if isinstance(value, tuple):
            return tuple(part + rng.normal(size=np.shape(part)) for part in value)
        return value + rng.normal(size=np.shape(value))

    answers[name] = noisy
    assert visible.verdict(name).mistakes == ()


def test_all_candidates_are_offered(answers):
    """From a start at 0 a step uphill, its negative and the step alone cannot be told apart."""
    answers["sgd_update"] = lambda x, gradient, learning_rate: learning_rate * gradient
    trial = Trial("sgd_update")
    trial.value(np.zeros(2), np.array([0.5, 0.25]), 0.3)
    verdict = trial.verdict()
    assert set(verdict.mistakes) == {
        mistakes.SIGN_FLIPPED,
        mistakes.CLIMBS,
        mistakes.START_LOST,
    }
    assert "one of these" in verdict.text(numbers=False)
    trial.value(np.ones(2), np.array([0.5, 0.25]), 0.3)
    assert trial.verdict().mistakes == (mistakes.START_LOST,)


def test_names_are_unique_and_explanations_are_sentences():
    names = [entry.name for entry in mistakes.CATALOGUE]
    assert len(set(names)) == len(names) > 50
    for entry in mistakes.CATALOGUE:
        assert entry.explanation.endswith(".")
        assert entry.explanation[0].isupper() or entry.explanation.startswith("sigma")


@pytest.mark.parametrize("entry", mistakes.CATALOGUE, ids=lambda entry: entry.name)
def test_the_place_to_read_again_exists(entry):
    notebook, heading = entry.where.split(", ", 1)
    stems = [notebook]
    if notebook == "this notebook":
        stems = [f"{number:02}_*" for number in range(1, 8)]
    paths = [path for stem in stems for path in (ROOT / "notebooks/word2vec").glob(f"{stem}.ipynb")]
    assert paths
    for path in paths:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
        assert f"# {heading}\n" in text + "\n", f"{path.stem} has no heading {heading!r}"
