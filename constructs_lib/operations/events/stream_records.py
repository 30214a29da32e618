"""Makes records of an event of what the APIs of Kinesis and DynamoDB Streams return.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html and .../with-ddb.html (the events),
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html (``userIdentity``).
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from constructs_lib.operations.events.event import Batch


def kinesis_record(record: Mapping[str, Any], batch: Batch, role: str) -> dict[str, Any]:
    """Return a record of Kinesis as it is in an event.

    Parameters
    ----------
    record
        As GetRecords of boto3 returns it.
    batch
        The batch it belongs to.
    role
        The ARN of the role of the function.
    """
    number = record["SequenceNumber"]
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": number,
            "data": base64.b64encode(record["Data"]).decode(),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{batch.shard}:{number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role,
        "awsRegion": batch.stream.split(":")[3],
        "eventSourceARN": batch.stream,
    }


def dynamodb_record(record: Mapping[str, Any], stream: str) -> dict[str, Any]:
    """Return a record of a DynamoDB stream as it is in an event.

    Parameters
    ----------
    record
        As GetRecords of boto3 returns it.
    stream
        The ARN of the stream.
    """
    found: dict[str, Any] = _as_json(record)
    if identity := found.get("userIdentity"):
        # The API and the event spell it differently.
        found["userIdentity"] = {name[:1].lower() + name[1:]: value for name, value in identity.items()}
    return {**found, "eventSourceARN": stream}


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_json(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_json(member) for member in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        seconds = value.timestamp()
        return int(seconds) if seconds.is_integer() else seconds
    return value
