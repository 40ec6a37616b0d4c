"""The command `w2v`: build, grade and audit the course, and train a model outside a notebook."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from w2v import __version__
from w2v.errors import AuthorError, SetupError, StudentError

Command = Callable[[argparse.Namespace], int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status, 0 when all is well."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except (AuthorError, SetupError, StudentError) as error:
        print(f"w2v {options.command}: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(
            f"w2v {options.command}: {error.name} is not installed: "
            'install this course with `pip install "w2v[instructor]"`.',
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print(f"w2v {options.command}: stopped", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The command line, with a sub-command for each of the package's jobs."""
    top = argparse.ArgumentParser(prog="w2v", description=__doc__)
    top.add_argument("--version", action="version", version=f"w2v {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_add_build, _add_train):
        add(commands)
    return top


def _add_build(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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


def _add_train(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    train = commands.add_parser(
        "train",
        help="train word vectors with the answers found in notebooks",
        description="Train with the batch_gradients that the notebooks in --notebooks hold, and "
        "write vectors, plots and a report. Ctrl-C keeps what is trained.",
    )
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    raise NotImplementedError
