"""What is said about a derivation and each of its lines."""

from dataclasses import dataclass

from w2v.mistakes import Mistake
from w2v.outcomes import Outcome


@dataclass(frozen=True)
class Verdict:
    """What is said about one line.

    Args:
        source: the line as the student wrote it.
        outcome: one of the course's outcomes; None for prose, labels and conventions.
        message: why, in words; empty for a line that simply follows.
        mistake: the recognised mistake.
        notes: remarks that cost nothing.
        follows_from_wrong: the line only follows from a wrong line above: no second mistake.
        convention: the line is right, but only under this other convention.
        relation: whether the line began with an `=` sign.
    """

    source: str
    outcome: Outcome | None = None
    message: str = ""
    mistake: Mistake | None = None
    notes: tuple[str, ...] = ()
    follows_from_wrong: bool = False
    convention: str = ""
    relation: bool = False

    @property
    def red(self) -> bool:
        """Whether this line is where a mistake was made."""
        wrong = (Outcome.WRONG_VALUE, Outcome.WRONG_SHAPE, Outcome.TRANSPOSED, Outcome.CANNOT_RUN)
        return self.outcome in wrong and not self.follows_from_wrong

    @property
    def good(self) -> bool:
        """Whether the line is right, under some convention."""
        return self.outcome is Outcome.CORRECT


@dataclass(frozen=True)
class Report:
    """The verdicts of one derivation.

    Args:
        name: the derivation.
        lines: a verdict for every line, prose included.
        missing: what is still to be shown, each a sentence.
        reached: whether the right end is reached.
        agreement: whether the last line and the student's function agree; empty without one.
        score: the share of the marks that is earned, from 0 to 1.
    """

    name: str
    lines: tuple[Verdict, ...] = ()
    missing: tuple[str, ...] = ()
    reached: bool = False
    agreement: str = ""
    score: float = 0.0

    @property
    def outcome(self) -> Outcome:
        """The outcome of the whole derivation."""
        outcomes = {line.outcome for line in self.lines if line.outcome and line.relation}
        if outcomes <= {Outcome.NOT_ATTEMPTED} and not self.unreadable:
            return Outcome.NOT_ATTEMPTED
        if self.unreadable:
            return Outcome.CANNOT_READ
        wrong = next((line.outcome for line in self.lines if line.red), None)
        if wrong:
            return wrong
        return Outcome.CORRECT if self.reached and not self.missing else Outcome.WRONG_VALUE

    @property
    def unreadable(self) -> bool:
        """Whether a person must read this derivation."""
        return any(line.outcome is Outcome.CANNOT_READ for line in self.lines)

    def __str__(self) -> str:
        from w2v.derivation.render import as_text

        return as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from w2v.derivation.render import as_html

        return as_html(self)
