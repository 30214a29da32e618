"""What a run is asked to do."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_lib.operations.redrive.outcome import Outcome

WORKERS: Final = 16


def _silent(_: Any) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Options:
    """What a run is asked to do, and whom it tells."""

    to: str | None = None
    """The name or ARN of a function that is to get the events. Default: where each belongs."""
    error: str | None = None
    """A text in the error of the events to be sent. Default: all are."""
    limit: int | None = None
    """How many events to send at most. Default: all."""
    rate: float | None = None
    """How many events to send a second at most. Default: as many as go."""
    workers: int = WORKERS
    """How many calls are made at once."""
    progress: Callable[[Outcome], None] = _silent
    """Called again and again with what is done so far."""
    warn: Callable[[str], None] = _silent
    """Called with what should be known at once."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set it to end the run when what is being sent is."""

    @property
    def noted(self) -> dict[str, Any]:
        """What the journal says of them."""
        chosen = {"to": self.to, "error": self.error, "limit": self.limit, "rate": self.rate}
        return {name: value for name, value in chosen.items() if value is not None}
