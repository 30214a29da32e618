"""What a function gets to see of a failed event."""

import base64
import hashlib
import json
from typing import Any

from constructs_lib.facts import ASYNC_PAYLOAD_MAX_BYTES
from constructs_lib.operations.events.event import FailedEvent, Origin
from constructs_lib.operations.redrive.reason import Reason


def payload_of(event: FailedEvent) -> bytes | Reason:
    """Return what a function is to get in an asynchronous invocation, or why it cannot have it.

    A message gets the form in which a mapping of its queue hands it over. Of a stream batch it needs the records.

    Parameters
    ----------
    event
        The event.
    """
    if event.origin is Origin.SOURCE_QUEUE:
        return _small(encoded(queue_event(event)))
    if _is_truncated(event):
        return Reason("Scheduler cut its payload off (IS_PAYLOAD_TRUNCATED)")
    if event.payload_text is None:
        return Reason("the record does not hold the payload")
    return _small(event.payload_text.encode())


def encoded(payload: Any) -> bytes:
    """Return a payload as JSON."""
    try:
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a character, which only an escape can hold
        return json.dumps(payload, separators=(",", ":")).encode()


def queue_event(event: FailedEvent) -> dict[str, Any]:
    """Return the event that a mapping of the message's queue hands to its function.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html. The receipt handle is empty: there is none for
    the queue that the event names.
    """
    stored = event.stored
    queue = stored.system.get("DeadLetterQueueSourceArn") or event.source or ""
    record = {
        "messageId": stored.id,
        "receiptHandle": "",
        "body": stored.body,
        "attributes": {name: value for name, value in stored.system.items() if name != "DeadLetterQueueSourceArn"},
        "messageAttributes": {name: _attribute(value) for name, value in stored.attributes.items()},
        "md5OfBody": hashlib.md5(stored.body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "awsRegion": queue.split(":")[3] if queue.count(":") == 5 else "",
    }
    return {"Records": [record]}


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value.get("DataType")}
    if "StringValue" in value:
        found["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        found["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return found


def _small(payload: bytes) -> bytes | Reason:
    if len(payload) > ASYNC_PAYLOAD_MAX_BYTES:
        return Reason("it has more than 1 MB, the most that Lambda takes in an asynchronous invocation")
    return payload


def _is_truncated(event: FailedEvent) -> bool:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html."""
    said = event.stored.attributes.get("IS_PAYLOAD_TRUNCATED", {}).get("StringValue", "")
    return event.origin is Origin.SCHEDULE and str(said).lower() == "true"
