import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v import oracle
from w2v.checks import draw

seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])


@given(seeds, dtypes, st.booleans())
def test_sizes_of_a_sample_are_pairwise_different(seed, dtype, steep):
    v_c, _, negatives, U = draw.sample(np.random.default_rng(seed), steep=steep, dtype=dtype)
    n, d = U.shape
    K = len(negatives)
    assert v_c.shape == (d,)
    assert len({n, d, K, K + 1}) == 4
    assert v_c.dtype == U.dtype == dtype


@given(seeds)
def test_sizes_of_a_block_and_a_window_are_pairwise_different(seed):
    V, U, Y, W = draw.block(np.random.default_rng(seed))
    (T, C), d = Y.shape, V.shape[1]
    assert V.shape == (T, d) and U.shape == (C, d) and W.shape == (T, C)
    assert len({T, C, d}) == 3
    c, words, V, U, _ = draw.window(np.random.default_rng(seed), sampled=True)
    n, d = U.shape
    assert V.shape == (n, d) and len({n, d, len(words)}) == 3
    assert 0 <= c < n and len(set(words)) < len(words)


@given(seeds, dtypes)
def test_scores_are_exact_and_moderate(seed, dtype):
    v_c, _, U = draw.pair(np.random.default_rng(seed), dtype=dtype)
    exact = np.array([sum(float(a) * float(b) for a, b in zip(u, v_c, strict=True)) for u in U])
    assert np.array_equal(U @ v_c, exact)
    assert np.array_equal(U[:, ::-1] @ v_c[::-1], exact)
    assert np.abs(exact).max() <= draw.MAX_SCORE


@given(seeds, dtypes)
def test_a_steep_point_has_a_large_loss_without_overflow(seed, dtype):
    v_c, o, U = draw.pair(np.random.default_rng(seed), steep=True, dtype=dtype)
    large = 300 if dtype is np.float64 else 20
    assert oracle.naive_softmax_loss(v_c, o, U) > large
    assert np.isfinite(np.exp(np.abs(U @ v_c))).all()
    V, U, *_ = draw.block(np.random.default_rng(seed), steep=True, dtype=dtype)
    assert np.abs(V @ U.T).max() > large
    assert np.isfinite(np.exp(np.abs(V @ U.T))).all()


@pytest.mark.parametrize("position", ["first", "last", "any"])
@given(seed=seeds)
def test_o_stands_where_it_is_asked_for(position, seed):
    _, o, U = draw.pair(np.random.default_rng(seed), o=position)
    row, counts = draw.counts(np.random.default_rng(seed), o=position)
    for place, n in ((o, len(U)), (row, len(counts))):
        assert {"first": place == 0, "last": place == n - 1, "any": 0 < place < n - 1}[position]


@given(seeds, st.booleans(), st.sampled_from([None, 1, 4]))
def test_negatives_are_never_o_and_repeat_only_when_asked_to(seed, repeats, K):
    repeats = repeats and K is None
    _, o, negatives, _ = draw.sample(np.random.default_rng(seed), K=K, repeats=repeats)
    assert o not in negatives
    assert (len(set(negatives)) < len(negatives)) == repeats
    assert K in (None, len(negatives))


@given(seeds)
def test_a_block_has_pairs_of_every_kind(seed):
    _, _, Y, W = draw.block(np.random.default_rng(seed))
    kinds = set(zip((Y > 0).ravel(), (W > Y).ravel(), strict=True))
    assert (W >= Y).all() and (Y >= 0).all()
    assert len(kinds) == 4


@given(seeds)
def test_slots_repeat_words_and_use_the_ends(seed):
    rows, words, n = draw.slots(np.random.default_rng(seed))
    assert len({*rows.shape, n, len(words) - 1}) == 4
    assert len(set(words)) < len(words)
    assert {0, n - 1} <= set(words)


@given(seeds, st.sampled_from(["soft", "one-hot", "zeros"]))
def test_distributions_sum_to_one(seed, kind):
    y, y_hat = draw.distributions(np.random.default_rng(seed), kind)
    assert np.allclose([y.sum(), y_hat.sum()], 1)
    assert (y_hat[y > 0] > 0).all()
    assert np.count_nonzero(y) == {"soft": len(y), "one-hot": 1, "zeros": len(y) - 2}[kind]
    assert np.any((y == 0) & (y_hat == 0)) == (kind == "zeros")
