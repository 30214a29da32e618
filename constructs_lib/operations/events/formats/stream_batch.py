"""The record of a batch of a Kinesis or DynamoDB stream that a mapping gave up.

A queue or topic gets metadata only, a bucket the payload as well. The records of the others are to be fetched back from
the shard: see ``constructs_lib.operations.events.records``.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import Batch, FailedEvent, Origin, Stage
from constructs_lib.operations.events.formats.batches import batch_event
from constructs_lib.operations.events.formats.found import Found

_KINDS: Final = ("KinesisBatchInfo", "DDBStreamBatchInfo")
_NUMBER: Final = re.compile(r"[0-9]{1,200}")


def parse(found: Found) -> FailedEvent | None:
    """Parse the record."""
    found = found.unwrapped() or found
    info = next((fields.mapping(found.record[kind]) for kind in _KINDS if kind in found.record), None)
    if info is None:
        return None
    batch = _batch(info)
    return batch_event(
        found,
        Origin.STREAM_BATCH,
        stage=Stage.EXECUTION,
        source=fields.string(info.get("streamArn")),
        first=fields.time(info.get("approximateArrivalOfFirstRecord")),
        batch=batch,
        why_raw=None if batch else "the record does not say which part of which shard the batch is",
    )


def _batch(info: Mapping[str, Any]) -> Batch | None:
    names = ("streamArn", "shardId", "startSequenceNumber", "endSequenceNumber")
    stream, shard, start, end = (fields.string(info.get(name)) for name in names)
    if stream is None or shard is None or not (start and end and _NUMBER.fullmatch(start) and _NUMBER.fullmatch(end)):
        return None
    return Batch(stream, shard, start, end, fields.number(info.get("batchSize")) or 0)
