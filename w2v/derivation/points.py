"""The random points at which a derivation is checked, with pairwise different sizes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Index:
    """What an index name stands for.

    Args:
        kind: "word", "slot" (of the negative sample), "offset" (in the window), "position" (in a
            vector), "row" or "column" (of a block), or "number".
        value: counted from 0; an offset and a number are themselves.
    """

    kind: str
    value: int


@dataclass(frozen=True, eq=False)
class Point:
    """One random point.

    Args:
        kind: "pair", "negatives", "window", "sigmoid" or "block".
        sizes: what |V|, d, K, m, n, T and C are here.
        arrays: the variables, complex; one word a row.
        indices: what the fixed index names (o, c) stand for.
        free: what an index that the question leaves open (w of u_w) stands for, by kind.
        negatives: the word in each slot of the sample.
        outside: the outside word at each offset of the window.
    """

    kind: str
    sizes: Mapping[str, int]
    arrays: Mapping[str, Array]
    indices: Mapping[str, Index] = field(default_factory=dict)
    free: Mapping[str, Index] = field(default_factory=dict)
    negatives: tuple[int, ...] = ()
    outside: Mapping[int, int] = field(default_factory=dict)


# (words, d, K, m): the sizes of a point are pairwise different, 2 m among them.
_SIZES = [(4, 2, 3, 3), (3, 5, 4, 1), (5, 3, 2, 2)]


def pair(rng: np.random.Generator, case: str, which: int = 0) -> Point:
    """A center word c and an outside word o; the free word w is o, or it is not."""
    n, d, _, _ = _SIZES[which % 3]
    o, other = (int(word) for word in rng.permutation(n)[:2])
    w = o if case == "w = o" else other
    return Point(
        "pair",
        {"words": n, "d": d},
        {"U": _draw(rng, n, d), "V": _draw(rng, n, d)},
        {"o": Index("word", o), "c": Index("word", int(rng.integers(n)))},
        {"word": Index("word", w)},
    )


def negatives(rng: np.random.Generator, case: str, which: int = 0) -> Point:
    """A pair with K negative slots, one word in two of them where K > 2."""
    n, d, K, _ = _SIZES[which % 3]
    o, *others = (int(word) for word in rng.permutation(n))
    sample = [others[slot % (len(others) - 1)] if slot else others[0] for slot in range(K)]
    if K > 2:
        sample[-1] = sample[0]
    slot = int(rng.integers(K))
    w = {"w = o": o, "w is not drawn": others[-1]}.get(case, sample[slot])
    return Point(
        "negatives",
        {"words": n, "d": d, "K": K},
        {"U": _draw(rng, n, d), "V": _draw(rng, n, d)},
        {"o": Index("word", o), "c": Index("word", int(rng.integers(n)))},
        {"word": Index("word", w), "slot": Index("slot", slot)},
        tuple(sample),
    )


def window(rng: np.random.Generator, case: str, which: int = 0) -> Point:
    """A window of 2 m outside words, which may repeat, around c; the free word w is c or not."""
    n, d, _, m = _SIZES[which % 3]
    c, other = (int(word) for word in rng.permutation(n)[:2])
    offsets = [j for j in range(-m, m + 1) if j]
    return Point(
        "window",
        {"words": n, "d": d, "m": m},
        {"U": _draw(rng, n, d), "V": _draw(rng, n, d)},
        {"c": Index("word", c), "o": Index("word", int(rng.integers(n)))},
        {"word": Index("word", c if case == "w = c" else other)},
        outside={j: int(rng.integers(n)) for j in offsets},
    )


def sigmoid(rng: np.random.Generator, case: str, which: int = 0) -> Point:
    """A vector x of n numbers, and one of its positions."""
    n = (3, 4, 2)[which % 3] if case == "scalar" else (4, 3, 5)[which % 3]
    x = (rng.uniform(0.3, 2.0, n) * rng.choice([-1, 1], n)).astype(complex)
    at = Index("position", int(rng.integers(n)))
    free = {"position": at, "scalar": at} if case == "scalar" else {"position": at}
    return Point("sigmoid", {"n": n}, {"x": x}, {}, free)


def block(rng: np.random.Generator, case: str, which: int = 0) -> Point:
    """A block of T center rows and C target rows with its weights."""
    T, C, d = [(2, 4, 3), (4, 3, 2), (3, 2, 5)][which % 3]
    Y = rng.uniform(0.2, 1.5, (T, C))
    W = Y + rng.uniform(0.2, 1.5, (T, C))
    return Point(
        "block",
        {"T": T, "C": C, "d": d},
        {
            "U": _draw(rng, C, d),
            "V": _draw(rng, T, d),
            "Y": Y.astype(complex),
            "W": W.astype(complex),
        },
        {},
        {
            "row": Index("row", int(rng.integers(T))),
            "column": Index("column", int(rng.integers(C))),
        },
    )


def _draw(rng: np.random.Generator, *shape: int) -> Array:
    """Numbers far enough from 0 and from each other that no term of a formula vanishes."""
    return (rng.uniform(0.3, 1.3, shape) * rng.choice([-1, 1], shape)).astype(complex)
