"""Random points at which answers are judged.

The sizes of a point (n words, d dimensions, K negatives, m outside words, T tokens, C targets) are
odd and pairwise different, so that K + 1 differs from them too and a transposed answer never fits.

The vectors lie on a grid of binary fractions, so that every score u.v is exact in float32 and in
float64 however it is summed: the rounding of a right answer then does not grow with the scores,
and tolerances can be so tight (see `w2v.checks.judge`) that finite differences fail. At an ordinary
point no score exceeds 4 in size: log(1 - sigma(x)) is then as good as log(sigma(-x)). At a `steep`
point the loss is large, which drowns finite differences in rounding, yet exp of a score is finite.
"""

from typing import Any, Literal

import numpy as np

from w2v.checks.pairs import PairGradients, PairLoss

Array = np.ndarray[Any, np.dtype[Any]]
Generator = np.random.Generator
Position = Literal["any", "first", "last"]
Dtype = type[np.float32] | type[np.float64]

MAX_SCORE = 4.0


def scoring(rng: Generator, dtype: Dtype = np.float64) -> tuple[Array, Array]:
    """(v_c, U) of shapes (d,) and (n, d)."""
    n, d = _sizes(rng, 2)
    return rng.normal(size=d).astype(dtype), rng.normal(size=(n, d)).astype(dtype)


def scores(rng: Generator, offset: float = 0.0, dtype: Dtype = np.float64) -> Array:
    """Scores of shape (n,), all shifted by `offset`; an offset of 1e4 makes exp overflow."""
    (n,) = _sizes(rng, 1)
    return (_grid(rng, (n,)) * 2 + offset).astype(dtype)


def distributions(
    rng: Generator, kind: Literal["soft", "one-hot", "zeros"] = "soft", dtype: Dtype = np.float64
) -> tuple[Array, Array]:
    """(y, y_hat), both of shape (n,).

    y is spread over all words, or one-hot, or ("zeros") zero for two words, one of which has
    y_hat = 0 too.
    """
    (n,) = _sizes(rng, 1, least=5)
    y, y_hat = rng.dirichlet(np.full(n, 2.0), size=2) + 0.02
    if kind == "one-hot":
        y = np.eye(n)[rng.integers(n)]
    if kind == "zeros":
        absent = rng.choice(n, size=2, replace=False)
        y[absent] = 0
        y_hat[absent[0]] = 0
    return (y / y.sum()).astype(dtype), (y_hat / y_hat.sum()).astype(dtype)


def pair(
    rng: Generator, o: Position = "any", steep: bool = False, dtype: Dtype = np.float64
) -> tuple[Array, int, Array]:
    """(v_c, o, U): a center vector (d,), the row of the outside word, the outside vectors (n, d).

    At a steep point the outside word is improbable: the naive softmax loss is about 400 (40 in
    float32), and so is the negative sampling loss.
    """
    n, d = _sizes(rng, 2)
    return _pair(rng, n, d, o, steep, dtype)


def sample(
    rng: Generator,
    o: Position = "any",
    K: int | None = None,
    repeats: bool = False,
    steep: bool = False,
    dtype: Dtype = np.float64,
) -> tuple[Array, int, Array, Array]:
    """(v_c, o, negatives, U) with negatives of shape (K,), never o.

    All negatives are different words, or (`repeats`) at least one word stands in several slots.
    """
    if K is None:
        K, d, n = _shuffled_sizes(rng)
    else:
        d, n = _sizes(rng, 2, least=max(3, K + 2))
    v_c, o_row, U = _pair(rng, n, d, o, steep, dtype)
    others = np.delete(np.arange(n), o_row)
    negatives = rng.permutation(others)[:K]
    if repeats:
        slots = rng.permutation(K)
        negatives[slots[1:3]] = negatives[slots[0]]
    return v_c, o_row, negatives, U


def slots(rng: Generator, dtype: Dtype = np.float64) -> tuple[Array, Array, int]:
    """(rows, words, n): gradient rows (K + 1, d) and the word in each slot (K + 1,), some twice."""
    K, d, n = _shuffled_sizes(rng)
    words = rng.integers(n, size=K + 1)
    first, second, third = rng.permutation(K + 1)[:3]
    words[first], words[second] = n - 1, 0
    words[third] = words[first]
    return rng.normal(size=(K + 1, d)).astype(dtype), words, n


def window(
    rng: Generator, gradients: bool = False, sampled: bool = False, dtype: Dtype = np.float64
) -> tuple[int, list[int], Array, Array, PairLoss]:
    """(c, outside_words, V, U, pair): a window whose m outside words include one twice.

    V and U have shape (n, d); `pair` is the pair loss, or with `gradients` the pair's gradients, of
    the naive softmax loss, or (`sampled`) of negative sampling with new negatives in each call.
    """
    n, d, m = (int(size) for size in rng.permutation([3, 5, 7]))
    _, _, U = _pair(rng, n, d, "any", False, dtype)
    V = U[rng.permutation(n)] + (_grid(rng, (n, d)) / 16).astype(dtype)
    words = [int(word) for word in rng.integers(n, size=m)]
    words[-1] = words[0]
    negatives = [np.delete(np.arange(n), o)[rng.integers(n - 1, size=2)] for o in words]
    pair = (PairGradients if gradients else PairLoss)(negatives if sampled else ())
    return int(rng.integers(n)), words, V, U, pair


def block(
    rng: Generator, steep: bool = False, dtype: Dtype = np.float64
) -> tuple[Array, Array, Array, Array]:
    """(V, U, Y, W) of shapes (T, d), (C, d), (T, C), (T, C).

    Some pairs do not count at all, some only as positives, some only as negatives, some as both.
    """
    T, C, d = _sizes(rng, 3)
    V, U = _grid(rng, (T, d)), _grid(rng, (C, d))
    while np.abs(V @ U.T).max() > MAX_SCORE:
        V, U = V / 2, U / 2
    kinds = rng.permutation(np.arange(T * C) % 4).reshape(T, C)
    Y = np.where(kinds % 2, rng.integers(1, 4, (T, C)) / 2, 0.0)
    W = Y + np.where(kinds >= 2, rng.integers(1, 4, (T, C)) / 2, 0.0)
    if steep:
        t, c = np.argwhere(kinds == 3)[0]
        _steepen(rng, V[t], U, c, dtype)
    return V.astype(dtype), U.astype(dtype), Y.astype(dtype), W.astype(dtype)


def vector(rng: Generator, dtype: Dtype = np.float64) -> Array:
    """Scores of shape (n,) of both signs, from near 0 to 20 in size."""
    (n,) = _sizes(rng, 1, least=7)
    x = _grid(rng, (n,))
    x[rng.permutation(n)[:2]] *= np.array([8.0, -8.0])
    return x.astype(dtype)


def extremes(rng: Generator, dtype: Dtype = np.float64) -> Array:
    """Scores of shape (n,) up to 1e4 in size, of both signs, and zero."""
    x = np.array([-1e4, -800.0, -100.0, -1.0, 0.0, 1.0, 100.0, 800.0, 1e4])
    return rng.permutation(x).astype(dtype)


def step(
    rng: Generator, ndim: Literal[1, 2] = 2, dtype: Dtype = np.float64
) -> tuple[Array, Array, float]:
    """(x, gradient, learning_rate): parameters and gradient of one shape, and a step's length."""
    shape = tuple(_sizes(rng, ndim))
    x, gradient = rng.normal(size=(2, *shape)).astype(dtype)
    return x, gradient, float(rng.uniform(0.01, 0.5))


def counts(rng: Generator, o: Position = "any") -> tuple[int, Array]:
    """(o, counts): counts of shape (n,) from about 10 to 5000, one of them 0; o is frequent."""
    (n,) = _sizes(rng, 1, least=7)
    row = _row(rng, n, o)
    frequencies = np.round(np.geomspace(8, 4000, n) * rng.uniform(0.8, 1.25, n)).astype(int)
    rng.shuffle(frequencies)
    frequencies[row] = 3000
    frequencies[rng.choice(np.delete(np.arange(n), row))] = 0
    return row, frequencies


def _sizes(rng: Generator, how_many: int, least: int = 3) -> list[int]:
    odd = np.arange(least | 1, (least | 1) + 2 * (how_many + 2), 2)
    return [int(size) for size in rng.permutation(odd)[:how_many]]


def _shuffled_sizes(rng: Generator) -> list[int]:
    """K, d, n with K < n, and d anywhere."""
    sizes = sorted(_sizes(rng, 3))
    place = rng.integers(3)
    d = sizes.pop(place)
    return [sizes[0], d, sizes[1]]


def _grid(rng: Generator, shape: tuple[int, ...]) -> Array:
    """Multiples of 1/16 between 1/16 and 1.5 in size, of both signs; never 0."""
    return rng.integers(1, 25, shape) * rng.choice([-1, 1], shape) / 16


def _row(rng: Generator, n: int, position: Position) -> int:
    return {"first": 0, "last": n - 1, "any": int(rng.integers(1, n - 1))}[position]


def _pair(
    rng: Generator, n: int, d: int, o: Position, steep: bool, dtype: Dtype
) -> tuple[Array, int, Array]:
    row = _row(rng, n, o)
    v_c, U = _grid(rng, (d,)), _grid(rng, (n, d))
    while np.abs(U @ v_c).max() > MAX_SCORE:
        U /= 2
    if steep:
        _steepen(rng, v_c, U, row, dtype)
    return v_c.astype(dtype), row, U.astype(dtype)


def _steepen(rng: Generator, v: Array, U: Array, row: int, dtype: Dtype) -> None:
    """Make the score of one row of U with v about -400 (-32 in float32), the others' ordinary."""
    reach, depth = (64, 6) if dtype is np.float64 else (8, 4)
    axis = rng.integers(len(v))
    v[axis] = reach
    U[:, axis] = rng.choice([-2, -1, 1, 2], len(U)) / reach
    U[row, axis] = -depth
