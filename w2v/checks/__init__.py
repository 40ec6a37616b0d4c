"""Checks of code: `check`, which students see, and `exam` with `draw`, of the hidden tests.

    with exam("center_gradient") as test:
        for _ in range(4):
            test(*draw.pair(test.rng))

The way of a value: `draw` a point, `call` the answer, `judge` it against the truth of `tasks`,
collect in a `trial`, `diagnose` what is wrong.
"""

from w2v.checks import draw
from w2v.checks.hidden import exam
from w2v.checks.visible import check

__all__ = ["check", "draw", "exam"]
