"""The losses against other formulas for them, and their derivatives against high precision."""

import math
from decimal import Decimal, getcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from w2v import oracle
from w2v.checks import draw
from w2v.numeric import complex_step

getcontext().prec = 60
seeds = st.integers(0, 2**32 - 1)
wide = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=8).map(np.array)


@given(wide)
def test_log_sum_exp_and_softmax_never_overflow(x):
    assert oracle.log_sum_exp(x) == pytest.approx(special.logsumexp(x), rel=1e-14, abs=1e-14)
    assert np.allclose(oracle.softmax(x), special.softmax(x), rtol=1e-12, atol=1e-300)


@given(st.floats(-1e4, 1e4))
def test_the_sigmoid_at_both_ends(x):
    assert oracle.log_sigmoid(x) == pytest.approx(special.log_expit(x), rel=1e-14, abs=1e-300)
    assert oracle.sigmoid(x) == pytest.approx(special.expit(x), rel=1e-11, abs=1e-300)
    assert oracle.sigmoid(x) + oracle.sigmoid(-x) == pytest.approx(1, rel=1e-15)


def test_cross_entropy_leaves_out_what_does_not_happen():
    y, y_hat = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.75, 0.0])
    assert oracle.cross_entropy(y, y_hat) == pytest.approx(-math.log(0.25 * 0.75) / 2)


@given(seeds)
def test_the_naive_loss_is_the_cross_entropy_of_a_one_hot_y(seed):
    v_c, o, U = draw.pair(np.random.default_rng(seed))
    expected = oracle.cross_entropy(np.eye(len(U))[o], oracle.softmax(U @ v_c))
    assert oracle.naive_softmax_loss(v_c, o, U) == pytest.approx(expected, rel=1e-12)


@given(seeds)
def test_negative_sampling_counts_a_repeated_word_twice(seed):
    v_c, o, negatives, U = draw.sample(np.random.default_rng(seed), repeats=True)
    alone = [oracle.negative_sampling_loss(v_c, o, [k], U) for k in negatives]
    positive = -oracle.log_sigmoid(U[o] @ v_c)
    expected = sum(alone) - (len(negatives) - 1) * positive
    assert oracle.negative_sampling_loss(v_c, o, negatives, U) == pytest.approx(expected)


@given(seeds)
def test_a_block_is_the_sum_of_its_pairs(seed):
    V, U, *_ = draw.block(np.random.default_rng(seed))
    T, C = len(V), len(U)
    samples = np.random.default_rng(seed).integers(1, C, size=(T, 3))
    Y = np.zeros((T, C))
    Y[:, 0] = 1
    W = Y + np.eye(C)[samples].sum(axis=1)
    pairs = [oracle.negative_sampling_loss(V[t], 0, samples[t], U) for t in range(T)]
    assert oracle.batch_loss(V, U, Y, W) == pytest.approx(sum(pairs))


def test_a_window_is_the_sum_of_its_pairs_in_order():
    seen = []

    def pair_loss(v_c, o, U):
        seen.append(o)
        return v_c.sum() * o

    V, U = np.eye(3), np.ones((3, 3))
    assert oracle.skip_gram_loss(1, [2, 0, 2], V, U, pair_loss) == 4
    assert seen == [2, 0, 2]


def _in_decimals(v, o, negatives, U):
    """The negative sampling loss for a center vector of decimals."""

    def log_sigma(x):
        return -(1 + (-x).exp()).ln()

    def score(w):
        return sum((Decimal(float(a)) * b for a, b in zip(U[w], v, strict=True)), Decimal(0))

    return -log_sigma(score(o)) - sum((log_sigma(-score(k)) for k in negatives), Decimal(0))


@pytest.mark.parametrize("steep", [False, True])
def test_the_complex_step_agrees_with_sixty_digits(steep):
    """Where double precision has about 16 digits, differences in 60 digits are a truth."""
    v_c, o, negatives, U = draw.sample(np.random.default_rng(3), steep=steep)
    gradient = complex_step(lambda v: oracle.negative_sampling_loss(v, o, negatives, U), v_c)
    h = Decimal(10) ** -20
    for i in range(len(v_c)):
        ahead, behind = ([Decimal(float(x)) for x in v_c] for _ in range(2))
        ahead[i] += h
        behind[i] -= h
        exact = (_in_decimals(ahead, o, negatives, U) - _in_decimals(behind, o, negatives, U)) / (
            2 * h
        )
        assert gradient[i] == pytest.approx(float(exact), rel=1e-12, abs=1e-13)
