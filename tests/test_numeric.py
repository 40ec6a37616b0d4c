import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.numeric import complex_step

numbers = st.floats(-3, 3).map(np.float64)


@given(st.lists(numbers, min_size=1, max_size=5))
def test_a_gradient_is_exact_to_rounding(x):
    x = np.array(x)
    gradient = complex_step(lambda z: np.sum(np.sin(z) * np.exp(z)), x)
    assert np.allclose(gradient, (np.sin(x) + np.cos(x)) * np.exp(x), rtol=1e-13, atol=1e-14)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 1000))
def test_the_derivative_of_a_linear_map_is_its_matrix(rows, columns, seed):
    A = np.random.default_rng(seed).normal(size=(rows, columns))
    x = np.random.default_rng(seed + 1).normal(size=columns)
    assert np.allclose(complex_step(lambda z: A @ z, x), A, rtol=1e-14)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 4)])
@pytest.mark.parametrize("output", [(), (5,), (2, 2)])
def test_the_shape_is_that_of_the_output_and_then_the_input(shape, output):
    x = np.ones(shape)
    assert complex_step(lambda z: np.ones(output) * np.sum(z), x).shape == output + shape


def test_single_precision_is_differentiated_in_double():
    x = np.array([0.1, 0.2], dtype=np.float32)
    gradient = complex_step(lambda z: np.sum(z**3), x)
    assert gradient.dtype == np.float64
    assert np.allclose(gradient, 3 * x.astype(float) ** 2, rtol=1e-15)


def test_the_point_is_left_as_it_is():
    x = np.ones(3)
    complex_step(np.sum, x)
    assert np.array_equal(x, np.ones(3))
