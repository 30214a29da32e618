"""A message that SQS moved from a queue to its dead-letter queue, as it was.

What went wrong stands in the log of the function only. A look at the message counts as one time it was received.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (attributes; the
count is across all queues), .../SQSDeveloperGuide/sqs-dead-letter-queues.html (a standard queue keeps the time at which
the message was sent, a FIFO queue sets it anew).
"""

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import FailedEvent, Origin, Stage
from constructs_lib.operations.events.formats.found import Found


def parse(found: Found) -> FailedEvent | None:
    """Parse the message, whatever its body looks like: SQS says which queue it comes from."""
    return _event(found, source) if (source := found.stored.system.get("DeadLetterQueueSourceArn")) else None


def parse_by_use(found: Found) -> FailedEvent | None:
    """Parse the message when nothing but source queues put messages here, and so it can be no other."""
    uses = found.place.uses
    if not found.stored.system or not uses or any(use.origin is not Origin.SOURCE_QUEUE for use in uses):
        return None
    sources = {use.source for use in uses}
    return _event(found, sources.pop() if len(sources) == 1 else None)


def _event(found: Found, source: str | None) -> FailedEvent:
    stored = found.stored
    functions = {
        function
        for use in found.place.uses
        if use.origin is Origin.SOURCE_QUEUE and use.source == source
        for function in use.functions
    }
    received = fields.number(stored.system.get("ApproximateReceiveCount")) or 0
    is_fifo = found.place.arn.endswith(".fifo")
    return FailedEvent(
        stored=stored,
        origin=Origin.SOURCE_QUEUE,
        stage=Stage.EXECUTION,
        function=functions.pop() if len(functions) == 1 else None,
        source=source,
        attempts=received - 1 if received > 1 else None,
        first=None if is_fifo else stored.stored_at,
        last=stored.stored_at if is_fifo else None,
        payload=stored.body,
        payload_text=stored.body,
    )
