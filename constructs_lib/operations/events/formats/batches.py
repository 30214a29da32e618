"""What the records of batches have in common, whatever they are batches of."""

from datetime import datetime

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import Batch, FailedEvent, Origin, Stage
from constructs_lib.operations.events.formats.answers import failure_of
from constructs_lib.operations.events.formats.found import Found
from constructs_lib.operations.events.json_text import loads


def batch_event(
    found: Found,
    origin: Origin,
    *,
    stage: Stage,
    source: str | None,
    first: datetime | None,
    batch: Batch | None = None,
    why_raw: str | None = None,
) -> FailedEvent:
    """Return a batch in the normal form, with its payload if it is there: as text in a bucket, as JSON in a topic."""
    context = fields.mapping(found.record.get("requestContext"))
    text = found.member("payload")
    payload = found.record.get("payload")
    if isinstance(payload, str):
        text = payload
        try:
            payload = loads(text)
        except ValueError as error:
            payload, text, why_raw = None, None, f"the payload is no JSON: {error}"
    elif payload is None:
        text = None
    return FailedEvent(
        stored=found.stored,
        origin=origin,
        stage=stage,
        function=fields.string(context.get("functionArn")),
        source=source,
        failure=failure_of(found.record.get("responsePayload"), fields.string(context.get("condition"))),
        request=fields.string(context.get("requestId")),
        attempts=fields.number(context.get("approximateInvokeCount")),
        first=first,
        last=fields.time(found.record.get("timestamp")) or found.stored.stored_at,
        payload=payload,
        payload_text=text,
        batch=batch,
        why_raw=None if text else why_raw,
    )
