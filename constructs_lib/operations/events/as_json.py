"""Writes failed events, and their causes, as JSON."""

import base64
import json
from datetime import datetime
from typing import Any

from constructs_lib.operations.events.event import FailedEvent, Origin
from constructs_lib.operations.events.grouping import Cause
from constructs_lib.operations.events.json_text import loads


def event_line(event: FailedEvent, problem: str | None = None) -> str:
    """Return an event as one line.

    Parameters
    ----------
    event
        The event.
    problem
        Why the records of its batch are not there. Default: they are, or it has none.
    """
    stored, failure, batch = event.stored, event.failure, event.batch
    found: dict[str, Any] = {
        "id": stored.id,
        "origin": event.origin.value,
        "stage": event.stage and event.stage.value,
        "function": event.function,
        "source": event.source,
        "error": {
            "type": failure.type,
            "message": failure.message,
            "condition": failure.condition,
            "trace": list(failure.trace),
        },
        "request": event.request,
        "attempts": event.attempts,
        "first": _time(event.first),
        "last": _time(event.last),
        "payload": _payload(event),
    }
    if batch is not None:
        names = ("stream", "shard", "start", "end", "size")
        found["batch"] = {name: getattr(batch, name) for name in names}
    if problem is not None:
        found["recordsMissing"] = problem
    if event.why_raw is not None:
        found |= {"whyRaw": event.why_raw, "body": stored.body}
    if stored.attributes or stored.system:
        found |= {"messageAttributes": stored.attributes, "systemAttributes": stored.system}
    elif stored.handle:
        found["version"] = stored.handle
    try:
        return json.dumps(found, default=_bytes, allow_nan=False)
    # What can just be read, cannot be written one level deeper; and 1e400 is JSON, but too large for Python.
    except (RecursionError, ValueError):
        return json.dumps(found | {"payload": event.payload_text}, default=_bytes)


def cause_line(cause: Cause) -> str:
    """Return a cause as one line."""
    return json.dumps(
        {
            "count": cause.count,
            "type": cause.type,
            "message": cause.message,
            "functions": sorted(cause.functions),
            "first": _time(cause.first),
            "last": _time(cause.last),
            "example": cause.example,
        }
    )


def _payload(event: FailedEvent) -> Any:
    if event.origin is not Origin.SOURCE_QUEUE:
        return event.payload
    try:
        return loads(event.payload)
    except ValueError:
        return event.payload


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds")


def _bytes(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
