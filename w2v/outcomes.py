"""What a check can say, for code and derivations alike."""

from enum import Enum


class Outcome(Enum):
    """The fixed set of outcomes; the value is the wording that a student reads."""

    NOT_ATTEMPTED = "not attempted"
    CANNOT_RUN = "cannot run"
    CANNOT_READ = "cannot read this"
    WRONG_SHAPE = "wrong shape"
    TRANSPOSED = "transposed"
    WRONG_VALUE = "wrong value"
    CORRECT = "correct"

    @property
    def mark(self) -> str:
        """A sign that carries the outcome without colour."""
        return {"CORRECT": "✓", "CANNOT_READ": "?", "NOT_ATTEMPTED": "○"}.get(self.name, "✗")
