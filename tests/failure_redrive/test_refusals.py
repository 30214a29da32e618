from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from constructs_lib import FailureQueue, FailureRedrive
from tests.helpers import ACCOUNT, make_function

Given = Callable[[Stack], dict[str, Any]]


def queue(stack: Stack) -> dict[str, Any]:
    return {"queue": FailureQueue(stack, "Queue")}


def function(stack: Stack) -> dict[str, Any]:
    return {"function": make_function(stack)}


def bucket(stack: Stack) -> dict[str, Any]:
    return {"bucket": s3.Bucket(stack, "Bucket")}


def source(stack: Stack) -> dict[str, Any]:
    return {"source_queue": sqs.Queue(stack, "Source")}


def fifo_source(stack: Stack) -> dict[str, Any]:
    return {"source_queue": sqs.Queue(stack, "Source", fifo=True)}


def chained(stack: Stack) -> dict[str, Any]:
    dead_letter_queue = sqs.DeadLetterQueue(queue=sqs.Queue(stack, "Last"), max_receive_count=3)
    return {"queue": sqs.Queue(stack, "Queue", dead_letter_queue=dead_letter_queue)}


def table(stack: Stack) -> dict[str, Any]:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return {"table": dynamodb.Table(stack, "Table", partition_key=key)}


def stream(stack: Stack) -> dict[str, Any]:
    return {"stream": kinesis.Stream(stack, "Stream")}


def fixed(**settings: Any) -> Given:
    return lambda _: settings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([function], "expected either bucket or queue, .* got neither; make one"),
        ([bucket, queue, function], "expected either bucket or queue, .* got both; make one"),
        ([bucket], "expected function, which gets the events of a bucket, .* got no function; SQS"),
        ([bucket, function, source], "and no source_queue, got source_queue; SQS moves no messages to buckets"),
        ([queue], "expected function or source_queue, which gets the events of Stack/Queue, got neither; pass"),
        ([queue, function, fixed(prefix="a/")], "expected prefix for a bucket only, got it for a queue; leave it out"),
        ([bucket, function, fixed(prefix="a*/")], r"expected a prefix without wildcards, got a\*/; objects count"),
        ([bucket, function, fixed(prefix="")], "expected a prefix, got ''; the redrive could delete every object"),
        ([queue, fifo_source], "both FIFO or both standard, got the FIFO Stack/Source and the standard Stack/Queue"),
        ([chained, function], "expected a queue whose messages stay in it, got Stack/Queue, which moves them"),
        ([queue, source, stream], "expected stream and table only with queue and function, got no function; objects"),
        ([bucket, function, stream], "expected stream and table only with queue and function, got a bucket; objects"),
        ([queue, function, table], "expected a table whose stream is known, got Stack/Table; set stream on it"),
        ([queue, function, fixed(max_concurrency=0)], "expected max_concurrency to be from 1 to 1,000, got 0"),
        ([queue, function, fixed(max_concurrency=1_001)], "expected max_concurrency to be from 1 to 1,000, got 1001"),
        ([queue, function, fixed(max_concurrency=2.5)], "expected max_concurrency to be a whole number, got 2.5"),
        ([queue, function, fixed(max_concurrency=2.0)], "expected max_concurrency to be a whole number, got 2.0"),
        ([queue, function, fixed(rate=0)], "expected rate to be from 0.1 to 10,000, got 0"),
        ([queue, function, fixed(timeout=Duration.seconds(59))], "expected timeout to be from 60 to 604,800 s, got 59"),
    ],
)
def test_what_does_not_go_together_is_refused(stack: Stack, given: list[Given], message: str) -> None:
    settings = {name: value for one in given for name, value in one(stack).items()}
    with pytest.raises(ValueError, match=f"^Stack/Redrive: .*{message}"):
        FailureRedrive(stack, "Redrive", **settings)


def test_a_queue_is_not_its_own_source(stack: Stack) -> None:
    failed = FailureQueue(stack, "Queue")
    imported = sqs.Queue.from_queue_arn(stack, "Again", failed.queue_arn)
    with pytest.raises(ValueError, match="expected source_queue to be another queue than queue, got Stack/Queue for"):
        FailureRedrive(stack, "Redrive", queue=failed, source_queue=imported)


@pytest.mark.parametrize("kind", ["bucket", "queue"])
def test_a_place_elsewhere_is_refused(app: App, kind: str) -> None:
    here = Stack(app, "Here", env=Environment(account=ACCOUNT, region="eu-west-1"))
    place: dict[str, Any] = {
        "bucket": lambda: s3.Bucket.from_bucket_attributes(here, "Place", bucket_name="failures", region="us-east-1"),
        "queue": lambda: sqs.Queue.from_queue_arn(here, "Place", f"arn:aws:sqs:us-east-1:{ACCOUNT}:f"),
    }
    with pytest.raises(ValueError, match="expected Here/Place in the Region and account of the redrive, got it in an"):
        FailureRedrive(here, "Redrive", function=make_function(here), **{kind: place[kind]()})


@pytest.mark.parametrize("parameter", ["bucket", "queue", "function", "source_queue", "stream", "table"])
def test_what_is_no_object_of_the_cdk_is_refused(stack: Stack, parameter: str) -> None:
    given = {**queue(stack), **function(stack), parameter: "name"}
    if parameter == "bucket":
        del given["queue"]
    with pytest.raises(TypeError, match=f"expected {parameter} to be .*, got 'name'"):
        FailureRedrive(stack, "Redrive", **given)


@pytest.mark.parametrize("parameter", ["rate", "max_concurrency"])
def test_a_truth_value_is_no_number(stack: Stack, parameter: str) -> None:
    given = {**queue(stack), **function(stack), parameter: True}
    with pytest.raises(TypeError, match=f"^Stack/Redrive: expected {parameter} to be a number, got True"):
        FailureRedrive(stack, "Redrive", **given)


def test_a_function_imported_by_a_qualified_arn_is_refused(stack: Stack) -> None:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:resize:live"
    imported = lambda_.Function.from_function_arn(stack, "Imported", arn)
    with pytest.raises(ValueError, match="expected a function imported by its unqualified ARN"):
        FailureRedrive(stack, "Redrive", function=imported, **queue(stack))
