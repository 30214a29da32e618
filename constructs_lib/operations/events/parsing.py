"""Brings what lies in a place into the normal form.

A place is often shared, by several functions and by both stages on the way of an event. So what a message says itself
comes first, and who uses the place is asked only for what the message leaves open.
"""

from collections.abc import Sequence
from typing import Final

from constructs_lib.operations.events.event import FailedEvent, Origin, Stored
from constructs_lib.operations.events.formats import (
    destination,
    function_dlq,
    kafka_batch,
    rule,
    schedule,
    source_queue,
    stream_batch,
    subscription,
)
from constructs_lib.operations.events.formats.found import Format, Found, found_in
from constructs_lib.operations.places.place import Place

_FORMATS: Final[Sequence[Format]] = (
    # SQS itself says so, and the body can be anything, such as a record that was to be handled.
    source_queue.parse,
    rule.parse,
    schedule.parse,
    # It can hold the record of a destination; that one lies here without the attributes.
    subscription.parse,
    stream_batch.parse,
    kafka_batch.parse,
    destination.parse,
    function_dlq.parse,
    subscription.parse_by_use,
    source_queue.parse_by_use,
)


def parse(stored: Stored, place: Place) -> FailedEvent:
    """Return what lies in a place in the normal form, whatever it is.

    Parameters
    ----------
    stored
        The message or object.
    place
        Where it lies, and who uses that place.

    Returns
    -------
    FailedEvent
        Of the origin ``UNKNOWN``, with ``why_raw``, when it has no known format.
    """
    found = found_in(stored, place)
    parsed = (event for form in _FORMATS if (event := form(found)) is not None)
    try:
        return next(parsed, None) or unknown(stored, _why(found))
    except RecursionError:  # of what could just be read, and not be put together again
        return unknown(stored, "the body is nested too deeply")


def unknown(stored: Stored, why: str) -> FailedEvent:
    """Return what lies in a place as it is.

    Parameters
    ----------
    stored
        The message or object.
    why
        Why this is no known format.
    """
    return FailedEvent(stored=stored, origin=Origin.UNKNOWN, last=stored.stored_at, why_raw=why)


def _why(found: Found) -> str:
    if found.why_no_json:
        return f"no attributes of a known format, and the body is no JSON: {found.why_no_json}"
    if found.notification():
        return "a notification of SNS, in a queue in which no subscription leaves what it could not deliver"
    return "no attributes and no fields of a known format"
