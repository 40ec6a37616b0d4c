"""The plots of the class report: readable without colour, with no student's name in them."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from w2v.grading.separation import Array, Separation

BANDS = [  # (up to this share of the points, name, hatch, grey)
    (0.0, "nothing", "", "1.0"),
    (0.5, "up to half", "..", "0.92"),
    (0.999, "more than half", "//", "0.78"),
    (np.inf, "full marks", "", "0.35"),
]
INK = "0.15"


@dataclass(frozen=True)
class Plot:
    """A picture for the page: an SVG as a data URL, and what it shows in words."""

    url: str
    alt: str


def totals(marks: Array, maximum: float) -> Plot:
    """How many students have which total; marks of shape (S,)."""
    edges = np.linspace(0, maximum, 11)
    counts, _ = np.histogram(marks, edges)
    figure, axes = _figure(3.0)
    bars = axes.bar(edges[:-1], counts, np.diff(edges), align="edge", **_style("//", "0.85"))
    axes.bar_label(bars, [str(count) if count else "" for count in counts])
    axes.set(title="Total marks", xlabel=f"total, of {maximum:g} points", ylabel="students")
    axes.set_xticks(edges)
    _whole_numbers(axes.yaxis, max(counts))
    ranges = [
        f"{low:g} to {high:g} points: {count}"
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
        if count
    ]
    return _plot(figure, f"Histogram of total marks. Students by range: {'; '.join(ranges)}.")


def bands(labels: Sequence[str], shares: Array) -> Plot:
    """For each question, how many students earned which share of it; shares (S, Q), nan: none."""
    tops = [top for top, *_ in BANDS]
    counts = np.array(
        [
            np.bincount(np.searchsorted(tops, column[~np.isnan(column)]), minlength=len(tops))
            for column in shares.T
        ]
    )
    figure, axes = _figure(0.45 * len(labels) + 1.6)
    starts = np.zeros(len(labels))
    for column, (_, label, hatch, fill) in enumerate(BANDS):
        bars = axes.barh(labels, counts[:, column], left=starts, label=label, **_style(hatch, fill))
        for bar, count in zip(bars, counts[:, column], strict=True):
            if count:
                middle = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
                axes.annotate(str(count), middle, ha="center", va="center", bbox=_plate())
        starts += counts[:, column]
    axes.invert_yaxis()
    axes.set(title="Marks per question", xlabel="students", ylabel="question")
    _whole_numbers(axes.xaxis, counts.sum(axis=1).max())
    axes.legend(title="share of the points", loc="upper left", bbox_to_anchor=(1, 1))
    rows = [
        f"{label}: " + ", ".join(f"{n} {band[1]}" for n, band in zip(row, BANDS, strict=True))
        for label, row in zip(labels, counts, strict=True)
    ]
    return _plot(figure, "Bars of students by share of the points. " + "; ".join(rows) + ".")


def counts(title: str, ylabel: str, numbers: dict[str, int]) -> Plot:
    """Bars of how many students each label of `numbers` holds for."""
    figure, axes = _figure(0.36 * len(numbers) + 1.4)
    bars = axes.barh(list(numbers), list(numbers.values()), **_style("//", "0.85"))
    axes.bar_label(bars, padding=3)
    axes.invert_yaxis()
    axes.set(title=title, xlabel="students", ylabel=ylabel)
    _whole_numbers(axes.xaxis, max(numbers.values()))
    rows = [f"{label}: {number}" for label, number in numbers.items()]
    return _plot(figure, f"Bars, {title.lower()}. Students: {'; '.join(rows)}.")


def separations(labels: Sequence[str], found: Sequence[Separation]) -> Plot:
    """The correlation of each question with the rest of the marks, with its interval."""
    figure, axes = _figure(0.45 * len(labels) + 1.6)
    axes.axvline(0, color=INK, linewidth=1, linestyle="--")
    for row, item in enumerate(found):
        if not np.isnan(item.r):
            axes.plot([item.low, item.high], [row, row], color=INK, linewidth=1.5, marker="|")
            axes.plot(item.r, row, color=INK, marker="o")
        axes.annotate(item.reading, (1.04, row), va="center", annotation_clip=False)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(-1, 1)
    axes.set(
        title="Which questions separate strong from weak",
        xlabel="correlation with the rest of the marks; the line is its 95% interval",
        ylabel="question",
    )
    rows = [
        f"{label}: {_correlation(s)}{s.reading}" for label, s in zip(labels, found, strict=True)
    ]
    return _plot(figure, "Correlation of each question with the rest. " + "; ".join(rows) + ".")


def _correlation(found: Separation) -> str:
    return "" if np.isnan(found.r) else f"{found.r:.2f}, "


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8, height))
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _style(hatch: str, fill: str) -> dict[str, Any]:
    return {"hatch": hatch, "facecolor": fill, "edgecolor": INK, "linewidth": 0.8}


def _plate() -> dict[str, Any]:
    """A white plate keeps a number readable on a hatched or dark bar."""
    return {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}


def _whole_numbers(axis: Axis, most: int) -> None:
    """Ticks at whole numbers of students, and room for the label of the longest bar."""
    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axis.set_view_interval(0, 1.08 * most, ignore=True)


def _plot(figure: Figure, alt: str) -> Plot:
    picture = io.StringIO()
    # The same class gives the same bytes: no date, no random ids.
    with matplotlib.rc_context({"svg.hashsalt": "w2v"}):
        figure.savefig(picture, format="svg", bbox_inches="tight", metadata={"Date": None})
    code = base64.b64encode(picture.getvalue().encode()).decode()
    return Plot(f"data:image/svg+xml;base64,{code}", alt)
