import pytest

from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.finding import find_place
from constructs_lib.operations.places.place import Kind, Place
from tests.operations.live.answers import Answers, Refused
from tests.operations.places.account import BUCKET, FAILED, JOBS, RESIZE, RETRIED, arn
from tests.operations.places.shop import ASYNC, SHOP, TOPIC


@pytest.mark.parametrize(
    "name",
    [
        "failed",
        FAILED,
        "https://sqs.eu-west-1.amazonaws.com/111111111111/failed",
        "https://eu-west-1.queue.amazonaws.com/111111111111/failed",
        "https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/111111111111/failed",
        "http://127.0.0.1:4566/111111111111/failed",
    ],
)
def test_a_queue(shop: Answers, name: str) -> None:
    found = find_place(shop, name)
    assert (found.kind, found.arn, found.prefix) == (Kind.QUEUE, FAILED, "")
    assert [(use.origin, use.source) for use in found.uses] == [(Origin.SOURCE_QUEUE, JOBS)]
    assert found.uses_are_whole


def test_a_queue_that_nothing_names(shop: Answers) -> None:
    assert find_place(shop, "jobs") == Place(Kind.QUEUE, JOBS, ())


@pytest.mark.parametrize("beginning", ["s3://kept", BUCKET])
@pytest.mark.parametrize(
    ("prefix", "origins"),
    [
        (ASYNC, {Origin.DESTINATION}),
        (f"{ASYNC}2026/03/01/", {Origin.DESTINATION}),
        (f"aws/lambda/{RETRIED}/shardId-000000000000/", {Origin.STREAM_BATCH}),
        ("aws/lambda/", {Origin.DESTINATION, Origin.STREAM_BATCH}),
        ("", {Origin.DESTINATION, Origin.STREAM_BATCH}),
        ("pictures/", set()),
    ],
)
def test_a_bucket(shop: Answers, beginning: str, prefix: str, origins: set[Origin]) -> None:
    found = find_place(shop, f"{beginning}/{prefix}")
    assert (found.kind, found.arn, found.prefix) == (Kind.BUCKET, BUCKET, prefix)
    assert {use.origin for use in found.uses} == origins


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("faild", "found none called 'faild'; did you mean 'failed'"),
        ("xyz", "found none called 'xyz'; check the name"),
        ("kept", "found none called 'kept'; write s3://kept$"),
        ("s3://nope/", "found none called 's3://nope/'"),
        ("s3:///x", "write the name of the bucket"),
        ("a b", "expected the name, URL or ARN of a queue, or s3://bucket/prefix, found 'a b'"),
        ("arn:aws:sqs:us-east-1:111111111111:failed", "found one in us-east-1; give --region us-east-1"),
        ("https://sqs.us-east-1.amazonaws.com/111111111111/failed", "found one in us-east-1; give --region us-east-1"),
        ("https://sqs-fips.us-west-2.amazonaws.com/111111111111/failed", "found one in us-west-2"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111111111111/failed", "found one in cn-north-1"),
        ("https://sqs.eu-north-1.api.aws/111111111111/failed", "found one in eu-north-1"),
        ("https://eu-west-2.queue.amazonaws.com/111111111111/failed", "found one in eu-west-2"),
        ("https://queue.amazonaws.com/111111111111/failed", "found one in us-east-1"),
        ("arn:aws:dynamodb:eu-west-1:111111111111:table/x", "'failures list' names the places"),
        (TOPIC, "found the topic .*:broken: .* name a queue that is subscribed to it"),
        ("broken", "found the topic broken: .* name a queue that is subscribed to it"),
        (RESIZE, "found the function .*: .* see where its own failed events go"),
        (arn("events", "event-bus/x"), "found the event bus .* the target of a rule on it"),
        ("kafka://orders", "found the Kafka topic kafka://orders: .* Kafka consumer"),
    ],
)
def test_what_is_no_such_place(shop: Answers, name: str, said: str) -> None:
    with pytest.raises(OperationError, match=said) as error:
        find_place(shop, name)
    assert error.value.code is Exit.USAGE


def test_what_may_not_be_read(shop: Answers) -> None:
    with pytest.raises(OperationError, match=r"cannot find secret: .*AccessDenied") as error:
        find_place(shop, "secret")
    assert error.value.code is Exit.REFUSED


def test_what_of_the_configuration_is_not_known_is_told(shop: Answers) -> None:
    shop.answer({**SHOP, "events.list_event_buses": Refused()})
    told: list[str] = []
    assert not find_place(shop, "failed", note=told.append).uses_are_whole
    (problem,) = told
    assert "cannot list the event buses" in problem
