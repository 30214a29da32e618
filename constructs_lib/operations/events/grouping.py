"""Groups failed events by why they failed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from constructs_lib.operations.events.event import FailedEvent

_VARIABLE: Final = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.I), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"\b(?=[0-9a-z_-]*\d)(?=[0-9a-z_-]*[a-z])[0-9a-z_-]{12,}\b", re.I), "<id>"),
    (re.compile(r"\d+(\.\d+)?"), "<n>"),
)
"""What differs from event to event although the cause is the same, the longest forms first."""
_LONGEST: Final = 2_000
"""The end of a longer message says no more about the cause."""


@dataclass
class Cause:
    """Events that failed for the same reason."""

    type: str | None
    message: str | None
    """Without what differs from event to event."""
    example: str
    """The id of the first of them."""
    count: int = 0
    functions: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None

    def add(self, event: FailedEvent) -> None:
        """Count an event."""
        self.count += 1
        if event.function is not None:
            self.functions.add(event.function)
        times = [time for time in (self.first, self.last, event.first, event.last) if time is not None]
        self.first, self.last = min(times, default=None), max(times, default=None)


def causes(events: Iterable[FailedEvent]) -> list[Cause]:
    """Return the causes of failed events, the most frequent one first.

    Parameters
    ----------
    events
        The events; none of them is kept.
    """
    found: dict[tuple[str | None, str | None], Cause] = {}
    for event in events:
        kind, message = event.failure.type or event.failure.condition, _constant(event.failure.message)
        found.setdefault((kind, message), Cause(kind, message, event.stored.id)).add(event)
    return sorted(found.values(), key=lambda cause: -cause.count)


def _constant(message: str | None) -> str | None:
    if message is None:
        return None
    message = message[:_LONGEST]
    for pattern, name in _VARIABLE:
        message = pattern.sub(name, message)
    return message
