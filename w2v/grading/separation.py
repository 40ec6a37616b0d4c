"""Item discrimination: which questions separate strong students from weak ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

POOR, CLEAR = 0.2, 0.4
"""Correlations below and above which a question separates poorly and clearly (R. L. Ebel, 1965)."""

FEWEST = 6
"""Fewer students have no interval: a single one of them decides the correlation."""


@dataclass(frozen=True)
class Separation:
    """How the marks of one item go with the marks of all others.

    Args:
        students: how many have a mark in the item.
        waiting: whether some have none yet.
        r: corrected item-total correlation, from -1 to 1; nan where it does not exist.
        low: lower end of the approximate 95% interval of r.
        high: upper end.
    """

    students: int
    waiting: bool = False
    r: float = np.nan
    low: float = -1.0
    high: float = 1.0

    @property
    def reading(self) -> str:
        """What that means, in plain words: no more than the number of students allows to say."""
        if np.isnan(self.r):
            return "waits for marks" if self.waiting else "cannot separate: all marks are the same"
        if self.high < 0:
            return "weaker students do better: look at this question"
        if self.low > 0:
            return "separates strong from weak" if self.r >= CLEAR else "separates a little"
        if self.high < POOR:
            return "does not separate"
        return f"cannot tell from {self.students} students"


def separation(item: Array, rest: Array) -> Separation:
    """Correlate an item with the rest of the marks, without the item itself.

    Args:
        item: each student's mark in the item, shape (S,); nan where there is none yet.
        rest: each student's total without the item, shape (S,).

    The interval is Fisher's, tanh(artanh(r) +- 1.96 / sqrt(S - 3)).
    """
    marked = ~np.isnan(item)
    item, rest, waiting = item[marked], rest[marked], not marked.all()
    if len(item) < 2 or np.ptp(item) == 0 or np.ptp(rest) == 0:
        return Separation(len(item), waiting)
    r = float(np.clip(np.corrcoef(item, rest)[0, 1], -1, 1))
    if len(item) < FEWEST:
        return Separation(len(item), waiting, r)
    with np.errstate(divide="ignore"):  # artanh(1) is infinite, and its tanh is 1 again
        ends = np.tanh(np.arctanh(r) + np.array([-1.96, 1.96]) / np.sqrt(len(item) - 3))
    return Separation(len(item), waiting, r, *map(float, ends))
