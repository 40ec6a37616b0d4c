import numpy as np
import pytest
from scipy.stats import chi2

from tests.audit import negative_sampling
from tests.solutions import SOLUTIONS
from w2v.checks import draw, sampler
from w2v.outcomes import Outcome

WRONG = [
    negative_sampling.uniform,
    negative_sampling.plain_counts,
    negative_sampling.square_root,
    negative_sampling.with_o,
    negative_sampling.resampled_once,
    negative_sampling.next_word_instead,
    negative_sampling.without_replacement_where_possible,
]


def _right_at(seed, answer=SOLUTIONS["draw_negatives"]):
    rng = np.random.default_rng(seed)
    o, counts = draw.counts(rng)
    return sampler.distribution(answer, o, counts, rng).outcome is Outcome.CORRECT


@pytest.mark.parametrize("freedom", [4, 6, 8, 10])
def test_the_threshold_is_that_of_one_false_alarm_in_a_thousand_million(freedom):
    quantile = sampler.chi_square_quantile(freedom)
    exact = chi2.isf(sampler.FALSE_ALARM, freedom)
    assert exact <= quantile <= 1.12 * exact


@pytest.mark.parametrize("seed", range(5))
def test_every_word_is_expected_often_enough_for_chi_square(seed):
    o, counts = draw.counts(np.random.default_rng(seed))
    p = sampler.noise(o, counts)
    assert p[p > 0].min() * sampler.DRAWS >= 40
    assert p[o] == 0 and p[counts == 0].sum() == 0
    assert p.sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(200))
def test_the_nearest_wrong_noise_is_far_from_the_right_one(seed):
    """The noncentrality of chi-square, which the module states."""
    o, counts = draw.counts(np.random.default_rng(seed))
    right = sampler.noise(o, counts)
    possible = right > 0
    for _, wrong in sampler.wrong_noises(o, counts):
        if wrong[~possible].any():
            continue  # a single impossible word is enough
        distance = np.sum((wrong - right)[possible] ** 2 / right[possible])
        assert sampler.DRAWS * distance > 400


@pytest.mark.parametrize("answer", WRONG, ids=lambda function: function.__name__)
def test_wrong_samplers_fail_at_every_seed(answer):
    assert not any(_right_at(seed, answer) for seed in range(10))


def test_the_right_sampler_passes():
    assert all(_right_at(seed) for seed in range(20))


@pytest.mark.slow
def test_the_right_sampler_passes_with_a_thousand_seeds():
    assert all(_right_at(seed) for seed in range(1000, 2000))


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        (None, Outcome.WRONG_SHAPE),
        ([1, 2], Outcome.WRONG_SHAPE),
        ([1.0, 2.0, 1.0], Outcome.WRONG_SHAPE),
        ([1, 2, 9], Outcome.WRONG_SHAPE),
        ([1, 0, 2], Outcome.WRONG_VALUE),
        ([1, 3, 2], Outcome.WRONG_VALUE),
        ([1, 2, 1], Outcome.CORRECT),
    ],
)
def test_words_must_be_possible(words, outcome):
    counts = np.array([5, 5, 5, 0])
    assert sampler.words_of(words, 0, counts, 3).outcome is outcome
