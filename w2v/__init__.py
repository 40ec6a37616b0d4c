"""word2vec, derived and built by its students.

A student needs four names: `fill` turns a function into the answer to an exercise, `check` says
whether it is right, `derive` does the same for a written derivation, and `train` trains a model.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from w2v.checks import check
    from w2v.derivation import derive
    from w2v.training import train
    from w2v.workbook import fill

__version__ = "0.1.0"
__all__ = ["check", "derive", "fill", "train"]

_HOME = {
    "fill": "w2v.workbook",
    "check": "w2v.checks",
    "derive": "w2v.derivation",
    "train": "w2v.training",
}


def __getattr__(name: str) -> Any:
    # Every kernel of every notebook pays for `import w2v`, so each name is loaded when first used.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'w2v' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
