"""The command `w2v`: build, grade and audit the course, and train a model outside a notebook."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from w2v import __version__
from w2v.errors import AuthorError, SetupError, StudentError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status, 0 when all is well."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except (AuthorError, SetupError, StudentError) as error:
        problem = str(error)
    except ModuleNotFoundError as error:
        problem = f'{error.name} is not installed: pip install "w2v[instructor]" brings it'
    except KeyboardInterrupt:
        problem = "stopped"
    print(f"w2v {options.command}: {problem}", file=sys.stderr)
    return 1


def parser() -> argparse.ArgumentParser:
    """The command line, with a sub-command for each of the package's jobs."""
    top = argparse.ArgumentParser(prog="w2v", description=__doc__)
    top.add_argument("--version", action="version", version=f"w2v {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_add_build, _add_grade, _add_report, _add_audit, _add_train, _add_fetch):
        add(commands)
    return top


def _add_build(commands: Commands) -> None:
    build = commands.add_parser(
        "build",
        help="make release/ and solutions/ from the instructor notebooks",
        description="Make release/, a folder that is all a student needs, and solutions/, the "
        "executed notebooks with HTML. Refuses if a solution or a hidden test would leak.",
    )
    build.add_argument(
        "--derivations",
        choices=["asked", "given"],
        default="asked",
        help="ask the students for the written derivations, or show them (default: asked)",
    )
    build.add_argument(
        "--no-solutions", action="store_true", help="make release/ alone, in seconds"
    )
    build.set_defaults(run=_build)


def _build(options: argparse.Namespace) -> None:
    from w2v.grading.build import build
    from w2v.grading.notebooks import course_root

    root = course_root()
    build(root, options.derivations, execute=not options.no_solutions)
    print(f"Release for the students: {root / 'release'}")
    if not options.no_solutions:
        print(f"Worked solutions: {root / 'solutions'}")


def _add_grade(commands: Commands) -> None:
    grade = commands.add_parser(
        "grade",
        help="grade every submission, many at a time",
        description="nbgrader autograde for the whole class: submitted/STUDENT/word2vec/ (or a "
        "zip) in, autograded/ and the gradebook out. Started again, it goes on where it stopped.",
    )
    grade.add_argument("students", nargs="*", help="whom to grade (default: everyone)")
    grade.add_argument("--workers", type=int, help="notebooks at a time (default: one a core)")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="run on this Dask cluster instead")
    grade.add_argument(
        "--question",
        metavar="ID",
        help="grade one test cell anew, after its test was corrected and the release rebuilt",
    )
    grade.add_argument("--again", action="store_true", help="grade also who is graded already")
    grade.add_argument(
        "--unsafe",
        action="store_true",
        help="go on where this system cannot confine the students' code (says what is missing)",
    )
    grade.set_defaults(run=_grade)


def _grade(options: argparse.Namespace) -> int:
    from w2v.grading.grade import grade, regrade
    from w2v.grading.notebooks import course_root

    root, where = course_root(), {"workers": options.workers, "scheduler": options.scheduler}
    if options.question:
        summary = regrade(root, options.question, options.students, unsafe=options.unsafe, **where)
    else:
        again, unsafe = options.again, options.unsafe
        summary = grade(root, options.students, again=again, unsafe=unsafe, **where)
    print(summary)
    return 1 if summary.failed else 0


def _add_report(commands: Commands) -> None:
    report = commands.add_parser(
        "report",
        help="one page about a graded class",
        description="Marks, common mistakes and telling questions of a graded class, as one HTML "
        "page and a CSV.",
    )
    report.add_argument("--out", type=Path, default=Path("out"), help="folder (default: out)")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> None:
    from w2v.grading.notebooks import course_root
    from w2v.grading.report import report

    print(f"Report on the class: {report(course_root(), options.out)}")


def _add_audit(commands: Commands) -> None:
    audit = commands.add_parser(
        "audit",
        help="judge the hidden tests themselves",
        description="Judge the hidden tests with mutants of the solutions, other right answers, "
        "empty answers and the known mistakes. Fails on any hole.",
    )
    audit.add_argument("exercises", nargs="*", help="which to audit (default: all)")
    audit.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    audit.add_argument(
        "--equivalents", action="store_true", help="show the mutants that change nothing"
    )
    audit.set_defaults(run=_audit)


def _audit(options: argparse.Namespace) -> int:
    from w2v.exercises import EXERCISES
    from w2v.grading.audit import audit
    from w2v.grading.notebooks import course_root, instructor_folder

    root = course_root()
    names = options.exercises or list(EXERCISES)
    found = audit(instructor_folder(root), root / "tests" / "audit", names, options.workers)
    print(found.table())
    if options.equivalents:
        print(found.equivalents())
    for hole in found.holes:
        print(f"HOLE {hole}")
    return 1 if found.holes else 0


def _add_train(commands: Commands) -> None:
    train = commands.add_parser(
        "train",
        help="train word vectors with the answers found in notebooks",
        description="Train with the functions that the notebooks in --notebooks hold, and write "
        "vectors, plots and a report. Ctrl-C keeps what is trained; with --checkpoint, the same "
        "command goes on later.",
    )
    train.add_argument(
        "corpus", help='"planted", "documentation", a fetched corpus, or a text file or folder'
    )
    train.add_argument(
        "--notebooks",
        type=Path,
        default=Path(),
        help="folder of the filled notebooks (default: this folder)",
    )
    train.add_argument("--out", type=Path, help="folder for the results (default: out/CORPUS)")
    train.add_argument("--dimension", type=int, default=100)
    train.add_argument("--window", type=int, default=5)
    train.add_argument("--negatives", type=int, default=5)
    train.add_argument("--epochs", type=int, help="default: 5; planted: 15")
    train.add_argument("--learning-rate", type=float, help="default: 0.025; planted: 0.05")
    train.add_argument("--subsample", type=float, help="default: 1e-3; planted: 0, none")
    train.add_argument("--minimum-count", type=int, default=5)
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--workers", type=int, default=1, help="processes (default: 1)")
    train.add_argument("--checkpoint", type=Path, help="file that keeps the state of the training")
    train.add_argument("--analogies", type=Path, help="file of analogy questions to answer")
    train.add_argument("--pairs", type=Path, help="file of word pairs with similarity scores")
    train.set_defaults(run=_train)


PLANTED: dict[str, Any] = {
    "epochs": 15,
    "learning_rate": 0.05,
    "subsample": 0.0,
}  # a small text of small worlds
USUAL: dict[str, Any] = {"epochs": 5, "learning_rate": 0.025, "subsample": 1e-3}


def _train(options: argparse.Namespace) -> None:
    from w2v.results import write_results
    from w2v.training import train
    from w2v.workbook import read_answers

    read_answers(options.notebooks)
    usual = PLANTED if options.corpus == "planted" else USUAL
    schedule = {
        name: usual[name] if getattr(options, name) is None else getattr(options, name)
        for name in usual
    }
    model = train(
        options.corpus,
        dimension=options.dimension,
        window=options.window,
        negatives=options.negatives,
        minimum_count=options.minimum_count,
        seed=options.seed,
        workers=options.workers,
        checkpoint=options.checkpoint,
        **schedule,
    )
    out = options.out or Path("out") / Path(options.corpus).stem
    print(write_results(model, out, options.analogies, options.pairs))
    print(f"\nVectors, plots and this report: {out}")


def _add_fetch(commands: Commands) -> None:
    from w2v.datasets import DATASETS

    fetch = commands.add_parser("fetch", help="fetch a public corpus for `w2v train NAME`")
    fetch.add_argument("name", choices=sorted(DATASETS))
    fetch.set_defaults(run=_fetch)


def _fetch(options: argparse.Namespace) -> None:
    from w2v.datasets import fetch

    print(f"{options.name}: {fetch(options.name)}")
