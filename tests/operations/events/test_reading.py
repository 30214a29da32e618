"""Reading a place without consuming what lies there."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.events.reading import Reading, read_failures
from constructs_lib.operations.places.place import Kind, Place
from tests.operations.events.samples import QUEUE, SENT, destination, place

Stub = Callable[..., Stubber]
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-failed"
BUCKET = Place(Kind.BUCKET, "arn:aws:s3:::kept", (), "aws/lambda/async/orders/")


def opens(sqs: Stubber, visible: int, **more: str) -> None:
    asked = {"QueueName": "orders-failed", "QueueOwnerAWSAccountId": "123456789012"}
    sqs.add_response("get_queue_url", {"QueueUrl": URL}, asked)
    attributes = {"ApproximateNumberOfMessages": str(visible), **more}
    sqs.add_response("get_queue_attributes", {"Attributes": attributes})


def hands_out(sqs: Stubber, *numbers: int, count: int = 10, receipt: str = "r") -> None:
    messages = [
        {
            "MessageId": f"m{number}",
            "ReceiptHandle": f"{receipt}{number}",
            "Body": json.dumps(destination()),
            "Attributes": {"SentTimestamp": SENT},
        }
        for number in numbers
    ]
    asked = {
        "QueueUrl": URL,
        "MaxNumberOfMessages": count,
        "VisibilityTimeout": 300,
        "WaitTimeSeconds": 1,
        "MessageSystemAttributeNames": ["All"],
        "MessageAttributeNames": ["All"],
    }
    sqs.add_response("receive_message", {"Messages": messages} if numbers else {}, asked)


def shows_again(sqs: Stubber, *handles: str) -> None:
    entries = [{"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0} for n, handle in enumerate(handles)]
    for start in range(0, len(entries), 10):
        asked = {"QueueUrl": URL, "Entries": entries[start : start + 10]}
        sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []}, asked)


def test_a_queue_is_read_whole_and_all_of_it_made_visible_again(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    opens(sqs, 12)
    hands_out(sqs, *range(10))
    hands_out(sqs, 10, 11)
    hands_out(sqs)
    shows_again(sqs, *(f"r{number}" for number in range(12)))
    reading = read_failures(account, place())
    events = list(reading)
    assert [event.stored.id for event in events] == [f"m{number}" for number in range(12)]
    assert {event.origin for event in events} == {Origin.DESTINATION}
    assert (reading.rest, reading.problems) == (None, [])


def test_a_message_that_comes_twice_is_one_event(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    opens(sqs, 2)
    hands_out(sqs, 1)
    hands_out(sqs, 1, 2, receipt="again")
    hands_out(sqs)
    shows_again(sqs, "again1", "again2")
    assert [event.stored.id for event in read_failures(account, place())] == ["m1", "m2"]


def test_an_empty_answer_is_no_end_while_messages_are_expected(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    opens(sqs, 3, ApproximateNumberOfMessagesNotVisible="1")
    hands_out(sqs, 1)
    hands_out(sqs)
    hands_out(sqs, 2)
    for _ in range(3):
        hands_out(sqs)
    shows_again(sqs, "r1", "r2")
    reading = read_failures(account, place())
    assert len(list(reading)) == 2
    assert reading.rest == "about 2 more, delayed or hidden by a consumer"


def test_a_limit_is_kept_and_what_is_beyond_is_told(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    opens(sqs, 30)
    hands_out(sqs, *range(10))
    hands_out(sqs, 10, 11, count=2)
    shows_again(sqs, *(f"r{number}" for number in range(12)))
    reading = read_failures(account, place(), limit=12)
    assert len(list(reading)) == 12
    assert reading.rest == "about 18 more, beyond the limit"


def test_what_a_fifo_queue_keeps_back_is_told(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    opens(sqs, 25, FifoQueue="true")
    hands_out(sqs, *range(10))
    for _ in range(3):
        hands_out(sqs)
    shows_again(sqs, *(f"r{number}" for number in range(10)))
    reading = read_failures(account, place())
    assert len(list(reading)) == 10
    assert reading.rest is not None
    assert reading.rest.startswith("about 15 more, behind those of their message groups")


@pytest.mark.parametrize("error", [KeyboardInterrupt, BrokenPipeError])
def test_whoever_stops_in_between_leaves_nothing_hidden(
    account: Account, stub: Stub, error: type[BaseException]
) -> None:
    sqs = stub("sqs")
    opens(sqs, 3)
    hands_out(sqs, 1, 2, 3)
    shows_again(sqs, "r1", "r2", "r3")  # of all that were received, not only of those that were seen

    def look(reading: Reading) -> None:
        with reading:
            next(iter(reading))
            raise error

    with pytest.raises(error):
        look(read_failures(account, place()))


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("KmsAccessDenied", "allow kms:Decrypt on the key"),
        ("KMS.AccessDeniedException", "allow kms:Decrypt on the key"),
        ("KMS.DisabledException", "enable or restore the key"),
        ("KMS.ThrottlingException", "try again later"),
        ("AccessDenied", "ask for the permission"),
    ],
)
def test_an_error_in_between_leaves_nothing_hidden(account: Account, stub: Stub, code: str, advice: str) -> None:
    sqs = stub("sqs")
    opens(sqs, 20)
    hands_out(sqs, 1)
    sqs.add_client_error("receive_message", code, http_status_code=400)
    shows_again(sqs, "r1")
    seen = []
    with pytest.raises(OperationError, match=advice) as refused:
        seen += [event.stored.id for event in read_failures(account, place())]
    assert refused.value.code is Exit.REFUSED


def test_what_stays_hidden_is_told(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    opens(sqs, 1)
    hands_out(sqs, 1)
    hands_out(sqs)
    sqs.add_client_error("change_message_visibility_batch", "AccessDenied")
    reading = read_failures(account, place())
    assert len(list(reading)) == 1
    assert "1 messages cannot be made visible again" in reading.problems[0]


def test_too_many_hidden_messages_end_it(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    opens(sqs, 1)
    hands_out(sqs, 1)
    sqs.add_client_error("receive_message", "OverLimit")
    shows_again(sqs, "r1")
    reading = read_failures(account, place())
    assert len(list(reading)) == 1
    assert "hides no more" in reading.problems[0]


def test_a_queue_that_would_move_messages_on_is_not_read(account: Account, stub: Stub) -> None:
    policy = {"deadLetterTargetArn": f"{QUEUE}-again", "maxReceiveCount": 3}
    opens(stub("sqs"), 1, RedrivePolicy=json.dumps(policy))
    with pytest.raises(OperationError, match=r"received 3 times.*read orders-failed-again instead"):
        list(read_failures(account, place()))


def test_a_queue_that_is_gone(account: Account, stub: Stub) -> None:
    stub("sqs").add_client_error("get_queue_url", "AWS.SimpleQueueService.NonExistentQueue", "no such queue")
    with pytest.raises(OperationError, match=r"cannot read the queue orders-failed.*it may be deleted"):
        list(read_failures(account, place()))


@pytest.mark.parametrize(
    ("kind", "instead"), [(Kind.TOPIC, "subscribe a queue"), (Kind.FUNCTION, "log"), (Kind.BUS, "rule")]
)
def test_places_that_keep_nothing_say_what_to_do(account: Account, kind: Kind, instead: str) -> None:
    with pytest.raises(OperationError, match=instead) as refused:
        read_failures(account, Place(kind, "arn:aws:x:eu-west-1:123456789012:y", ()))
    assert refused.value.code is Exit.USAGE


def lists(s3: Stubber, *keys: str, size: int = 10, prefix: str = BUCKET.prefix, after: str | None = None) -> None:
    contents = [{"Key": key, "Size": size, "LastModified": datetime(2026, 3, 1, tzinfo=UTC)} for key in keys]
    asked = {"Bucket": "kept", "Prefix": prefix} | ({"ContinuationToken": after} if after else {})
    answer: dict[str, Any] = {"Contents": contents, "IsTruncated": after is None and len(keys) == 2}
    if answer["IsTruncated"]:
        answer["NextContinuationToken"] = "next"
    s3.add_response("list_objects_v2", answer, asked)


def holds(s3: Stubber, key: str, content: bytes, version: str = "v1") -> None:
    body = StreamingBody(io.BytesIO(content), len(content))
    answer = {"Body": body, "VersionId": version, "LastModified": datetime(2026, 3, 1, tzinfo=UTC)}
    s3.add_response("get_object", answer, {"Bucket": "kept", "Key": key})


def test_a_bucket_is_read_page_by_page_with_versions(account: Account, stub: Stub) -> None:
    s3 = stub("s3")
    lists(s3, "a", "b")
    for key in "ab":
        holds(s3, key, json.dumps(destination()).encode())
    lists(s3, "c", after="next")
    holds(s3, "c", json.dumps(destination()).encode(), "v2")
    reading = read_failures(account, BUCKET)
    found = [(event.stored.id, event.stored.handle, event.origin) for event in reading]
    assert found == [("a", "v1", Origin.DESTINATION), ("b", "v1", Origin.DESTINATION), ("c", "v2", Origin.DESTINATION)]
    assert reading.rest is None


def test_one_object_that_cannot_be_read_hides_no_other(account: Account, stub: Stub) -> None:
    s3 = stub("s3")
    lists(s3, "denied", "deleted")
    s3.add_client_error("get_object", "AccessDenied", "no kms:Decrypt for you")
    s3.add_client_error("get_object", "NoSuchKey")
    lists(s3, "bytes", "text", "whole", after="next")
    holds(s3, "bytes", b"\xff\xfe")
    holds(s3, "text", b"hello")
    holds(s3, "whole", json.dumps(destination()).encode())
    reading = read_failures(account, BUCKET)
    found = {event.stored.id: event for event in reading}
    assert {key: event.origin for key, event in found.items()} == {
        "bytes": Origin.UNKNOWN,
        "text": Origin.UNKNOWN,
        "whole": Origin.DESTINATION,
    }
    assert "UTF-8" in (found["bytes"].why_raw or "")
    (problem,) = reading.problems
    assert "s3://kept/denied" in problem
    assert "kms:Decrypt on the key" in problem


def test_a_limit_bounds_what_is_got_from_a_bucket(account: Account, stub: Stub) -> None:
    s3 = stub("s3")
    lists(s3, "a", "b")
    holds(s3, "a", b"{}")
    reading = read_failures(account, BUCKET, limit=1)
    assert len(list(reading)) == 1
    assert reading.rest == "more, beyond the limit"


def test_a_huge_object_is_no_record(account: Account, stub: Stub) -> None:
    lists(stub("s3"), "dump", size=10**9)
    (event,) = read_failures(account, BUCKET)
    assert "1000000000 bytes" in (event.why_raw or "")


def test_of_a_bucket_without_prefix_only_what_lambda_writes_is_read(account: Account, stub: Stub) -> None:
    lists(stub("s3"), prefix="aws/lambda/")
    assert list(read_failures(account, Place(Kind.BUCKET, "arn:aws:s3:::kept", ()))) == []


def test_a_bucket_that_is_gone(account: Account, stub: Stub) -> None:
    stub("s3").add_client_error("list_objects_v2", "NoSuchBucket")
    with pytest.raises(OperationError, match=r"cannot list s3://kept/aws/lambda/async/orders/.*NoSuchBucket"):
        list(read_failures(account, BUCKET))
