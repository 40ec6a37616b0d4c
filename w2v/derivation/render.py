"""A report as text and as HTML."""

import html

from w2v.derivation.judge import Report, Verdict


def as_text(report: Report) -> str:
    """The report as plain text, one line of it for each line of the derivation."""
    rows = [f"Derivation {report.name}: {report.outcome.value}"]
    for line in report.lines:
        if line.outcome is None:
            rows.append(f"    {line.source}")
            continue
        rows.append(f"  {_mark(line)} {'= ' if line.relation else ''}{line.source}")
        rows += [f"      {text}" for text in said(line)]
    rows += [f"  - {text}" for text in (*report.missing, *report.remarks)]
    if report.agreement:
        rows.append(f"  {report.agreement}")
    return "\n".join(rows)


def said(line: Verdict) -> list[str]:
    """What is said about a line, in words."""
    texts = [line.message] if line.message else []
    if line.mistake:
        texts = [f"{line.mistake.name}: {line.mistake.explanation}"]
    return [*texts, *(f"note: {note}" for note in line.notes)]


def _mark(line: Verdict) -> str:
    if line.follows_from_wrong:
        return "↳"
    return line.outcome.mark if line.outcome else " "


def as_html(report: Report) -> str:
    """The report as HTML, with everything the student wrote escaped."""
    return f"<pre>{html.escape(as_text(report))}</pre>"
