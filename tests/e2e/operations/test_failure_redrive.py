"""The redrive that is deployed: events fail, the handler is mended, one execution sends them all home."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnOutput, Duration, Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from constructs_lib import (
    AsyncInvocation,
    FailureQueue,
    FailureRedrive,
    KinesisToLambda,
    LambdaFunction,
    SqsToLambda,
)
from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers.queues import waiting

pytestmark = pytest.mark.e2e

HANDLER = """
import base64, json, os

def body(record):
    return json.loads(base64.b64decode(record["kinesis"]["data"]) if "kinesis" in record else record["body"])

def handler(event, context):
    bodies = [body(record) for record in event["Records"]] if "Records" in event else [event]
    if not os.path.exists(os.environ["MENDED"]):
        raise RuntimeError("not mended yet")
    with open(os.environ["HANDLED"], "a") as handled:
        for one in bodies:
            handled.write(one["id"] + "\\n")
"""


def events_of(number: int) -> list[str]:
    return [f"order-{n}" for n in range(number)]


class Deployed:
    """A stack with a function and a redrive for what fails in it."""

    def __init__(self, clients: Clients, outputs: dict[str, str], folder: Path) -> None:
        self.clients = clients
        self.outputs = outputs
        self._folder = folder

    def mend(self) -> None:
        (self._folder / "mended").touch()

    def log(self) -> list[str]:
        """Return the events in the order in which they were handled."""
        file = self._folder / "handled"
        return file.read_text().splitlines() if file.exists() else []

    def handled(self) -> Counter[str]:
        return Counter(self.log())

    def wait_for(self, events: list[str]) -> None:
        """Wait until each event is handled, once only."""
        wait_until(lambda: len(self.handled()) == len(events), "the events to be handled", seconds=30)
        assert self.handled() == Counter(events)

    def invoke(self, events: list[str]) -> None:
        for event in events:
            self.clients["lambda"].invoke(
                FunctionName=self.outputs["Function"], InvocationType="Event", Payload=json.dumps({"id": event})
            )

    def start(self, given: dict[str, Any] | None = None) -> str:
        """Start the state machine; return the ARN of the execution."""
        client = self.clients["stepfunctions"]
        arn: str = client.start_execution(stateMachineArn=self.outputs["Machine"], input=json.dumps(given or {}))[
            "executionArn"
        ]
        return arn

    def end(self, execution: str) -> dict[str, Any]:
        """Wait for the end of an execution; return its description."""

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.clients["stepfunctions"].describe_execution(executionArn=execution)
            return None if found["status"] == "RUNNING" else found

        found = wait_until(ended, "the execution to end", seconds=120)
        assert found is not None
        return found

    def run(self, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the state machine to its end; return the description of the execution."""
        return self.end(self.start(given))

    def waiting(self) -> int:
        """Count the messages in the failure queue."""
        return waiting(self.clients, self.outputs["Place"])

    def objects(self) -> list[str]:
        pages = self.clients["s3"].get_paginator("list_objects_v2").paginate(Bucket=self.outputs["Place"])
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def records_waiting(self) -> int:
        """Count the records of the failed batches in the failure queue."""
        found = self.clients["sqs"].receive_message(
            QueueUrl=self.outputs["Place"], MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        bodies = [json.loads(message["Body"]) for message in found.get("Messages", [])]
        return sum(body["KinesisBatchInfo"]["batchSize"] for body in bodies)

    def succeed(self, given: dict[str, Any] | None = None) -> None:
        """Run the state machine, and expect that nothing stays."""
        ended = self.run(given)
        assert ended["status"] == "SUCCEEDED", f"{ended}\n{self.results()}"

    def results(self) -> str:
        """Return what Step Functions has written of child executions."""
        bucket = self.outputs["Results"]
        keys = [found["Key"] for found in self.clients["s3"].list_objects_v2(Bucket=bucket).get("Contents", [])]
        return "\n".join(self.clients["s3"].get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys)


Deploy = Callable[[Callable[[Stack, LambdaFunction], tuple[FailureRedrive, dict[str, str]]]], Deployed]


@pytest.fixture
def deployed(clients: Clients, asset_bucket: str, tmp_path: Path) -> Iterator[Deploy]:
    name = "Redrive"

    def deploy_it(build: Callable[[Stack, LambdaFunction], tuple[FailureRedrive, dict[str, str]]]) -> Deployed:
        app = App(outdir=str(tmp_path / "cdk.out"))
        stack = Stack(app, name)
        function = LambdaFunction(
            stack,
            "Function",
            code=lambda_.Code.from_inline(HANDLER),
            environment={"MENDED": str(tmp_path / "mended"), "HANDLED": str(tmp_path / "handled")},
            timeout=Duration.seconds(1),
        )
        redrive, outputs = build(stack, function)
        outputs = {
            **outputs,
            "Function": function.function_name,
            "Machine": redrive.state_machine.state_machine_arn,
            "Results": redrive.result_bucket.bucket_name,
        }
        for output, value in outputs.items():
            CfnOutput(stack, f"{output}Output", value=value).override_logical_id(output)
        return Deployed(clients, deploy(clients, asset_bucket, Path(app.synth().directory), name), tmp_path)

    yield deploy_it
    delete(clients, name)


def over_objects(stack: Stack, function: LambdaFunction) -> tuple[FailureRedrive, dict[str, str]]:
    place = s3.Bucket(stack, "Place")
    target = destinations.S3Destination(place)
    AsyncInvocation(stack, "Invocation", function=function, on_failure=target, retry_attempts=0, invokers=[])
    redrive = FailureRedrive(stack, "Redrive", bucket=place, function=function, max_concurrency=3)
    return redrive, {"Place": place.bucket_name}


def over_messages(stack: Stack, function: LambdaFunction) -> tuple[FailureRedrive, dict[str, str]]:
    pattern = AsyncInvocation(stack, "Invocation", function=function, retry_attempts=0, invokers=[])
    assert pattern.failure_queue is not None
    redrive = FailureRedrive(stack, "Redrive", queue=pattern.failure_queue, function=function, max_concurrency=3)
    return redrive, {"Place": pattern.failure_queue.queue_url}


def over_dead_letters(stack: Stack, function: LambdaFunction) -> tuple[FailureRedrive, dict[str, str]]:
    pattern = SqsToLambda(stack, "Jobs", function=function, max_receive_count=1)
    queue = pattern.dead_letter_queue
    assert queue is not None
    redrive = FailureRedrive(stack, "Redrive", queue=queue, source_queue=pattern.queue, max_concurrency=2)
    return redrive, {"Place": queue.queue_url, "Source": pattern.queue.queue_url}


def over_ordered_dead_letters(stack: Stack, function: LambdaFunction) -> tuple[FailureRedrive, dict[str, str]]:
    failed = FailureQueue(stack, "Failed", fifo=True)
    queue = sqs.Queue(
        stack,
        "Orders",
        fifo=True,
        visibility_timeout=Duration.seconds(6),
        dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=1),
    )
    SqsToLambda(stack, "Jobs", function=function, queue=queue)
    redrive = FailureRedrive(stack, "Redrive", queue=failed, source_queue=queue, max_concurrency=3)
    return redrive, {"Place": failed.queue_url, "Source": queue.queue_url}


def over_batches(stack: Stack, function: LambdaFunction) -> tuple[FailureRedrive, dict[str, str]]:
    stream = kinesis.Stream(stack, "Stream", shard_count=1)
    queue = FailureQueue(stack, "Batches")
    KinesisToLambda(
        stack,
        "Clicks",
        function=function,
        stream=stream,
        on_failure=queue,
        retry_attempts=0,
        batch_size=5,
        bisect_batch_on_error=False,
    )
    redrive = FailureRedrive(stack, "Redrive", queue=queue, function=function, stream=stream, max_concurrency=1)
    return redrive, {"Place": queue.queue_url, "Stream": stream.stream_name}


def test_objects_go_home_and_one_that_is_no_event_stays(deployed: Deploy) -> None:
    redrive = deployed(over_objects)
    events = events_of(5)
    redrive.invoke(events)
    wait_until(lambda: len(redrive.objects()) == len(events), "the failed events in the bucket", seconds=20)
    odd = redrive.objects()[0].partition("/20")[0] + "/odd"
    redrive.clients["s3"].put_object(Bucket=redrive.outputs["Place"], Key=odd, Body=b"no event")
    redrive.mend()

    ended = redrive.run()

    assert (ended["status"], ended.get("error")) == ("FAILED", "EventsStay"), ended
    redrive.wait_for(events)
    assert redrive.objects() == [odd]
    assert "5 sent; left:" in redrive.results()

    redrive.clients["s3"].delete_object(Bucket=redrive.outputs["Place"], Key=odd)
    redrive.succeed()
    assert redrive.handled() == Counter(events)


@pytest.mark.slow_e2e
def test_two_hundred_objects_go_home_in_batches(deployed: Deploy) -> None:
    redrive = deployed(over_objects)
    events = events_of(200)
    redrive.invoke(events)
    wait_until(lambda: len(redrive.objects()) == len(events), "the failed events in the bucket", seconds=60)
    prefix = redrive.objects()[0].partition("/20")[0]
    odd = [f"{prefix}/1", f"{prefix}/zzz"]
    for key in odd:
        redrive.clients["s3"].put_object(Bucket=redrive.outputs["Place"], Key=key, Body=b"no event")
    redrive.mend()

    ended = redrive.run({"limit": 50})
    assert ended["status"] == "FAILED", ended
    assert len(redrive.objects()) == 202 - 49  # the first of fifty is odd

    ended = redrive.run()
    assert (ended["status"], ended.get("error")) == ("FAILED", "EventsStay"), ended
    redrive.wait_for(events)
    assert redrive.objects() == odd


@pytest.mark.slow_e2e
def test_two_executions_at_once_lose_nothing(deployed: Deploy) -> None:
    redrive = deployed(over_objects)
    events = events_of(100)
    redrive.invoke(events)
    wait_until(lambda: len(redrive.objects()) == len(events), "the failed events in the bucket", seconds=60)
    redrive.mend()
    for execution in [redrive.start(), redrive.start()]:
        assert redrive.end(execution)["status"] == "SUCCEEDED"
    assert redrive.objects() == []
    wait_until(lambda: set(redrive.handled()) == set(events), "each event to be handled", seconds=30)


@pytest.mark.slow_e2e
def test_two_hundred_messages_go_home_and_odd_ones_stay(deployed: Deploy) -> None:
    redrive = deployed(over_messages)
    events = events_of(200)
    redrive.invoke(events)
    wait_until(lambda: redrive.waiting() == len(events), "the failed events in the queue", seconds=60)
    for body in ("no event", '{"neither": "this"}'):
        redrive.clients["sqs"].send_message(QueueUrl=redrive.outputs["Place"], MessageBody=body)
    redrive.mend()

    ended = redrive.run()

    assert (ended["status"], ended.get("error")) == ("FAILED", "EventsStay"), ended
    redrive.wait_for(events)
    visible = redrive.clients["sqs"].receive_message(QueueUrl=redrive.outputs["Place"], MaxNumberOfMessages=10)
    assert sorted(message["Body"] for message in visible["Messages"]) == ["no event", '{"neither": "this"}']


@pytest.mark.slow_e2e
def test_what_fails_again_waits_for_the_next_execution(deployed: Deploy) -> None:
    redrive = deployed(over_messages)
    events = events_of(20)
    redrive.invoke(events)
    wait_until(lambda: redrive.waiting() == len(events), "the failed events in the queue", seconds=60)

    redrive.succeed()  # each was accepted by Lambda
    wait_until(lambda: redrive.waiting() == len(events), "the failed events in the queue again", seconds=60)

    redrive.mend()
    redrive.succeed({"limit": 5})
    wait_until(lambda: redrive.handled().total() == 5, "five events", seconds=30)
    redrive.succeed({"error": "something else"})
    assert redrive.waiting() == 15
    redrive.succeed({"error": "RuntimeError"})
    redrive.wait_for(events)
    assert redrive.waiting() == 0


@pytest.mark.slow_e2e
def test_dead_letters_go_back_to_their_queue(deployed: Deploy) -> None:
    redrive = deployed(over_dead_letters)
    redrive.clients["sqs"].set_queue_attributes(
        QueueUrl=redrive.outputs["Source"], Attributes={"VisibilityTimeout": "2"}
    )
    events = events_of(30)
    for event in events:
        body = json.dumps({"id": event})
        redrive.clients["sqs"].send_message(QueueUrl=redrive.outputs["Source"], MessageBody=body)
    wait_until(lambda: redrive.waiting() == len(events), "the messages in the dead-letter queue", seconds=60)
    redrive.mend()
    redrive.succeed()
    redrive.wait_for(events)
    assert redrive.waiting() == 0


@pytest.mark.slow_e2e
def test_message_groups_keep_their_order(deployed: Deploy) -> None:
    redrive = deployed(over_ordered_dead_letters)
    redrive.clients["sqs"].set_queue_attributes(
        QueueUrl=redrive.outputs["Source"], Attributes={"VisibilityTimeout": "1"}
    )
    events = events_of(40)
    for number, event in enumerate(events):
        redrive.clients["sqs"].send_message(
            QueueUrl=redrive.outputs["Source"],
            MessageBody=json.dumps({"id": event}),
            MessageGroupId=str(number % 4),
            MessageDeduplicationId=event,
        )
    wait_until(lambda: redrive.waiting() == len(events), "the messages in the dead-letter queue", seconds=90)
    redrive.mend()
    redrive.succeed()
    redrive.wait_for(events)
    in_order = redrive.log()
    for group in range(4):
        assert [event for event in in_order if event in events[group::4]] == events[group::4]
    assert redrive.waiting() == 0


@pytest.mark.slow_e2e
def test_records_of_a_stream_are_fetched_back(deployed: Deploy) -> None:
    redrive = deployed(over_batches)
    events = events_of(20)
    records = [{"Data": json.dumps({"id": event}).encode(), "PartitionKey": "1"} for event in events]
    redrive.clients["kinesis"].put_records(StreamName=redrive.outputs["Stream"], Records=records)
    wait_until(lambda: redrive.records_waiting() == len(events), "the failed batches in the queue", seconds=60)
    redrive.mend()
    redrive.succeed()
    wait_until(lambda: set(redrive.handled()) == set(events), "each record to be handled", seconds=30)
    assert redrive.waiting() == 0


def test_an_input_that_means_nothing_fails_before_an_event_is_touched(deployed: Deploy) -> None:
    redrive = deployed(over_objects)
    ended = redrive.run({"limits": 5})
    assert ended["status"] == "FAILED", ended
    assert "found 'limits'" in ended["cause"]
