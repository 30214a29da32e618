"""Writes failed events, and their causes, for people."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from textwrap import indent
from typing import Final

from constructs_lib.nag.reports.places import plain
from constructs_lib.operations.events.event import FailedEvent, Origin
from constructs_lib.operations.events.grouping import Cause
from constructs_lib.operations.events.json_text import loads

_NAME: Final = 11
"""How wide the column of names is."""
_MESSAGE: Final = 100
"""How much of a message a table shows."""
_UNTOLD: Final = "(the place does not tell)"


def event_lines(event: FailedEvent, number: int, payload: int, missing: str | None) -> Iterator[str]:
    """Return the lines for an event.

    Parameters
    ----------
    event
        The event.
    number
        Its number in the list.
    payload
        How many characters of the payload to show.
    missing
        Why the records of its batch are not there; None when they are, or it has none.
    """
    stage = f", {event.stage.value}" if event.stage else ""
    yield _plain(f"{number}. {event.stored.id}  {event.origin.value}{stage}")
    failure = event.failure
    error = ": ".join(part for part in (failure.type, failure.message) if part)
    rows = [
        ("function", event.function or _UNTOLD),
        ("source", event.source),
        ("error", error or _UNTOLD),
        ("condition", failure.condition),
        ("request", event.request),
        ("attempts", event.attempts),
        ("first", _time(event.first)),
        ("last", _time(event.last)),
        ("group", event.stored.system.get("MessageGroupId")),
        ("batch", _batch(event)),
        ("attributes", _attributes(event)),
        ("missing", missing),
        ("raw", event.why_raw),
    ]
    for name, value in rows:
        if value is not None:
            yield _plain(f"   {name:{_NAME}}{value}")
    if failure.trace:
        yield from _block("trace", "\n".join(failure.trace), payload)
    if event.why_raw is not None:
        yield from _block("body", event.stored.body, payload)
    elif event.payload_text is not None:
        yield from _block("payload", _pretty(event), payload)
    yield ""


def cause_table(causes: Sequence[Cause]) -> Iterator[str]:
    """Return the lines of a table of causes."""
    for cause in causes:
        error = ": ".join(part for part in (cause.type, cause.message) if part) or "(no error is told)"
        functions = ", ".join(sorted(function.split(":function:")[-1] for function in cause.functions))
        yield f"{cause.count:6}  {_plain(error)[:_MESSAGE]}"
        yield _plain(f"        function  {functions or _UNTOLD}")
        if cause.first and cause.last:
            yield f"        time      {_time(cause.first)} to {_time(cause.last)}"
        yield _plain(f"        example   {cause.example}")


def _block(name: str, text: str, most: int) -> Iterator[str]:
    cut = f"\n... cut after {most} of {len(text)} characters" if len(text) > most else ""
    yield f"   {name}"
    yield indent(plain(text[:most] + cut), "     ", lambda _line: True)


def _pretty(event: FailedEvent) -> str:
    text = event.payload_text or ""
    try:
        return json.dumps(loads(text), indent=2, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        return text


def _batch(event: FailedEvent) -> str | None:
    batch = event.batch
    if batch is None:
        return None
    records = event.payload.get("Records") if isinstance(event.payload, dict) else None
    more = len(records) - batch.size if isinstance(records, list) else 0
    others = f"; the same part of the shard has {more} more" if more > 0 else ""
    return f"{batch.size} records of {batch.shard}, {batch.start} to {batch.end}{others}"


def _attributes(event: FailedEvent) -> str | None:
    if event.origin not in (Origin.SOURCE_QUEUE, Origin.UNKNOWN):
        return None  # the other rows say what they say
    values = (
        f"{name}={attribute.get('StringValue', '(binary)')}"
        for name, attribute in sorted(event.stored.attributes.items())
    )
    return ", ".join(values) or None


def _time(time: datetime | None) -> str | None:
    return None if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _plain(line: str) -> str:
    """Return a line that is one: names from outside cannot begin another."""
    return plain(" ".join(line.splitlines()))
