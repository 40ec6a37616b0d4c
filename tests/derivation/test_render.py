"""What a student reads: as text, and as HTML that says the same without colour."""

from w2v.derivation import derive
from w2v.derivation.render import as_html, as_text

TEXT = r"""
When $w \neq o$:
\frac{\partial J}{\partial u_w} = P(O = w | C = c) v_c
= \hat y_w u_w
= \hat y_w u_w + 0 \cdot u_w
= \frac{\hat y_w
"""
REPORT = derive("outside_gradient_other", TEXT)


def test_each_line_has_a_mark_and_words() -> None:
    rows = as_text(REPORT).splitlines()
    marks = [row.split()[0] for row in rows if row.startswith("  ") and not row.startswith("    ")]
    assert marks[:4] == ["✓", "✗", "↳", "?"]
    assert any("multiplied by the wrong vector" in row for row in rows)
    assert any("no second mistake" in row for row in rows)
    assert any("cannot read this" in row for row in rows)


def test_the_headline_counts() -> None:
    assert "1 line does not follow; 1 line cannot be read" in as_text(REPORT)


def test_html_has_the_same_verdicts_in_words() -> None:
    page = as_html(REPORT)
    for words in (
        "✓ follows",
        "✗ wrong value",
        "↳ follows from a wrong line",
        "? cannot read this",
    ):
        assert words in page
    assert "<th scope='col' style='text-align:left'>verdict</th>" in page
    assert "color" not in page


def test_formulas_are_set_and_what_cannot_be_read_is_quoted() -> None:
    page = as_html(REPORT)
    assert r"\(\displaystyle = \hat y_w u_w\)" in page
    assert r"<code>= \frac{\hat y_w</code>" in page


def test_a_left_side_stands_in_front_of_its_first_line() -> None:
    assert r"✓ \frac{\partial J}{\partial u_w} = P(O = w | C = c) v_c" in as_text(REPORT)


def test_prose_is_shown_without_a_verdict() -> None:
    assert r"    When $w \neq o$:" in as_text(REPORT).splitlines()
