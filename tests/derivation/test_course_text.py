"""The chains of the course text itself, where it is at hand, earn full marks."""

from pathlib import Path

import pytest

from w2v.derivation import derive
from w2v.outcomes import Outcome

TEXT = Path(__file__).parents[2].parent / "shared" / "course-text.txt"
PARTS = {
    "cross_entropy": ("### Question a", "### Question b"),
    "center_gradient": ("$$J_{naive-softmax}", "**note:**"),
    "sigmoid_derivative": ("### Question d", r"\frac{\partial \sigma(x_i)}{\partial x} &="),
    "negative_sampling_center": ("$$J_{neg-sample}", "For  $u_o"),
    "negative_sampling_true": ("For  $u_o", "For  $u_k"),
    "negative_sampling_negative": ("For  $u_k", "## Compare"),
}
C = (r"\begin{aligned}" "\n" r"\frac{\partial J}{\partial u_w}", "### Question d")
F = (r"\begin{aligned}" "\n" r" \frac{\partial J_s}{\partial U}", "")
D = (r"$$\begin{aligned} \frac{\partial \sigma(x_i)}{\partial x} &=", "### Question e")
PARTS |= dict.fromkeys(("outside_gradient_other", "outside_gradient_true", "outside_gradient"), C)
PARTS |= dict.fromkeys(("skip_gram_outside", "skip_gram_center", "skip_gram_other"), F)
PARTS |= {"sigmoid_jacobian": D}


@pytest.mark.skipif(not TEXT.exists(), reason="the course text is not here")
@pytest.mark.parametrize("name", PARTS)
def test_full_marks_without_an_alarm(name: str) -> None:
    content = TEXT.read_text(encoding="utf-8")
    start, end = PARTS[name]
    part = content[content.index(start) :]
    part = part[: part.index(end)] if end else part
    report = derive(name, part)
    assert report.outcome is Outcome.CORRECT, str(report)
    assert report.score == pytest.approx(1.0), str(report)
    assert not any(line.convention for line in report.lines)
