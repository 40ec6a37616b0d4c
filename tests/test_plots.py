import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.image import imread
from numpy.testing import assert_allclose

from w2v.errors import StudentError
from w2v.plots import learning_curve, loss_curve, place_labels, principal_plane, word_map
from w2v.vectors import WordVectors

WORDS = ["rain", "snow", "fog", "tea", "milk", "cocoa", "red", "blue"]
GROUPS = {"weather": WORDS[:3], "drinks": WORDS[3:6], "colours": WORDS[6:]}
TOKENS = np.arange(50) * 1000


@pytest.fixture
def vectors():
    return WordVectors(WORDS, np.random.default_rng(3).normal(size=(8, 5)).astype(np.float32))


def plots(vectors):
    falling = 2 + np.exp(-TOKENS / 1e4)
    return [
        loss_curve(TOKENS, falling),
        loss_curve(TOKENS, falling, (TOKENS[::10], falling[::10] + 0.1)),
        learning_curve(TOKENS, TOKENS / 5e4),
        learning_curve(TOKENS, {"gender": TOKENS / 5e4, "tense": TOKENS / 1e5}),
        word_map(vectors, WORDS),
        word_map(vectors, GROUPS, pairs=[("rain", "snow")], title="Some words"),
    ]


def test_every_picture_has_title_axis_labels_and_text(vectors):
    for plot in plots(vectors):
        axes = plot.figure.axes[0]
        assert axes.get_title()
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert len(plot.alt) > 30
        assert repr(plot) == plot.alt


def test_the_text_tells_what_is_drawn(vectors):
    losses, both, total, parts, _, grouped = (plot.alt for plot in plots(vectors))
    assert "training from 3.00 to 2.01" in losses
    assert "held out from 3.10 to" in both
    assert "all analogies from 0% to 98%" in total
    assert "gender from 0% to 98%; tense from 0% to 49%" in parts
    assert "weather: rain, snow, fog; drinks: tea, milk, cocoa" in grouped


def test_curves_differ_in_more_than_colour(vectors):
    for plot in plots(vectors)[:4]:
        lines = plot.figure.axes[0].get_lines()
        for style in ("color", "linestyle", "marker"):
            assert len({line.properties()[style] for line in lines}) == len(lines)
        assert (plot.figure.axes[0].get_legend() is not None) == (len(lines) > 1)


def test_groups_differ_in_more_than_colour(vectors):
    axes = word_map(vectors, GROUPS).figure.axes[0]
    shapes = {path.get_paths()[0].vertices.tobytes() for path in axes.collections}
    colours = {to_hex(path.get_facecolor()[0]) for path in axes.collections}
    assert len(shapes) == len(colours) == 3
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(GROUPS)


def test_every_word_is_written_inside_the_picture_and_none_over_another(vectors):
    plot = word_map(vectors, GROUPS)
    axes = plot.figure.axes[0]
    plot.figure.draw_without_rendering()
    assert [text.get_text() for text in axes.texts] == WORDS
    boxes = [text.get_window_extent() for text in axes.texts]
    frame = axes.get_window_extent().padded(1)
    for number, box in enumerate(boxes):
        assert frame.fully_contains(*box.min) and frame.fully_contains(*box.max)
        assert not any(box.overlaps(other) for other in boxes[:number])


def test_a_word_in_two_groups_is_written_once(vectors):
    axes = word_map(vectors, {"a": WORDS[:4], "b": WORDS[3:6]}).figure.axes[0]
    assert [text.get_text() for text in axes.texts] == WORDS[:6]


def test_unknown_or_too_few_words(vectors):
    with pytest.raises(StudentError, match="three words"):
        word_map(vectors, ["rain", "snow", "rain"])
    with pytest.raises(StudentError, match="'rainn' is not in the vocabulary"):
        word_map(vectors, ["rainn", "snow", "fog"])
    with pytest.raises(StudentError, match="must be on the map: hail"):
        word_map(vectors, WORDS, pairs=[("rain", "hail")])


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_saved_pictures_carry_their_text(vectors, tmp_path, kind):
    plot = loss_curve([0, 10], [3.0, 2.0])
    plot.save(tmp_path / f"loss.{kind}")
    content = (tmp_path / f"loss.{kind}").read_bytes()
    assert b"training from 3.00 to 2.00" in content
    assert b"Loss while training" in content


def test_a_notebook_shows_picture_and_text(vectors, tmp_path):
    plot = loss_curve([0, 10], [3.0, 2.0])
    data, metadata = plot._repr_mimebundle_(include=None, exclude=None)
    (tmp_path / "shown.png").write_bytes(data["image/png"])
    assert imread(tmp_path / "shown.png").shape == (400, 700, 4)
    assert data["text/plain"] == metadata["image/png"]["alt"] == plot.alt


def test_principal_plane_keeps_the_largest_spread():
    rng = np.random.default_rng(4)
    flat = rng.normal(size=(20, 2)) * [5, 2]
    rotation, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    points, shares = principal_plane(flat @ rotation[:2] + 3)
    assert_allclose(shares.sum(), 1)
    assert shares[0] > shares[1]
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    assert_allclose(apart, np.linalg.norm(flat[:, None] - flat, axis=2))


def test_principal_plane_has_fixed_signs():
    vectors = np.random.default_rng(4).normal(size=(9, 5))
    assert_allclose(principal_plane(vectors)[0], principal_plane(vectors[:, ::-1])[0])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 400)), min_size=1, max_size=25))
def test_labels_cover_neither_each_other_nor_points(places):
    points = np.array(places, dtype=float)
    sizes = np.tile([50.0, 12.0], (len(points), 1))
    centers = place_labels(points, sizes, np.array([[-50.0, -50.0], [650.0, 450.0]]))
    apart = np.abs(centers[:, None] - centers)
    np.fill_diagonal(apart[..., 0], np.inf)
    assert ((apart[..., 0] >= 50) | (apart[..., 1] >= 12)).all()
    off = np.abs(centers[:, None] - points)
    assert ((off[..., 0] >= 25) | (off[..., 1] >= 6)).all()
    assert (centers >= [-25, -44]).all()
    assert (centers <= [625, 444]).all()


def test_drawing_loads_matplotlib_and_importing_does_not():
    code = "import sys, w2v.plots; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_global_figures_are_left(vectors):
    import matplotlib.pyplot as plt

    plots(vectors)
    assert plt.get_fignums() == []
