"""The course's pictures: curves and word maps, each with a text that says what is to be seen.

No picture depends on colour: groups differ by the shape of their markers as well, curves by their
dashes and labels. Colours are those of Okabe and Ito (2008), which colour-blind readers can tell
apart. Matplotlib is imported when a picture is drawn, not before.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2v.errors import StudentError
from w2v.vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31"]
MARKERS = "os^DvPX*"
DASHES = ["-", "--", "-.", ":"]
Points = NDArray[np.float64]


class Plot:
    """A picture and its text alternative; a notebook shows the one and keeps the other with it.

    Attributes:
        figure: the Matplotlib figure.
        alt: what is to be seen, in words.
    """

    def __init__(self, axes: "Axes", alt: str) -> None:
        self.figure: Figure = axes.get_figure(root=True)  # type: ignore[assignment]
        self.alt = alt

    def __repr__(self) -> str:
        return self.alt

    def save(self, path: str | Path) -> None:
        """Write the picture (.png, .svg or .pdf) with its text alternative as metadata."""
        kind = Path(path).suffix.lower()
        field = {".pdf": "Subject"}.get(kind, "Description")
        self.figure.savefig(path, dpi=150, metadata={"Title": self._title(), field: self.alt})

    def _title(self) -> str:
        return str(self.figure.axes[0].get_title())

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What Jupyter displays; `alt` becomes the image's alt text in exported HTML."""
        picture = BytesIO()
        self.figure.savefig(picture, format="png", dpi=100)
        data = {"image/png": picture.getvalue(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def loss_curve(
    tokens: ArrayLike, losses: ArrayLike, held_out: tuple[ArrayLike, ArrayLike] | None = None
) -> Plot:
    """The loss while training.

    Args:
        tokens: how many tokens had been trained on, shape (m,).
        losses: the mean loss of a token's pairs then, shape (m,).
        held_out: the same two arrays for sentences that were never trained on.
    """
    curves = {"training": (tokens, losses)}
    if held_out is not None:
        curves["held out"] = held_out
    axes = _axes("Loss while training", "tokens trained on", "mean loss (nats)")
    _draw_curves(axes, curves)
    return Plot(axes, "Line chart of the loss against tokens: " + _tell(curves, ".2f"))


def learning_curve(tokens: ArrayLike, accuracy: Mapping[str, ArrayLike] | ArrayLike) -> Plot:
    """The share of analogies answered correctly while training.

    Args:
        tokens: how many tokens had been trained on, shape (m,).
        accuracy: the share then, from 0 to 1, shape (m,); or such an array for each section.
    """
    parts = accuracy if isinstance(accuracy, Mapping) else {"all analogies": accuracy}
    curves = {name: (tokens, values) for name, values in parts.items()}
    axes = _axes("Analogies answered while training", "tokens trained on", "share correct")
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    _draw_curves(axes, curves)
    return Plot(axes, "Line chart of analogies answered: " + _tell(curves, ".0%"))


def word_map(
    vectors: WordVectors,
    words: Mapping[str, Sequence[str]] | Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    title: str = "Words in the plane of their largest differences",
) -> Plot:
    """A map of words: their vectors, at length 1, on the first two principal components.

    Args:
        vectors: where the words' vectors are.
        words: the words to show, or groups of them by name; at least three words.
        pairs: shown words to join by a line, such as the two sides of an analogy.
        title: the heading.

    Raises:
        StudentError: a word is unknown, or joined but not shown; or there are fewer than three.
    """
    groups = words if isinstance(words, Mapping) else {"words": words}
    shown = list(dict.fromkeys(word for group in groups.values() for word in group))
    if len(shown) < 3:
        raise StudentError("A map needs three words or more.")
    if unseen := {word for pair in pairs for word in pair}.difference(shown):
        raise StudentError(f"To be joined, words must be on the map: {', '.join(sorted(unseen))}.")
    points, shares = principal_plane(vectors.unit[[vectors.row(word) for word in shown]])
    place = dict(zip(shown, points, strict=True))

    axes = _axes(
        title,
        f"first principal component ({shares[0]:.0%} of the variance)",
        f"second principal component ({shares[1]:.0%})",
        size=(9.0, 7.0),
    )
    for a, b in pairs:
        axes.plot(*np.stack([place[a], place[b]]).T, color="0.75", linewidth=1, zorder=1)
    styles = zip(cycle(COLOURS), cycle(MARKERS), strict=False)
    for (name, group), (colour, marker) in zip(groups.items(), styles, strict=False):
        x, y = np.stack([place[word] for word in group]).T
        axes.scatter(x, y, s=36, c=colour, marker=marker, label=name, ec="white", lw=0.5)
    if len(groups) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    axes.margins(0.12)
    _label(axes, shown, points)
    listed = "; ".join(f"{name}: {', '.join(group)}" for name, group in groups.items())
    return Plot(axes, f"Scatter plot of word vectors on two principal components. {listed}.")


def principal_plane(vectors: NDArray[Any]) -> tuple[Points, Points]:
    """Principal components by singular values.

    Args:
        vectors: shape (m, d), m at least 3, d at least 2.

    Returns:
        The vectors' coordinates on the first two components, shape (m, 2), the signs such that the
        largest coordinate of each is positive; and the two shares of the variance.
    """
    centred = vectors.astype(float) - vectors.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    points = left[:, :2] * values[:2]
    points *= np.sign(points[np.abs(points).argmax(axis=0), [0, 1]])
    return points, values[:2] ** 2 / (values**2).sum()


def place_labels(points: Points, sizes: Points, box: Points) -> Points:
    """Place labels near their points such that they cover neither each other nor a point.

    One label after the other takes the nearest free place around its point; where none is free,
    the one that covers least.

    Args:
        points: in pixels, shape (m, 2).
        sizes: width and height of each label, shape (m, 2).
        box: the lower left and upper right corner that labels must stay within, shape (2, 2).

    Returns:
        The centers of the labels, shape (m, 2).
    """
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    around = np.stack([np.sin(angles), np.cos(angles)], axis=1)  # above the point first
    gaps = np.arange(7, 250, 6)[:, None, None]
    centers = np.empty_like(points)
    for i, (point, size) in enumerate(zip(points, sizes, strict=True)):
        places = (point + around * (size / 2 + gaps)).reshape(-1, 2)
        covered = (
            _overlap(places, size, points, np.array([8.0, 8.0]))
            + _overlap(places, size, centers[:i], sizes[:i])
            + 1e3 * ((places < box[0] + size / 2) | (places > box[1] - size / 2)).sum(axis=1)
        )
        centers[i] = places[covered.argmin()]
    return centers


def _overlap(places: Points, size: Points, others: Points, sizes: Points) -> Points:
    """How much a box of `size` at each of `places` (k, 2) covers of other boxes, in pixels²."""
    sides = (size + sizes) / 2 + np.array([4, 1]) - np.abs(places[:, None] - others)
    return np.asarray(sides.clip(min=0).prod(axis=2).sum(axis=1))


def _axes(title: str, x: str, y: str, size: tuple[float, float] = (7.0, 4.0)) -> "Axes":
    """Axes on a figure of their own, without the global state of pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _draw_curves(axes: "Axes", curves: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> None:
    from matplotlib.ticker import EngFormatter

    styles = zip(cycle(COLOURS), cycle(DASHES), cycle(MARKERS), strict=False)
    for (name, (x, y)), (colour, dash, marker) in zip(curves.items(), styles, strict=False):
        x, y = np.asarray(x), np.asarray(y)
        every = max(1, len(x) // 12)
        axes.plot(x, y, dash, color=colour, marker=marker, markevery=every, ms=5, label=name)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.grid(alpha=0.3)
    if len(curves) > 1:
        axes.legend(frameon=False)


def _tell(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], form: str) -> str:
    """From where to where each curve goes."""
    ends = {name: (np.asarray(y)[0], np.asarray(y)[-1]) for name, (_, y) in curves.items()}
    return "; ".join(f"{name} from {a:{form}} to {b:{form}}" for name, (a, b) in ends.items()) + "."


def _label(axes: "Axes", words: Sequence[str], points: Points) -> None:
    """Write each word near its point, with a line to it where it had to go further off."""
    style: dict[str, Any] = {"fontsize": 9, "ha": "center", "va": "center"}
    texts = [axes.text(x, y, word, **style) for word, (x, y) in zip(words, points, strict=True)]
    axes.get_figure(root=True).draw_without_rendering()  # type: ignore[union-attr]  # sets layout
    sizes = np.array([text.get_window_extent().size for text in texts])
    box = np.asarray(axes.get_window_extent().get_points())
    pixels = np.asarray(axes.transData.transform(points))
    centers = place_labels(pixels, sizes, box)
    places = axes.transData.inverted().transform(centers)
    far = (np.abs(centers - pixels) > sizes / 2 + 8).any(axis=1)
    for text, point, place, led in zip(texts, points, places, far, strict=True):
        text.set_position(tuple(place))
        if led:
            axes.plot(*np.stack([point, place]).T, color="0.7", linewidth=0.5, zorder=1)
