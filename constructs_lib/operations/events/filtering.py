"""Chooses failed events by why they failed."""

from constructs_lib.operations.events.event import FailedEvent


def matches(event: FailedEvent, text: str) -> bool:
    """Say whether a text stands in the error of an event: in its type, message or condition.

    Parameters
    ----------
    event
        The failed event. One whose place tells no error matches only the empty text.
    text
        The text; its case does not matter.
    """
    failure = event.failure
    said = ": ".join(part for part in (failure.type, failure.message, failure.condition) if part)
    return text.casefold() in said.casefold()
