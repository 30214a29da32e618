"""What can be said of a policy: yes, no, or that the templates do not tell."""

from enum import IntEnum


class Verdict(IntEnum):
    """An answer that may be unknown: the smallest of several is that all hold, the greatest that one does."""

    NO = 0
    MAYBE = 1
    YES = 2

    @property
    def negated(self) -> "Verdict":
        """The answer to the opposite question."""
        return Verdict(Verdict.YES - self)
