from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.live.parts import PARTS
from constructs_lib.operations.places import finding
from constructs_lib.operations.places.finding import find_place
from constructs_lib.operations.places.place import Kind, Place
from tests.operations.places.account import (
    ACCOUNT,
    BUCKET,
    FAILED,
    JOBS,
    MAPPING,
    RETRIED,
    STREAM,
    WORK,
    arn,
    function,
    live_of,
    on_failure,
    queue,
    resource,
)
from tests.operations.places.answers import RefusedError, answer

TOPIC = arn("sns", "broken")
ASYNC = "aws/lambda/async/work/"
ARNS = {"Work": WORK, "Jobs": JOBS, "Failed": FAILED, "Polls": MAPPING}
RESOURCES = {
    "Work": function(DeadLetterConfig={"TargetArn": TOPIC}),
    "Failed": queue("failed"),
    "Jobs": queue("jobs", RedrivePolicy={"deadLetterTargetArn": FAILED, "maxReceiveCount": 3}),
    "Config": resource("Lambda::EventInvokeConfig", FunctionName="work", Qualifier="$LATEST", **on_failure(BUCKET)),
    "Polls": resource("Lambda::EventSourceMapping", FunctionName=WORK, EventSourceArn=STREAM, **on_failure(BUCKET)),
}


@pytest.fixture(autouse=True)
def shop(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(asked: Account, *, only: Any) -> Any:
        assert asked is account
        assert set(only) <= {part.name for part in PARTS}
        return live_of(ARNS, "cannot list the rules", **RESOURCES)

    def url(parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters["QueueName"] == "secret":
            raise RefusedError("AccessDenied")
        if parameters["QueueName"] not in ("failed", "jobs"):
            raise RefusedError("AWS.SimpleQueueService.NonExistentQueue")
        return {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111111111111/failed"}

    def objects(parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters["Bucket"] != "kept":
            raise RefusedError("NoSuchBucket")
        return {}

    monkeypatch.setattr(finding, "read_account", read)
    answer(account, "sts", {"GetCallerIdentity": lambda _: {"Account": ACCOUNT}})
    answer(account, "sqs", {"GetQueueUrl": url})
    answer(account, "s3", {"ListObjectsV2": objects})


@pytest.mark.parametrize("name", ["failed", FAILED, "https://sqs.eu-west-1.amazonaws.com/111111111111/failed"])
def test_a_queue(account: Account, name: str) -> None:
    found = find_place(account, name)
    assert (found.kind, found.arn, found.prefix) == (Kind.QUEUE, FAILED, "")
    assert [(use.origin, use.source) for use in found.uses] == [(Origin.SOURCE_QUEUE, JOBS)]


def test_a_queue_that_nothing_names(account: Account) -> None:
    assert find_place(account, "jobs") == Place(Kind.QUEUE, JOBS, ())


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
def test_a_bucket(account: Account, beginning: str, prefix: str, origins: set[Origin]) -> None:
    found = find_place(account, f"{beginning}/{prefix}")
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
        ("arn:aws:dynamodb:eu-west-1:111111111111:table/x", "'failures list' names the places"),
        (TOPIC, "found the topic .*:broken: .* name a queue that is subscribed to it"),
        ("broken", "found the topic broken: .* name a queue that is subscribed to it"),
        (WORK, "found the function .*: .* see where its own failed events go"),
        (arn("events", "event-bus/x"), "found the event bus .* the target of a rule on it"),
        ("kafka://orders", "found the Kafka topic kafka://orders: .* Kafka consumer"),
    ],
)
def test_what_is_no_such_place(account: Account, name: str, said: str) -> None:
    with pytest.raises(OperationError, match=said) as error:
        find_place(account, name)
    assert error.value.code is Exit.USAGE


def test_what_may_not_be_read(account: Account) -> None:
    with pytest.raises(OperationError, match=r"cannot find secret: .*AccessDenied") as error:
        find_place(account, "secret")
    assert error.value.code is Exit.REFUSED


def test_what_of_the_configuration_is_not_known_is_told(account: Account) -> None:
    told: list[str] = []
    find_place(account, "failed", note=told.append)
    assert told == ["cannot list the rules"]
