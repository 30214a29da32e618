"""The record of an asynchronous invocation that Lambda sends to a destination.

It is the body of a message, the object in a bucket, or the detail of an event that a bus handed on. The record of a
success is no failed event, and so of no known format.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html. The condition is an open set.
``responseContext`` and ``responsePayload`` can be absent, as when the function never ran: AWS does not say.
"""

from collections.abc import Mapping
from typing import Any

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import FailedEvent, Failure, Origin, Stage
from constructs_lib.operations.events.formats.answers import failure_of
from constructs_lib.operations.events.formats.found import Found


def parse(found: Found) -> FailedEvent | None:
    """Parse the record."""
    text = _record_text(found)
    if text is None:
        return None
    inner = Found(found.stored, found.place, text, found.attributes)
    record = inner.record
    context = fields.mapping(record.get("requestContext"))
    return FailedEvent(
        stored=found.stored,
        origin=Origin.DESTINATION,
        stage=Stage.EXECUTION,
        function=fields.string(context.get("functionArn")),
        failure=_failure(record, context),
        request=fields.string(context.get("requestId")),
        attempts=fields.number(context.get("approximateInvokeCount")),
        last=fields.time(record.get("timestamp")) or found.stored.stored_at,
        payload=record["requestPayload"],
        payload_text=inner.member("requestPayload"),
    )


def _record_text(found: Found) -> str | None:
    if _is_record(found.record):
        return found.text
    if found.record.get("source") == "lambda" and _is_record(fields.mapping(found.record.get("detail"))):
        return found.member("detail")
    inner = found.unwrapped()
    return None if inner is None else _record_text(inner)


def _is_record(record: Mapping[str, Any]) -> bool:
    context = fields.mapping(record.get("requestContext"))
    return "requestPayload" in record and "functionArn" in context and context.get("condition") != "Success"


def _failure(record: Mapping[str, Any], context: Mapping[str, Any]) -> Failure:
    return failure_of(record.get("responsePayload"), fields.string(context.get("condition")))
