"""Judges draw_negatives, whose answer is random.

One call of DRAWS words is compared with the noise distribution by Pearson's chi-square. The
threshold is that of p = 1e-9, so of a thousand million right answers one fails. At the counts of
`draw.counts` every word is expected 40 times or more, and the nearest wrong distributions (the
counts themselves, their square root, uniform, the words after o favoured) have a noncentrality
above 400, ten times what makes a miss as unlikely as a false alarm.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from w2v import mistakes
from w2v.checks.call import call
from w2v.checks.judge import Finding, as_array
from w2v.mistakes import Mistake
from w2v.outcomes import Outcome

Array = np.ndarray[Any, np.dtype[Any]]
Function = Callable[..., Any]

EXPONENT = 0.75
DRAWS = 20_000
FALSE_ALARM = 1e-9
NORMAL_QUANTILE = 5.9978  # exceeded with probability FALSE_ALARM
SHORT_CALLS, SHORT = 30, 5


def examine(sampler: Function, o: int, counts: Array, K: int, rng: np.random.Generator) -> Finding:
    """Does one call give K words of the noise, by the generator that it was given and no other?

    `counts` itself goes to the sampler, so that the caller can see whether it was modified.

    Raises:
        CallError: it cannot run.
    """
    start = np.random.default_rng(rng.integers(2**32))
    used, twin = copy.deepcopy(start), copy.deepcopy(start)
    second = call(sampler, o, counts.copy(), K, twin)
    first = call(sampler, o, counts, K, used)
    finding = words_of(first, o, counts, K)
    if finding.outcome is not Outcome.CORRECT:
        return finding
    if used.bit_generator.state == start.bit_generator.state:
        return _wrong("nothing was drawn from the generator `rng`", mistakes.OTHER_RANDOMNESS)
    if not np.array_equal(first, second):
        return _wrong("two calls with equal generators differ", mistakes.OTHER_RANDOMNESS)
    return finding


def distribution(sampler: Function, o: int, counts: Array, rng: np.random.Generator) -> Finding:
    """Is it the noise distribution, and is each slot drawn anew?

    Raises:
        CallError: it cannot run.
    """
    words = call(sampler, o, counts.copy(), DRAWS, rng)
    finding = words_of(words, o, counts, DRAWS)
    if finding.outcome is Outcome.WRONG_SHAPE or finding.mistakes:
        return finding
    if not fits(np.asarray(words), noise(o, counts)):
        seen = [why for why, wrong in wrong_noises(o, counts) if fits(np.asarray(words), wrong)]
        return _wrong("the words do not follow the noise distribution", *dict.fromkeys(seen))
    short = [call(sampler, o, counts.copy(), SHORT, rng) for _ in range(SHORT_CALLS)]
    if all(len(np.unique(words)) == SHORT for words in short):
        return _wrong("no word ever stands in two slots of one sample", mistakes.NO_REPEATS)
    return finding


def noise(o: int, counts: Array, exponent: float = EXPONENT) -> Array:
    """The noise distribution without o, shape (n,)."""
    weights = np.where(counts > 0, counts, 0.0) ** exponent * (counts > 0)
    weights[o] = 0
    return weights / weights.sum()


def wrong_noises(o: int, counts: Array) -> Iterator[tuple[Mistake, Array]]:
    """Distributions (n,) that people draw from instead, with the mistake that each shows."""
    others = np.arange(len(counts)) != o
    yield mistakes.UNIFORM_NOISE, others / others.sum()
    yield mistakes.UNIFORM_NOISE, noise(o, counts, 0)
    for exponent in (1.0, 0.5, 0.25, 1.5):
        yield mistakes.OTHER_EXPONENT, noise(o, counts, exponent)
    with_o = noise(-1, np.append(counts, 0))[:-1]
    for stand_in in (o + 1, o - 1, 0):
        replaced = with_o.copy()
        replaced[o] = 0
        replaced[stand_in % len(counts)] += with_o[o]
        yield mistakes.BADLY_REPLACED, replaced
    yield mistakes.BADLY_REPLACED, np.where(others, with_o + with_o[o] / others.sum(), 0)


def words_of(found: Any, o: int, counts: Array, K: int) -> Finding:
    """Are these K words that the noise distribution can give?"""
    words = as_array(found)
    if words is None or words.shape != (K,):
        shape = "None: is a `return` missing?" if found is None else np.shape(found)
        return Finding(Outcome.WRONG_SHAPE, f"expected {K} words, shape ({K},), found {shape}")
    if words.dtype.kind not in "iu" or words.min() < 0 or words.max() >= len(counts):
        return Finding(Outcome.WRONG_SHAPE, "expected integers from 0 to n - 1, rows of words")
    if (words == o).any():
        return _wrong("the true outside word o was drawn", mistakes.O_DRAWN)
    if (counts[words] == 0).any():
        return _wrong("a word with count 0 was drawn")
    return Finding(Outcome.CORRECT)


def fits(words: Array, probabilities: Array) -> bool:
    """Pearson's chi-square test of words, shape (DRAWS,), against a distribution (n,)."""
    seen = np.bincount(words, minlength=len(probabilities))
    possible = probabilities > 0
    if seen[~possible].any():
        return False
    expected = len(words) * probabilities[possible]
    statistic = np.sum((seen[possible] - expected) ** 2 / expected)
    return bool(statistic <= chi_square_quantile(possible.sum() - 1))


def chi_square_quantile(freedom: int) -> float:
    """Where chi-square exceeds with probability FALSE_ALARM, at most a tenth too high.

    Source: Wilson and Hilferty, The distribution of chi-square, 1931.
    """
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + NORMAL_QUANTILE * spread**0.5) ** 3


def _wrong(detail: str, *why: Mistake) -> Finding:
    return Finding(Outcome.WRONG_VALUE, detail, mistakes=why)
