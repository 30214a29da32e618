"""The records of a stream batch, fetched back from the shard."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import Batch, FailedEvent, Origin
from constructs_lib.operations.events.records import RecordsGoneError, stream_event, with_records
from tests.operations.events.samples import FUNCTION, STREAM, TABLE, message

Stub = Callable[..., Stubber]
SHARD = "shardId-000000000001"
ARRIVED = datetime(2026, 3, 1, 9, 0, 0, 500_000, UTC)
BATCH = Batch(STREAM, SHARD, "101", "104", 4)


def record(number: int) -> dict[str, Any]:
    return {
        "SequenceNumber": str(number),
        "PartitionKey": f"key-{number}",
        "Data": b"\xff\x00",
        "ApproximateArrivalTimestamp": ARRIVED,
    }


def begins(kinesis: Stubber, kind: str = "AT_SEQUENCE_NUMBER", number: str = "101", iterator: str = "i1") -> None:
    asked = {
        "StreamARN": STREAM,
        "ShardId": SHARD,
        "ShardIteratorType": kind,
        "StartingSequenceNumber": number,
    }
    kinesis.add_response("get_shard_iterator", {"ShardIterator": iterator}, asked)


def answers(kinesis: Stubber, iterator: str, *numbers: int, then: str | None, most: int = 1000) -> None:
    answer: dict[str, Any] = {"Records": [record(number) for number in numbers]}
    if then is not None:
        answer["NextShardIterator"] = then
    kinesis.add_response("get_records", answer, {"ShardIterator": iterator, "Limit": most})


def numbers_of(event: dict[str, Any]) -> list[str]:
    return [record["kinesis"]["sequenceNumber"] for record in event["Records"]]


def test_a_record_of_kinesis_has_the_shape_of_the_mapping(account: Account, stub: Stub) -> None:
    kinesis, functions = stub("kinesis"), stub("lambda")
    begins(kinesis)
    answers(kinesis, "i1", 101, then="i2", most=1)
    role = "arn:aws:iam::123456789012:role/orders"
    functions.add_response("get_function_configuration", {"Role": role}, {"FunctionName": FUNCTION})
    event = stream_event(account, Batch(STREAM, SHARD, "101", "101", 1), function=FUNCTION)
    assert event == {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "key-101",
                    "sequenceNumber": "101",
                    "data": base64.b64encode(b"\xff\x00").decode(),
                    "approximateArrivalTimestamp": 1772355600.5,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"{SHARD}:101",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": role,
                "awsRegion": "eu-west-1",
                "eventSourceARN": STREAM,
            }
        ]
    }


def test_the_role_is_left_out_when_it_may_not_be_read(account: Account, stub: Stub) -> None:
    kinesis, functions = stub("kinesis"), stub("lambda")
    begins(kinesis)
    answers(kinesis, "i1", 101, 104, then=None, most=4)
    functions.add_client_error("get_function_configuration", "AccessDeniedException")
    (first, _) = stream_event(account, BATCH, function=FUNCTION)["Records"]
    assert first["invokeIdentityArn"] == ""


def test_answers_are_read_until_the_last_record_and_no_further(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis)
    answers(kinesis, "i1", then="i2", most=4)
    answers(kinesis, "i2", 101, 102, then="i3")
    answers(kinesis, "i3", then="i4")
    answers(kinesis, "i4", 103, 104, 105, then="i5")
    assert numbers_of(stream_event(account, BATCH)) == ["101", "102", "103", "104"]


def test_numbers_are_compared_as_numbers(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis, number="99")
    answers(kinesis, "i1", 99, 100, 101, then="i2", most=2)
    assert numbers_of(stream_event(account, Batch(STREAM, SHARD, "99", "100", 2))) == ["99", "100"]


def test_an_expired_iterator_is_renewed_behind_the_last_record(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis)
    kinesis.add_client_error("get_records", "ExpiredIteratorException")
    begins(kinesis, iterator="i2")
    answers(kinesis, "i2", 101, 102, then="i3", most=4)
    kinesis.add_client_error("get_records", "ExpiredIteratorException")
    begins(kinesis, "AFTER_SEQUENCE_NUMBER", "102", "i4")
    answers(kinesis, "i4", 103, 104, then=None)
    assert numbers_of(stream_event(account, BATCH)) == ["101", "102", "103", "104"]


def test_an_iterator_that_always_expires_ends_it(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis)
    for _ in range(10):
        kinesis.add_client_error("get_records", "ExpiredIteratorException")
        begins(kinesis)
    kinesis.add_client_error("get_records", "ExpiredIteratorException")
    with pytest.raises(OperationError, match="ExpiredIteratorException"):
        stream_event(account, BATCH)


def test_kinesis_begins_later_when_the_first_records_are_gone(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis)
    answers(kinesis, "i1", 103, 104, then="i2", most=4)
    with pytest.raises(RecordsGoneError, match=r"101 to 104.*not all from 101 on: the first one.* is 103"):
        stream_event(account, BATCH)


def test_a_closed_shard_that_ends_before_says_where(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis)
    answers(kinesis, "i1", 101, 102, then=None, most=4)
    with pytest.raises(RecordsGoneError, match=r"not all after 102: the shard is closed"):
        stream_event(account, BATCH)


def test_a_shard_that_gives_nothing_is_not_read_for_ever(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis)
    answers(kinesis, "i1", then="i1", most=4)
    for _ in range(20):
        answers(kinesis, "i1", then="i1")
    with pytest.raises(RecordsGoneError, match="21 answers in a row"):
        stream_event(account, BATCH)


def test_a_stream_that_is_gone_has_no_records(account: Account, stub: Stub) -> None:
    stub("kinesis").add_client_error("get_shard_iterator", "ResourceNotFoundException")
    with pytest.raises(RecordsGoneError, match="does not exist any more"):
        stream_event(account, BATCH)


def test_what_may_not_be_read_is_not_gone(account: Account, stub: Stub) -> None:
    stub("kinesis").add_client_error("get_shard_iterator", "AccessDeniedException", "kinesis:GetShardIterator")
    with pytest.raises(OperationError, match=f"cannot read the shard {SHARD}.*AccessDenied") as refused:
        stream_event(account, BATCH)
    assert not isinstance(refused.value, RecordsGoneError)


TABLE_SHARD = "shardId-00000001573689847184-864758bb"
TABLE_BATCH = Batch(TABLE, TABLE_SHARD, f"{800:021}", f"{801:021}", 2)


def change(number: int, **more: Any) -> dict[str, Any]:
    return {
        "eventID": f"e{number}",
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 3, 1, 9, tzinfo=UTC),
            "Keys": {"id": {"S": "17"}},
            "NewImage": {
                "raw": {"B": b"\xff\x00"},
                "parts": {"BS": [b"a", b"b"]},
                "inner": {"M": {"list": {"L": [{"N": "1.50"}, {"NULL": True}, {"B": b"c"}]}}},
            },
            "SequenceNumber": f"{number:021}",
            "SizeBytes": 40,
            "StreamViewType": "NEW_IMAGE",
        },
        **more,
    }


def test_a_change_of_a_table_has_the_shape_of_the_mapping(account: Account, stub: Stub) -> None:
    streams = stub("dynamodbstreams")
    asked = {
        "StreamArn": TABLE,
        "ShardId": TABLE_SHARD,
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "SequenceNumber": f"{800:021}",
    }
    streams.add_response("get_shard_iterator", {"ShardIterator": "i1"}, asked)
    by_ttl = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    streams.add_response("get_records", {"Records": [change(800), change(801, userIdentity=by_ttl)]})
    first, second = stream_event(account, TABLE_BATCH)["Records"]
    assert first == {
        "eventID": "e800",
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1772355600,
            "Keys": {"id": {"S": "17"}},
            "NewImage": {
                "raw": {"B": "/wA="},
                "parts": {"BS": ["YQ==", "Yg=="]},
                "inner": {"M": {"list": {"L": [{"N": "1.50"}, {"NULL": True}, {"B": "Yw=="}]}}},
            },
            "SequenceNumber": f"{800:021}",
            "SizeBytes": 40,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": TABLE,
    }
    assert second["userIdentity"] == {"principalId": "dynamodb.amazonaws.com", "type": "Service"}


def test_changes_that_were_trimmed_are_gone(account: Account, stub: Stub) -> None:
    stub("dynamodbstreams").add_client_error("get_shard_iterator", "TrimmedDataAccessException")
    with pytest.raises(RecordsGoneError, match="24 hours"):
        stream_event(account, TABLE_BATCH)


def test_only_a_batch_without_its_records_is_fetched(account: Account, stub: Stub) -> None:
    kinesis = stub("kinesis")
    begins(kinesis)
    answers(kinesis, "i1", 101, 104, then=None, most=4)
    bare = FailedEvent(message("{}"), Origin.STREAM_BATCH, batch=BATCH)
    whole = with_records(account, bare)
    assert numbers_of(whole.payload) == ["101", "104"]
    assert whole.payload_text is not None
    assert with_records(account, whole) is whole
    other = FailedEvent(message("{}"), Origin.UNKNOWN)
    assert with_records(account, other) is other
