"""Where the events of a run come from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.redrive.reason import Reason


class Source(Protocol):
    """The events of a place, each kept from other runs, where the place can do that, until it is removed or left."""

    total: int | None
    """About how many events there were at the beginning; None when that is not known."""
    began: datetime
    """When the place was opened, by the clock of AWS."""
    hidden_seconds: int
    """For how long events stay hidden when the run is killed."""
    asks_at_once: int
    """How many threads may ask for events at once."""
    uses_ids_again: bool
    """Whether another event can have the id of one that has left, as an object its key."""

    @property
    def problems(self) -> list[str]:
        """What could not be read, and why."""

    def receive(self) -> list[FailedEvent]:
        """Return up to ten events; none when there are none at the moment."""

    def remove(self, ids: Sequence[str], /) -> dict[str, Reason]:
        """Remove up to ten events; return those that are still there, and why."""

    def hidden(self) -> int:
        """Return about how many events others are keeping."""

    def close(self) -> None:
        """Let go of what was not removed."""
