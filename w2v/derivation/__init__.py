r"""Written derivations, checked line by line.

    report = derive("center_gradient", r"\frac{\partial J}{\partial v_c} = ...")
    print(report)                        # the verdict of every line, as text
    report.lines[0].outcome              # and as structured results
    marks("center_gradient", points=6)   # of the text of the notebook's %%derive cell

The modules are the steps: `normalise` (LaTeX as people type it to one spelling, cut into lines),
`parse` (`grammar.lark`), `evaluate` (at random points), `judge` (what follows from what),
`explain` (which mistake it is), `render` (the `report`); `questions` declares what each derivation
must show, `conventions` how vectors and matrices may lie, `values` what is computed with.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from w2v.derivation.report import Report

MANUAL = "Manual grading needed: "
"""How the output of a graded cell begins that the checker could not read to its end."""

__all__ = ["MANUAL", "derive", "marks"]


def derive(name: str, text: str) -> "Report":
    """Check the derivation `name`, written in LaTeX, line by line.

    Args:
        name: a derivation of the course, such as "center_gradient" (`w2v.derivation.questions`).
        text: LaTeX: a `$$` block, `align`, `aligned`, `gather`, or bare lines.

    Returns:
        A verdict for every line, the steps that are missing, and the share of the marks earned.

    Raises:
        StudentError: there is no derivation of that name.
    """
    from w2v.derivation.judge import judge

    return judge(name, text)


def marks(name: str, points: float) -> float:
    """The marks of the derivation that the notebook's `%%derive` cell holds, between 0 and points.

    The report is printed for the feedback. Where a line cannot be read, a last line that begins
    with `MANUAL` is printed too:
    `w2v.grading.save_grades` then leaves the mark to a person, and what is returned is only what
    the readable lines have earned.

    Returns:
        A plain float, as nbgrader's partial credit asks for; 0.0 without an answer.
    """
    from w2v.workbook import current

    report = derive(name, current().derivations.get(name, ""))
    print(report)  # what the student reads in the feedback
    if report.unreadable:
        print(f"{MANUAL}{name} has a line that the checker cannot read.")
    return round(float(points * report.score), 2)
