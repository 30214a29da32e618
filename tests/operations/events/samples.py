"""Failed events as they lie in queues and buckets, with the fields that AWS's guides show."""

import json
from typing import Any

from constructs_lib.operations.events.event import Origin, Stored
from constructs_lib.operations.events.messages import stored_message
from constructs_lib.operations.places.place import Kind, Place, Use

SENT = "1700000000000"
SENT_AT = "2023-11-14T22:13:20+00:00"


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:eu-west-1:123456789012:{rest}"


FUNCTION = arn("lambda", "function:orders")
OTHER = arn("lambda", "function:invoices")
QUEUE = arn("sqs", "orders-failed")
SOURCE = arn("sqs", "orders")
TOPIC = arn("sns", "orders")
SUBSCRIPTION = f"{TOPIC}:0b6f5a9e-5d6a-4a59-8c5e-6f1f0a1d2e3f"
STREAM = arn("kinesis", "stream/clicks")
TABLE = arn("dynamodb", "table/orders/stream/2026-01-01T00:00:00.000")
RULE = arn("events", "rule/nightly")
SCHEDULE = arn("scheduler", "schedule/default/nightly")
CLUSTER = arn("kafka", "cluster/orders/0f0f")
ERROR = {
    "errorMessage": "order 17 has no lines",
    "errorType": "ValueError",
    "stackTrace": ["  File index.py, line 3\n"],
}
DLQ_ATTRIBUTES = {"RequestID": "req-1", "ErrorCode": "200", "ErrorMessage": "order 17 has no lines"}


def message(body: Any, attributes: dict[str, str] | None = None, **system: str) -> Stored:
    return stored_message(
        {
            "MessageId": "m-1",
            "ReceiptHandle": "handle",
            "Body": body if isinstance(body, str) else json.dumps(body),
            "Attributes": {"SentTimestamp": SENT, "ApproximateReceiveCount": "4", **system},
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value} for name, value in (attributes or {}).items()
            },
        }
    )


def place(*uses: Use) -> Place:
    return Place(Kind.QUEUE, QUEUE, uses)


def use(origin: Origin, owner: str, *functions: str, source: str | None = None) -> Use:
    return Use(origin, owner, functions or (FUNCTION,), source)


def destination(**changes: Any) -> dict[str, Any]:
    return {
        "version": "1.0",
        "timestamp": "2026-03-01T10:00:00.123Z",
        "requestContext": {
            "requestId": "e4b46cbf",
            "functionArn": f"{FUNCTION}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"id": 17},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": ERROR,
        **changes,
    }


def batch(kind: str, info: dict[str, Any], **more: Any) -> dict[str, Any]:
    record = destination(**{kind: info}, **more)
    for name in ("requestPayload", "responsePayload"):
        del record[name]
    record["requestContext"]["condition"] = "RetryAttemptsExhausted"
    return record


def stream_info(stream: str = STREAM) -> dict[str, Any]:
    return {
        "shardId": "shardId-000000000001",
        "startSequenceNumber": "49601189658422359378836298521827638475320189012309704722",
        "endSequenceNumber": "49601189658422359378836298522902373528957594348623495186",
        "approximateArrivalOfFirstRecord": "2026-03-01T09:00:00.835Z",
        "approximateArrivalOfLastRecord": "2026-03-01T09:00:05.580Z",
        "batchSize": 500,
        "streamArn": stream,
    }


def notification(text: str, **changes: Any) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "9f1e",
        "TopicArn": TOPIC,
        "Subject": "new order",
        "Message": text,
        "Timestamp": "2026-03-01T09:30:00.000Z",
        "SignatureVersion": "1",
        "Signature": "c2ln",
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/cert.pem",
        "UnsubscribeURL": f"https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}",
        **changes,
    }
