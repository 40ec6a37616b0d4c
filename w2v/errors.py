"""Who made the mistake: the student, the author of the course, or the environment."""


class StudentError(Exception):
    """A mistake in a student's answer; the message says what was found and what to do."""


class NotFilledError(StudentError):
    """An exercise was called that has no answer yet; the message names its notebook."""


class AuthorError(Exception):
    """A mistake in the course itself: a notebook, a hidden test, a configuration."""


class SetupError(Exception):
    """A broken installation, a missing file, a network that is not there."""
