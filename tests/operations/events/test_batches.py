"""What mappings leave of batches they gave up."""

import json
from typing import Any

import pytest

from constructs_lib.operations.events.event import Batch, Origin, Stage
from constructs_lib.operations.events.messages import stored_object
from constructs_lib.operations.events.parsing import parse
from tests.operations.events.samples import (
    CLUSTER,
    FUNCTION,
    STREAM,
    TABLE,
    batch,
    message,
    notification,
    place,
    stream_info,
)

PARTITION = {"firstRecordOffset": "1", "lastRecordOffset": "2", "firstRecordTimestamp": "2026-03-01T07:00:00.000Z"}
KAFKA = {
    "batchSize": 3,
    "eventSourceArn": CLUSTER,
    "bootstrapServers": "b-1:9098",
    "payloadSize": 100,
    "recordsInfo": {
        "orders-0": PARTITION,
        "orders-1": PARTITION | {"firstRecordTimestamp": "2026-03-01T06:00:00.000Z"},
    },
}


@pytest.mark.parametrize(("kind", "stream"), [("KinesisBatchInfo", STREAM), ("DDBStreamBatchInfo", TABLE)])
def test_a_queue_gets_only_where_the_records_are(kind: str, stream: str) -> None:
    event = parse(message(batch(kind, info := stream_info(stream))), place())
    assert (event.origin, event.stage, event.source) == (Origin.STREAM_BATCH, Stage.EXECUTION, stream)
    assert event.function == f"{FUNCTION}:$LATEST"
    assert (event.payload, event.payload_text, event.why_raw) == (None, None, None)
    start, end = info["startSequenceNumber"], info["endSequenceNumber"]
    assert event.batch == Batch(stream, "shardId-000000000001", start, end, 500)
    assert event.failure.condition == "RetryAttemptsExhausted"
    assert event.first is not None
    assert event.first.isoformat() == "2026-03-01T09:00:00.835000+00:00"


@pytest.mark.parametrize("as_text", [True, False])
def test_a_bucket_gets_the_records_as_well(as_text: bool) -> None:
    records = {"Records": [{"kinesis": {"sequenceNumber": "1"}}]}
    record = batch("KinesisBatchInfo", stream_info(), payload=json.dumps(records) if as_text else records)
    event = parse(stored_object("aws/lambda/uuid/shard/x", None, json.dumps(record), None), place())
    assert event.payload == records
    assert json.loads(event.payload_text or "") == records


def test_a_batch_in_the_envelope_of_a_topic() -> None:
    event = parse(message(notification(json.dumps(batch("KinesisBatchInfo", stream_info())))), place())
    assert event.batch is not None
    assert event.batch.stream == STREAM


@pytest.mark.parametrize(
    "changes",
    [
        {"startSequenceNumber": None},
        {"endSequenceNumber": "x"},
        {"endSequenceNumber": "9" * 5000},
        {"streamArn": 3},
        {"shardId": ""},
    ],
)
def test_a_batch_that_cannot_be_found_again_says_so(changes: dict[str, Any]) -> None:
    event = parse(message(batch("KinesisBatchInfo", stream_info() | changes)), place())
    assert (event.origin, event.batch) == (Origin.STREAM_BATCH, None)
    assert event.why_raw is not None


def test_a_payload_that_is_cut_off_leaves_the_batch() -> None:
    event = parse(message(batch("KinesisBatchInfo", stream_info(), payload='{"Rec')), place())
    assert (event.payload, event.payload_text) == (None, None)
    assert event.batch is not None
    assert event.why_raw is not None
    assert "no JSON" in event.why_raw


def test_a_batch_of_kafka() -> None:
    event = parse(message(batch("KafkaBatchInfo", KAFKA)), place())
    assert (event.origin, event.stage, event.source, event.payload) == (
        Origin.KAFKA_BATCH,
        Stage.EXECUTION,
        CLUSTER,
        None,
    )
    assert event.first is not None
    assert event.first.isoformat() == "2026-03-01T06:00:00+00:00"


def test_a_batch_of_kafka_that_is_too_large_never_reached_the_function() -> None:
    record = batch("KafkaBatchInfo", KAFKA, responseContext=None)
    record["requestContext"]["condition"] = "MaximumPayloadSizeExceeded"
    assert parse(message(record), place()).stage is Stage.DELIVERY


def test_a_batch_of_kafka_in_a_bucket_has_its_payload() -> None:
    records = {"eventSource": "aws:kafka", "records": {"orders-0": []}}
    event = parse(message(batch("KafkaBatchInfo", KAFKA, payload=json.dumps(records))), place())
    assert event.payload == records
