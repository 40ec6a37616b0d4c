"""The catalogue of mistakes: what goes wrong, why it is wrong, and what to read again.

Checks of code and of derivations name the same entries. An entry teaches without giving the
answer; how a mistake is recognised stands where it is recognised.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make.

    Args:
        name: a few words, unique in the catalogue.
        explanation: one sentence that says why it is wrong, and not what is right.
        where: the notebook and the part of it to read again.
    """

    name: str
    explanation: str
    where: str
