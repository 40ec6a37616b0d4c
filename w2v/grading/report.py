"""`w2v report`: a graded class as one page of HTML, and its marks as CSV."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from w2v.derivation.mistakes import CATALOGUE as DERIVATION_CATALOGUE
from w2v.grading import report_plots
from w2v.grading.classroom import Array, CellKey, Classroom, Question, read_class
from w2v.grading.separation import Separation, separation
from w2v.mistakes import CATALOGUE, Mistake

PAGE = Path(__file__).with_name("report.html")
MISTAKES: dict[str, Mistake] = {entry.name: entry for entry in (*CATALOGUE, *DERIVATION_CATALOGUE)}
MOST_MISTAKES = 12  # as many bars as a plot holds; the page tells of all
MOST_PLACES = 4

Row = dict[str, Any]


def report(root: Path, out: Path) -> Path:
    """Write `report.html` and `report.csv` into the folder `out`.

    Args:
        root: the course, with its gradebook and `autograded/`.
        out: the folder for the two files; it is made if it is missing.

    Returns:
        The path of the page, which needs no other file and names no student.

    Raises:
        SetupError: there is no gradebook, or nothing is graded.
        AuthorError: the gradebook does not fit the instructor notebooks.
    """
    classroom = read_class(root)
    out.mkdir(parents=True, exist_ok=True)
    page, table = out / "report.html", out / "report.csv"
    write_csv(classroom, table)
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(PAGE.read_text(encoding="utf-8"))
    page.write_text(template.render(csv=table.name, **contents(classroom)), encoding="utf-8")
    return page


def write_csv(classroom: Classroom, path: Path) -> None:
    """One row a student: the mark of every graded cell (empty: it waits), total, what waits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        names = ["/".join(key) for key in classroom.graded]
        writer.writerow(["student", *names, "total", "waiting"])
        for student, marks, total in zip(
            classroom.students, classroom.marks, classroom.totals, strict=True
        ):
            cells = ["" if np.isnan(mark) else f"{mark:g}" for mark in marks]
            writer.writerow([student, *cells, f"{total:g}", int(np.isnan(marks).sum())])


def contents(classroom: Classroom) -> dict[str, Any]:
    """What the page shows: numbers, rows of tables, plots."""
    mistakes, stops = _mistakes(classroom), _stops(classroom)
    return {
        "facts": _facts(classroom),
        "ungraded": classroom.ungraded,
        "waits": int(np.isnan(classroom.marks).sum()),
        "plots": _plots(classroom, mistakes, stops),
        "questions": [_question_row(classroom, question) for question in classroom.questions],
        "mistakes": mistakes,
        "most": MOST_MISTAKES,
        "cells": [_cell_row(classroom, column) for column in range(len(classroom.graded))],
        "fills": [_fill_row(classroom, key, stops[key]) for key in classroom.to_fill],
        "waiting": _waiting(classroom),
    }


def _facts(classroom: Classroom) -> Row:
    return {
        "students": len(classroom.students),
        "points to earn": f"{classroom.points.sum():g}",
        "mean total": f"{classroom.totals.mean():.1f}",
        "median total": f"{np.median(classroom.totals):.1f}",
    }


def _plots(
    classroom: Classroom, mistakes: list[Row], stops: Counter[CellKey | None]
) -> dict[str, report_plots.Plot]:
    labels = [question.label for question in classroom.questions]
    shares = np.column_stack([_share(classroom, q) for q in classroom.questions])
    found = [_separation(classroom, classroom.columns(q)) for q in classroom.questions]
    most = {row["mistake"]: row["students"] for row in mistakes[:MOST_MISTAKES]}
    ends = _stop_labels(classroom, stops)
    plots = {
        "totals": report_plots.totals(classroom.totals, float(classroom.points.sum())),
        "bands": report_plots.bands(labels, shares),
        "separations": report_plots.separations(labels, found),
        "stops": report_plots.counts("Where students stopped", "last cell that was changed", ends),
    }
    if most:
        plots["mistakes"] = report_plots.counts("The most common mistakes", "mistake", most)
    return plots


def _share(classroom: Classroom, question: Question) -> Array:
    """What each student earned of the points marked so far, shape (S,); nan: nothing is marked."""
    columns = classroom.columns(question)
    marks = classroom.marks[:, columns]
    marked = np.where(np.isnan(marks), 0.0, classroom.points[columns]).sum(axis=1)
    return np.divide(
        np.nansum(marks, axis=1), marked, out=np.full(len(marks), np.nan), where=marked > 0
    )


def _separation(classroom: Classroom, columns: list[int]) -> Separation:
    item = classroom.marks[:, columns]
    earned = np.nansum(item, axis=1)
    marked = ~np.isnan(item).all(axis=1)
    return separation(np.where(marked, earned, np.nan), classroom.totals - earned)


def _question_row(classroom: Classroom, question: Question) -> Row:
    points = classroom.points[classroom.columns(question)].sum()
    share = _share(classroom, question)
    marks = share[~np.isnan(share)] * points
    return {
        "question": question.label,
        "points": f"{points:g}",
        "mean": f"{marks.mean():.1f}" if len(marks) else "–",
        "median": f"{np.median(marks):.1f}" if len(marks) else "–",
        "spread": f"{marks.std():.1f}" if len(marks) else "–",
        "nothing": int((marks == 0).sum()),
        "full marks": int((marks >= points).sum()),
    }


def _cell_row(classroom: Classroom, column: int) -> Row:
    marks = classroom.marks[:, column]
    marked = marks[~np.isnan(marks)]
    found = _separation(classroom, [column])
    return {
        "graded cell": _cell_label(classroom.graded[column]),
        "points": f"{classroom.points[column]:g}",
        "mean share": f"{marked.mean() / classroom.points[column]:.0%}" if len(marked) else "–",
        "correlation": "–" if np.isnan(found.r) else f"{found.r:.2f}",
        "reading": found.reading,
    }


def named(text: str) -> set[str]:
    """The names of mistakes that stand in a text; a name inside a longer one does not count."""
    names = "|".join(sorted(map(re.escape, MISTAKES), key=len, reverse=True))
    return set(re.findall(rf"(?<!\w)(?:{names})(?!\w)", text))


def _mistakes(classroom: Classroom) -> list[Row]:
    """The recognised mistakes, the most common first."""
    students: Counter[str] = Counter()
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for feedback in classroom.feedback:
        seen = {(name, _exercise(key)) for key, text in feedback.items() for name in named(text)}
        students.update({name for name, _ in seen})
        for name, exercise in seen:
            places[name][exercise] += 1
    return [
        {
            "mistake": name,
            "students": count,
            "why it is wrong": MISTAKES[name].explanation,
            "read again": MISTAKES[name].where,
            "seen in": _most_common(places[name]),
        }
        for name, count in sorted(students.items(), key=lambda item: (-item[1], item[0]))
    ]


def _exercise(key: CellKey) -> str:
    """Such as "02 center_gradient", for the cells of its code and of its derivation."""
    notebook, cell = key
    return f"{notebook[:2]} {cell.removeprefix('derive-').partition('-')[0]}"


def _most_common(places: Counter[str]) -> str:
    """The first few places, as "02 center_gradient (3), 03 outside_gradient (1)"."""
    order = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{place} ({count})" for place, count in order[:MOST_PLACES]]
    return ", ".join(shown) + (" and others" if len(order) > MOST_PLACES else "")


def _stops(classroom: Classroom) -> Counter[CellKey | None]:
    """How many students changed this cell and none after it; None: they changed nothing."""
    return Counter(
        next((key for key in reversed(classroom.to_fill) if key in attempted), None)
        for attempted in classroom.attempted
    )


def _stop_labels(classroom: Classroom, stops: Counter[CellKey | None]) -> dict[str, int]:
    """The bars of the plot, in the order of the course."""
    labels: dict[CellKey | None, str] = {None: "(nothing)"}
    labels |= {key: _cell_label(key) for key in classroom.to_fill}
    labels[classroom.to_fill[-1]] = "(the end)"
    return {label: stops[key] for key, label in labels.items() if stops[key]}


def _fill_row(classroom: Classroom, key: CellKey, stopped: int) -> Row:
    attempted = sum(key in mine for mine in classroom.attempted)
    return {
        "cell": _cell_label(key),
        "attempted": attempted,
        "left empty": len(classroom.students) - attempted,
        "stopped here": stopped,
    }


def _waiting(classroom: Classroom) -> list[Row]:
    return [
        {"graded cell": _cell_label(key), "points": f"{points:g}", "students": int(count)}
        for key, points, count in zip(
            classroom.graded,
            classroom.points,
            np.isnan(classroom.marks).sum(axis=0),
            strict=True,
        )
        if count
    ]


def _cell_label(key: CellKey) -> str:
    notebook, cell = key
    return f"{notebook[:2]} {cell}"
