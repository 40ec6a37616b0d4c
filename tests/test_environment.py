"""pyproject.toml is the source of the dependencies; environment.yml and the lock agree with it."""

import contextlib
import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def requirements(*groups: list[str]) -> dict[str, Requirement]:
    parsed = [Requirement(line) for group in groups for line in group]
    return {canonicalize_name(r.name): r for r in parsed if canonicalize_name(r.name) != "w2v"}


def test_conda_environment_holds_what_students_and_instructors_need() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    listed = requirements([line for line in conda if not re.match(r"(python|pip)\b", line)])
    needed = requirements(PROJECT["dependencies"], EXTRAS["student"], EXTRAS["instructor"])
    assert {name: r.specifier for name, r in listed.items()} == {
        name: r.specifier for name, r in needed.items()
    }
    assert f"python{PROJECT['requires-python']}" in conda


def test_lock_satisfies_every_bound() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    locked = {
        canonicalize_name(name): Version(version)
        for name, version in (line.split("==") for line in lines)
    }
    for name, requirement in requirements(PROJECT["dependencies"], *EXTRAS.values()).items():
        assert name in locked, f"{name} is missing from constraints.txt: run `make lock`"
        assert requirement.specifier.contains(locked[name], prereleases=True), requirement


def test_lock_is_for_every_python_that_the_course_supports() -> None:
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(PackageNotFoundError):
            needed = metadata(line.partition("==")[0]).get("Requires-Python", "")
            assert SpecifierSet(needed).contains(oldest), f"{line} needs Python {needed}"
