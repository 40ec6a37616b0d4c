"""The mistakes of written derivations: entries of the course's catalogue."""

from w2v.mistakes import Mistake

MISTAKES: dict[str, Mistake] = {}
