"""A report for the eye and for the ear: HTML with the formulas set, and plain text.

Everything a student wrote is escaped; a formula is handed to the browser's MathJax only when it
holds no command but those of this course, so neither markup nor a macro of theirs ever runs.
"""

import html
import re
from dataclasses import replace

from w2v.derivation.report import Report, Verdict
from w2v.outcomes import Outcome

_COMMANDS = r"""
    \frac \dfrac \tfrac \partial \nabla \sum \exp \log \ln \sigma \hat \widehat \left \right \big
    \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \cdot \times \odot \circ \top \intercal
    \mathbf \boldsymbol \bm \vec \mathrm \mathit \mathsf \mathcal \mathbb \operatorname \text
    \textbf \textrm \in \notin \neq \ne \leq \le \geq \ge \dots \ldots \cdots \vdots \ddots \quad
    \qquad \mid \vert \lvert \rvert \ell \theta \lambda \delta \alpha \beta \gamma \phi \psi \eta
    \mu \rho \tau \xi \zeta \omega \epsilon \varepsilon \Theta \Delta \prime \substack \begin \end
    \limits \mathop \over \displaystyle \tilde \bar \{ \} \, \; \! \: \& \\ \| \land \equiv
    \triangleq \pmb \underbrace \Pr \lbrace \rbrace
"""
_SAFE = frozenset([*_COMMANDS.split(), r"\ "])
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_STYLE = (
    "border-collapse:collapse;margin:0.3em 0",
    "text-align:left;padding:0.15em 0.6em;vertical-align:top",
)


def said(line: Verdict) -> list[str]:
    """What is said about a line, in words."""
    if line.mistake and not line.follows_from_wrong:
        first = [f"does not follow: {line.mistake.name}. {line.mistake.explanation}"]
        first += [line.message] if line.outcome is Outcome.WRONG_SHAPE else []
        first += [f"Read again: {line.mistake.where}."]
    else:
        first = [line.message] if line.message else []
    return [*first, *(f"note: {note}" for note in line.notes)]


def headline(report: Report) -> str:
    """The verdict on the whole derivation in one sentence."""
    red = sum(line.red for line in report.lines)
    unread = sum(line.outcome is Outcome.CANNOT_READ for line in report.lines)
    if report.outcome is Outcome.NOT_ATTEMPTED:
        return "not attempted yet"
    said_first = []
    if red:
        said_first.append(f"{red} line{'s do' if red > 1 else ' does'} not follow")
    if unread:
        said_first.append(f"{unread} line{'s' if unread > 1 else ''} cannot be read")
    if not said_first and report.missing:
        said_first.append("every line follows, and more is to be shown")
    return "; ".join(said_first) or "correct: every line follows and the end is reached"


def as_text(report: Report) -> str:
    """The report as plain text: a mark, the line, and what is said about it."""
    rows = [f"Derivation {report.name}: {headline(report)}."]
    for line in _rows(report):
        if line.outcome is None:
            rows.append(f"    {line.source}")
            continue
        rows.append(f"  {_mark(line)} {_formula(line)}")
        rows += [f"      {text}" for text in said(line)]
    rows += [f"  Still missing: {text}." for text in report.missing]
    rows += [f"  {report.agreement}."] if report.agreement else []
    return "\n".join(rows)


def as_html(report: Report) -> str:
    """The report as an HTML table with a row for each line."""
    cell = _STYLE[1]
    rows = []
    for line in _rows(report):
        formula = _mathematics(line) if line.outcome else html.escape(line.source)
        verdict = _mark(line) + (f" {_word(line)}" if line.outcome else "")
        comment = "<br>".join(html.escape(text) for text in said(line))
        rows.append(
            f'<tr><td style="{cell};white-space:nowrap">{verdict}</td>'
            f'<td style="{cell}">{formula}</td><td style="{cell}">{comment}</td></tr>'
        )
    below = [f"Still missing: {text}." for text in report.missing]
    below += [f"{report.agreement}."] if report.agreement else []
    title = html.escape(f"Derivation {report.name}: {headline(report)}.")
    left = "<th scope='col' style='text-align:left'>"  # JupyterLab would put them to the right
    heads = "".join(f"{left}{head}</th>" for head in ("verdict", "line", "why"))
    return (
        f'<div class="w2v-derivation"><p><strong>{title}</strong></p>'
        f'<table style="{_STYLE[0]}" aria-label="{title}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        + "".join(f"<p>{html.escape(text)}</p>" for text in below)
        + "</div>"
    )


def _rows(report: Report) -> list[Verdict]:
    """The verdicts with each left side put in front of the line that follows it."""
    rows: list[Verdict] = []
    left = ""
    for line in report.lines:
        silent = line.outcome is Outcome.CORRECT and not line.relation and not said(line)
        if silent and not left:
            left = line.source
            continue
        if left and line.relation:
            line = replace(line, source=f"{left} = {line.source}", relation=False)
        elif left:
            rows.append(Verdict(left))
        left = line.source if silent else ""
        if not silent:
            rows.append(line)
    return [*rows, Verdict(left)] if left else rows


def _formula(line: Verdict) -> str:
    return f"= {line.source}" if line.relation else line.source


def _mark(line: Verdict) -> str:
    if line.outcome is None:
        return ""
    return "↳" if line.follows_from_wrong else line.outcome.mark


def _word(line: Verdict) -> str:
    """The verdict in a word, for those who do not see the mark."""
    if line.follows_from_wrong:
        return "follows from a wrong line"
    if line.outcome is Outcome.CORRECT:
        return "follows" if not line.convention else "follows, in another convention"
    return line.outcome.value if line.outcome else ""


def _mathematics(line: Verdict) -> str:
    r"""The formula for MathJax in \(...\), or as code where it holds anything unknown."""
    source = _formula(line)
    commands = set(_COMMAND.findall(source))
    if line.outcome is Outcome.CANNOT_READ or not commands <= _SAFE or "$" in source:
        return f"<code>{html.escape(source)}</code>"
    return rf"\(\displaystyle {html.escape(source)}\)"
