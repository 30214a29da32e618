"""Failed events of each origin, as small as they can be."""

import json
from typing import Any

from constructs_lib.operations.events.event import Batch, FailedEvent, Origin, Stored
from constructs_lib.operations.places.place import Kind, Place, Use

ACCOUNT = "123456789012"
REGION = "eu-west-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize"
OTHER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:other"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
FIFO = f"{QUEUE}.fifo"
URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/clicks"
DLQ = f"arn:aws:sqs:{REGION}:{ACCOUNT}:failed"
BATCH = Batch(stream=STREAM, shard="shardId-0", start="1", end="9", size=2)


def place(*uses: Use, arn: str = DLQ) -> Place:
    return Place(Kind.QUEUE, arn, uses)


def failed(origin: Origin, body: str = "{}", *, id: str = "m1", **more: Any) -> FailedEvent:
    stored = {name: more.pop(name) for name in ("attributes", "system") if name in more}
    if "payload" in more:
        more.setdefault("payload_text", json.dumps(more["payload"], ensure_ascii=False, separators=(",", ":")))
    return FailedEvent(Stored(id, body, **stored), origin, **more)


def message(id: str = "m1", body: str = "hello", queue: str = QUEUE, group: str | None = None) -> FailedEvent:
    """Return a message of a queue's dead-letter queue."""
    system = {"DeadLetterQueueSourceArn": queue, "SentTimestamp": "1"}
    if group is not None:
        system["MessageGroupId"] = group
    return failed(Origin.SOURCE_QUEUE, body, id=id, system=system, payload=body)


def destination(id: str = "m1", payload: Any = None, function: str | None = FUNCTION, **more: Any) -> FailedEvent:
    """Return the record of a destination."""
    return failed(Origin.DESTINATION, id=id, function=function, payload=payload or {"n": id}, **more)
