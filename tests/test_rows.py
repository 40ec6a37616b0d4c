import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v import rows as module
from w2v.rows import subtract_rows

PUBLIC = pytest.param(None, id="public")
PRIVATE = pytest.param(module.csc_matvecs, id="private")


@given(n=st.integers(1, 9), m=st.integers(0, 30), d=st.integers(1, 7), seed=st.integers(0, 99))
@pytest.mark.parametrize("scatter", [PUBLIC, PRIVATE])
def test_repeated_rows_add_up(scatter: object, n: int, m: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, d)).astype(np.float32)
    rows, gradient = rng.integers(0, n, m), rng.normal(size=(m, d))
    rates = rng.random(m).astype(np.float32)
    expected = matrix.astype(float)
    for row, part, rate in zip(rows, gradient, rates, strict=True):
        expected[row] -= (0.5 + rate) * part
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "csc_matvecs", scatter)
        subtract_rows(matrix, rows, gradient, 0.5)
        subtract_rows(matrix, rows, gradient, rates)
    np.testing.assert_allclose(matrix, expected, atol=1e-5)


@pytest.mark.parametrize("scatter", [PUBLIC, PRIVATE])
def test_memory_order_and_type_of_the_gradient_do_not_matter(
    scatter: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "csc_matvecs", scatter)
    gradient = np.arange(12.0).reshape(3, 4)
    results = []
    for form in (gradient, np.asfortranarray(gradient), gradient.astype(np.float32)):
        matrix = np.zeros((2, 4), np.float32)
        subtract_rows(matrix, np.array([1, 0, 1]), form, 1.0)
        results.append(matrix)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
    np.testing.assert_array_equal(results[0], [-gradient[1], -gradient[0] - gradient[2]])


def test_a_gradient_of_another_shape_never_reaches_the_table() -> None:
    matrix = np.zeros((5, 4), np.float32)
    for shape in [(4,), (2, 4), (3, 5)]:
        with pytest.raises(ValueError, match="Shape"):
            subtract_rows(matrix, np.array([0, 1, 2]), np.ones(shape), 1.0)
    assert not matrix.any()
