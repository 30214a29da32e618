"""What is known of an event that its home accepted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """The home accepted the event."""

    id: str
    """Of the request, or of the new message."""
