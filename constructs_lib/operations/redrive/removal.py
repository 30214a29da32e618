"""Collects what is to leave the place, as ten can be removed in one call."""

import time
from collections.abc import Iterator
from typing import Final

from constructs_lib.operations.redrive.journal import Journal
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.reason import Reason

_TOGETHER: Final = 10
WAIT_SECONDS: Final = 0.2
"""How long the first one waits for others."""


class Removal:
    """Events that are noted as accepted.

    Parameters
    ----------
    journal
        Where it is noted that they have left.
    outcome
        Where they are counted.
    """

    def __init__(self, journal: Journal, outcome: Outcome) -> None:
        self._journal = journal
        self._outcome = outcome
        self._waiting: list[str] = []
        self._stay: set[str] = set()
        self._since = 0.0
        self.is_useless = False
        """Whether no event can be removed."""

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, event: str) -> None:
        """Let an event leave, by its id."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(event)

    def add_earlier(self, event: str) -> None:
        """Let an event leave that was accepted before; one of this run may not have left at the first try."""
        self._outcome.finished += event not in self._stay
        self.add(event)

    def due(self, *, idle: bool) -> Iterator[list[str]]:
        """Yield what is to be removed now, all of it when nothing else is going on."""
        is_late = idle or time.monotonic() - self._since >= WAIT_SECONDS
        while len(self._waiting) >= (1 if is_late else _TOGETHER):
            ids, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            yield ids

    def done(self, ids: list[str], still_there: dict[str, Reason]) -> None:
        """Take note of what has left, and of what has not."""
        gone = [event for event in ids if event not in still_there]
        self._journal.removed(gone)
        self._outcome.removed += len(gone)
        self._stay = (self._stay | set(still_there)) - set(gone)
        self._outcome.not_removed = len(self._stay)
        for reason in dict.fromkeys(still_there.values()):
            self.is_useless = self.is_useless or reason.closes
            if reason.text not in self._outcome.problems:
                self._outcome.problems.append(reason.text)
