"""The mutation test: errors put into right derivations are seen, and named."""

from pathlib import Path

import numpy as np
import pytest

from tests.derivation.blocks import RIGHT
from w2v.derivation.audit import ERRORS, Figures, audit, solutions
from w2v.derivation.parse import parse
from w2v.derivation.second_opinion import World, holds
from w2v.errors import AuthorError

NOTEBOOKS = Path(__file__).parents[2] / "notebooks" / "word2vec"
SHORT = {
    "outside_gradient_true": r"""
        \frac{\partial J}{\partial u_w} = -v_c + \hat y_w v_c
        = (\hat y_w - 1) v_c
    """,
    "negative_sampling_negative": r"""
        \frac{\partial J}{\partial u_k} = (1 - \sigma(-u_k^\top v_c)) v_c
    """,
}


def _check(figures: Figures) -> None:
    assert figures.missed == [], str(figures)
    assert figures.false == [], str(figures)
    assert figures.flagged == figures.wrong > 0
    assert figures.named >= 0.85 * figures.covered, str(figures)


def test_every_error_in_a_few_lines_is_seen() -> None:
    _check(audit(SHORT, most=1))


@pytest.mark.slow
def test_every_error_in_every_line_of_the_solutions_is_seen() -> None:
    figures = audit(solutions(NOTEBOOKS), most=1)
    _check(figures)
    assert figures.mutants > 500


def test_a_folder_without_solutions_is_the_authors_mistake(tmp_path: Path) -> None:
    with pytest.raises(AuthorError):
        solutions(tmp_path)


def test_the_second_evaluator_tells_true_from_false() -> None:
    worlds = [World("pair", "w = o", np.random.default_rng(seed)) for seed in range(3)]
    head = parse(r"\frac { \partial J } { \partial v _ { c } }")
    right = parse(r"U ( \yhat - y ) ^ { \T }")
    wrong = parse(r"U ( \yhat + y ) ^ { \T }")
    assert holds(head, right, worlds)
    assert not holds(head, wrong, worlds)


def test_every_kind_of_error_finds_a_place_somewhere() -> None:
    from w2v.derivation.explain import everywhere
    from w2v.derivation.statements import statements

    nodes = [
        parse(text)
        for block in RIGHT
        for statement in statements(block.text)
        for text, _ in statement.sides
        if text
    ]
    for error in ERRORS:
        assert any(list(everywhere(node, error.rule, ())) for node in nodes), error.name
