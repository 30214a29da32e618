"""What an invocation works with, whatever the place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.failure_redrive.handler.courier import Courier, Result
from constructs_lib.failure_redrive.handler.outcome import Outcome
from constructs_lib.failure_redrive.handler.pace import Pace
from constructs_lib.operations.events.event import Stored
from constructs_lib.operations.events.parsing import parse
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.redrive.reason import Reason

AT_ONCE: Final = 10
"""Events in hand, and threads."""


@dataclass(frozen=True)
class Shift:
    """What an invocation works with."""

    place: Place
    job: Mapping[str, Any]
    """What all parts of an execution have in common."""
    courier: Courier
    pace: Pace
    outcome: Outcome

    def deliver(self, taken: Sequence[Stored]) -> dict[str, Result]:
        """Send home what was taken; return what became of each, by its id."""
        return self.courier.deliver([parse(stored, self.place) for stored in taken])


def accepted(taken: Sequence[Stored], results: Mapping[str, Result]) -> list[Stored]:
    """Return those whose home has accepted them."""
    return [stored for stored in taken if not isinstance(results[stored.id], Reason)]


def closed(results: Mapping[str, Result]) -> Reason | None:
    """Return the reason why no other event would be accepted either."""
    reasons = (result for result in results.values() if isinstance(result, Reason))
    return next((reason for reason in reasons if reason.closes), None)
