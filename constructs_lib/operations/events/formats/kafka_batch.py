"""The record of a batch of Kafka that a mapping gave up.

A queue or topic of SNS gets metadata only, a bucket the payload as well.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html and
https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html: a batch that is too large for Lambda has
the condition ``MaximumPayloadSizeExceeded`` and no answer of the function.
"""

from typing import Final

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import FailedEvent, Origin, Stage
from constructs_lib.operations.events.formats.batches import batch_event
from constructs_lib.operations.events.formats.found import Found

_TOO_LARGE: Final = "MaximumPayloadSizeExceeded"


def parse(found: Found) -> FailedEvent | None:
    """Parse the record."""
    found = found.unwrapped() or found
    if "KafkaBatchInfo" not in found.record:
        return None
    info = fields.mapping(found.record["KafkaBatchInfo"])
    condition = fields.mapping(found.record.get("requestContext")).get("condition")
    partitions = [fields.mapping(part) for part in fields.mapping(info.get("recordsInfo")).values()]
    times = [fields.time(part.get("firstRecordTimestamp")) for part in partitions]
    return batch_event(
        found,
        Origin.KAFKA_BATCH,
        stage=Stage.DELIVERY if condition == _TOO_LARGE else Stage.EXECUTION,
        source=fields.string(info.get("eventSourceArn")) or fields.string(info.get("bootstrapServers")),
        first=min((time for time in times if time is not None), default=None),
    )
