"""Takes what the APIs of SQS and S3 return as what lies in a place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import Stored


def stored_message(message: Mapping[str, Any]) -> Stored:
    """Return a message of SQS.

    Parameters
    ----------
    message
        As ReceiveMessage returns it, with all its attributes.
    """
    system = {str(name): str(value) for name, value in (message.get("Attributes") or {}).items()}
    return Stored(
        id=message.get("MessageId", ""),
        body=message.get("Body", ""),
        attributes=dict(message.get("MessageAttributes") or {}),
        system=system,
        handle=message.get("ReceiptHandle", ""),
        stored_at=fields.milliseconds(system.get("SentTimestamp")),
    )


def stored_object(key: str, version: str | None, body: str, last_modified: datetime | None) -> Stored:
    """Return an object of a bucket.

    Parameters
    ----------
    key
        Its key.
    version
        Its version; None in a bucket without versions.
    body
        Its text.
    last_modified
        When it was written.
    """
    return Stored(id=key, body=body, handle=version or "", stored_at=last_modified)
