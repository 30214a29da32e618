"""What became of the events of a place."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from constructs_lib.operations.errors import Exit
from constructs_lib.operations.redrive.reason import Reason


@dataclass
class Outcome:
    """What a run did."""

    journal: Path | None = None
    """Where that is noted."""
    total: int | None = None
    """About how many events there were at the beginning; None when that is not known."""
    sent: Counter[str] = field(default_factory=Counter)
    """How many events were sent, by home, in words."""
    removed: int = 0
    """How many events have left the place."""
    finished: int = 0
    """How many events an earlier run had sent, and this one only removed from the place."""
    possible_duplicates: int = 0
    """How many events were sent although an earlier try may have got home."""
    left: Counter[Reason] = field(default_factory=Counter)
    """How many events stay because they could not be sent, by reason."""
    passed_over: int = 0
    """How many events stay because their error is not the one asked for."""
    newer: int = 0
    """How many events stay because they came after the run began: those that failed again may be among them."""
    not_removed: int = 0
    """How many events were sent and are still there; running again removes them without sending them."""
    hidden: int = 0
    """About how many messages somebody else is holding."""
    problems: list[str] = field(default_factory=list)
    """What AWS refused beside that."""
    was_stopped: bool = False
    """Whether it was ended before all was done."""

    @property
    def code(self) -> Exit:
        """The exit code."""
        if self.problems or any(reason.refused for reason in self.left):
            return Exit.REFUSED
        return Exit.FAILED if self.left or self.not_removed or self.hidden or self.was_stopped else Exit.DONE

    @property
    def handled(self) -> int:
        """How many events of the place have been looked at."""
        return sum(self.sent.values()) + self.finished + sum(self.left.values()) + self.passed_over
