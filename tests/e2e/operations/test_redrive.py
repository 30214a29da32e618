"""Events of each origin fail, are redriven once the handler is mended, and are counted."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main
from constructs_lib.operations.errors import Exit, OperationError
from tests.e2e.clients import Clients, wait_until
from tests.e2e.operations.failing import Failing, dead_letters
from tests.emulator.bench import REGION

pytestmark = pytest.mark.e2e
EVENTS = [{"n": n} for n in range(8)]
ONCE = Counter(json.dumps(event) for event in EVENTS)


@pytest.fixture
def bench(clients: Clients, tmp_path: Path) -> Failing:
    return Failing(clients, tmp_path)


def failed_in_dlq(bench: Failing) -> tuple[str, int]:
    """Let events fail into the DLQ of their function; return it, and the number of calls so far."""
    queue = bench.queue("dlq")
    function = bench.failing(("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    bench.clients["lambda"].put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0)
    bench.invoke(function, EVENTS)
    bench.wait_for_depth(queue, len(EVENTS))
    return queue, len(bench.calls())


@pytest.mark.slow_e2e
def test_the_dlq_of_a_function(bench: Failing) -> None:
    queue, before = failed_in_dlq(bench)
    bench.mend()
    outcome = bench.redrive(queue)
    assert (outcome.code, sum(outcome.sent.values()), outcome.removed) == (Exit.DONE, 8, 8)
    assert bench.wait_for_handled(8, before) == ONCE
    assert bench.depth(queue) == 0


@pytest.mark.slow_e2e
def test_what_fails_again_comes_back(bench: Failing) -> None:
    queue, _ = failed_in_dlq(bench)
    assert bench.redrive(queue).removed == 8
    bench.wait_for_depth(queue, 8)
    bench.mend()
    assert bench.redrive(queue).removed == 8
    assert bench.depth(queue) == 0


@pytest.mark.slow_e2e
@pytest.mark.parametrize("qualifier", ["$LATEST", "live"])
def test_a_destination_with_the_qualifier_that_was_invoked(bench: Failing, qualifier: str) -> None:
    queue = bench.queue("destination")
    function = bench.failing(("sqs:SendMessage", queue))
    lambda_ = bench.clients["lambda"]
    version = lambda_.publish_version(FunctionName=function)["Version"]
    lambda_.create_alias(FunctionName=function, Name="live", FunctionVersion=version)
    lambda_.put_function_event_invoke_config(
        FunctionName=function,
        Qualifier=qualifier,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )
    invoked = f"{function}:live" if qualifier == "live" else function
    bench.invoke(invoked, EVENTS)
    bench.wait_for_depth(queue, 8)
    before = len(bench.calls())
    bench.mend()
    outcome = bench.redrive(queue)
    assert dict(outcome.sent) == {f"asynchronous invocation of {invoked}": 8}
    assert bench.wait_for_handled(8, before) == ONCE
    assert bench.depth(queue) == 0


def test_a_destination_in_a_bucket(bench: Failing) -> None:
    bucket = bench.name("failed")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    target = f"arn:aws:s3:::{bucket}"
    function = bench.failing(("s3:PutObject", f"{target}/*"), ("s3:ListBucket", target))
    bench.clients["lambda"].put_function_event_invoke_config(
        FunctionName=function, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": target}}
    )
    bench.invoke(function, EVENTS)
    wait_until(lambda: len(bench.keys(bucket)) == 8, "8 objects", seconds=30)
    before = len(bench.calls())
    bench.mend()
    outcome = bench.redrive(f"s3://{bucket}/aws/lambda/async/")
    assert (outcome.code, outcome.removed) == (Exit.DONE, 8)
    assert bench.wait_for_handled(8, before) == ONCE
    assert bench.keys(bucket) == []


def test_messages_go_back_to_their_queue_moved_by_sqs(bench: Failing) -> None:
    queue, dlq = dead_letters(bench, [str(n) for n in range(15)])
    outcome = bench.redrive(dlq)
    assert dict(outcome.sent) == {"message to its queue, moved by SQS": 15}
    assert sorted(int(found["Body"]) for found in bench.messages(queue, 15)) == list(range(15))
    assert bench.depth(dlq) == 0


@pytest.mark.slow_e2e
def test_messages_go_back_to_their_queue_one_by_one(bench: Failing) -> None:
    queue, dlq = dead_letters(bench, [str(n) for n in range(15)])
    outcome = bench.redrive(dlq, limit=12)
    assert dict(outcome.sent) == {f"message to {queue}": 12}
    messages = bench.messages(queue, 12)
    assert len({found["Body"] for found in messages}) == 12
    assert {found["MessageAttributes"]["kind"]["StringValue"] for found in messages} == {"new"}
    assert len({found["Body"] for found in bench.messages(dlq, 3)}) == 3  # they are visible again


@pytest.mark.slow_e2e
def test_a_fifo_queue_keeps_order_and_groups(bench: Failing) -> None:
    bodies = [f"{group}{n:02}" for n in range(15) for group in "abc"]
    queue, dlq = dead_letters(bench, bodies, ".fifo", lambda body: body[0])
    outcome = bench.redrive(dlq, limit=1000)
    assert (outcome.code, outcome.removed) == (Exit.DONE, 45)
    sqs = bench.clients["sqs"]
    got: list[dict[str, Any]] = []

    def receive() -> bool:
        answer = sqs.receive_message(
            QueueUrl=bench.url(queue), MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
        )
        for message in answer.get("Messages", []):
            got.append(message)
            sqs.delete_message(QueueUrl=bench.url(queue), ReceiptHandle=message["ReceiptHandle"])
        return len(got) >= 45

    wait_until(receive, "45 messages", seconds=20)
    for group in "abc":
        of_group = [found["Body"] for found in got if found["Attributes"]["MessageGroupId"] == group]
        assert of_group == [f"{group}{n:02}" for n in range(15)]


@pytest.mark.slow_e2e
def test_another_function_gets_messages_as_from_a_mapping(bench: Failing) -> None:
    queue, dlq = dead_letters(bench, ["hello"])
    other = bench.function("pass", name="other")
    assert bench.redrive(dlq, to=other).code is Exit.DONE
    (call,) = bench.wait_for_calls(1, "other")
    (record,) = call["event"]["Records"]
    assert (record["body"], record["eventSourceARN"]) == ("hello", queue)
    assert record["messageAttributes"]["kind"]["stringValue"] == "new"
    assert bench.depth(dlq) == 0


def streamed(bench: Failing, target: str, *allowed: tuple[str, str]) -> str:
    """Let records of a stream fail; return the stream's ARN."""
    kinesis, name = bench.clients["kinesis"], bench.name("stream")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    arn = f"arn:aws:kinesis:{REGION}:000000000000:stream/{name}"
    wait_until(
        lambda: kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"] == "ACTIVE",
        "an active stream",
        seconds=10,
    )
    records = [{"Data": json.dumps(event).encode(), "PartitionKey": "k"} for event in EVENTS]
    kinesis.put_records(StreamName=name, Records=records)
    function = bench.failing(("kinesis:GetRecords", arn), *allowed)
    bench.clients["lambda"].create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=function,
        BatchSize=4,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": target}},
    )
    return arn


def data(bench: Failing, before: int) -> list[Any]:
    calls = bench.calls()[before:]
    return [json.loads(base64.b64decode(r["kinesis"]["data"])) for call in calls for r in call["event"]["Records"]]


@pytest.mark.slow_e2e
def test_records_of_a_stream_are_fetched_back_in_their_order(bench: Failing) -> None:
    queue = bench.queue("failed")
    streamed(bench, queue, ("sqs:SendMessage", queue))
    bench.wait_for_depth(queue, 2)
    still = bench.redrive(queue)
    assert still.code is Exit.FAILED
    assert [reason.text for reason in still.left] == ["the function failed again: RuntimeError"]
    assert bench.depth(queue) == 2
    before = len(bench.calls())
    bench.mend()
    outcome = bench.redrive(queue)
    assert (outcome.code, outcome.removed) == (Exit.DONE, 2)
    assert data(bench, before) == EVENTS
    assert bench.depth(queue) == 0


@pytest.mark.slow_e2e
def test_records_of_a_stream_that_are_gone_stay(bench: Failing) -> None:
    queue = bench.queue("failed")
    stream = streamed(bench, queue, ("sqs:SendMessage", queue))
    bench.wait_for_depth(queue, 2)
    bench.clients["kinesis"].delete_stream(StreamName=stream.rpartition("/")[2])
    bench.mend()
    outcome = bench.redrive(queue)
    assert [reason.text for reason in outcome.left] == ["the records are no longer in the stream"]
    assert bench.depth(queue) == 2


@pytest.mark.slow_e2e
def test_records_of_a_stream_in_a_bucket(bench: Failing) -> None:
    bucket = bench.name("failed")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    target = f"arn:aws:s3:::{bucket}"
    stream = streamed(bench, target, ("s3:PutObject", f"{target}/*"))
    wait_until(lambda: len(bench.keys(bucket)) == 2, "2 objects", seconds=30)
    bench.clients["kinesis"].delete_stream(StreamName=stream.rpartition("/")[2])
    before = len(bench.calls())
    bench.mend()
    outcome = bench.redrive(f"s3://{bucket}")
    assert (outcome.code, outcome.removed) == (Exit.DONE, 2)
    assert data(bench, before) == EVENTS
    assert bench.keys(bucket) == []


@pytest.mark.slow_e2e
def test_records_of_a_table(bench: Failing) -> None:
    dynamodb, name, queue = bench.clients["dynamodb"], bench.name("table"), bench.queue("failed")
    made = dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    stream = made["TableDescription"]["LatestStreamArn"]
    function = bench.failing(("dynamodb:GetRecords", stream), ("sqs:SendMessage", queue))
    bench.clients["lambda"].create_event_source_mapping(
        EventSourceArn=stream,
        FunctionName=function,
        BatchSize=100,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )
    for n in range(4):
        dynamodb.put_item(TableName=name, Item={"id": {"S": str(n)}})
    wait_until(lambda: bench.depth(queue) > 0, "failed batches", seconds=30)
    bench.clients["lambda"].list_event_source_mappings(FunctionName=function)
    wait_until(lambda: len(ids(bench, 0)) == 4, "all records", seconds=30)
    wait_until(lambda: bench.depth(queue) == len(bench.calls()), "all failures", seconds=30)
    before = len(bench.calls())
    bench.mend()
    outcome = bench.redrive(queue)
    assert outcome.code is Exit.DONE
    assert ids(bench, before) == ["0", "1", "2", "3"]
    assert bench.depth(queue) == 0


def ids(bench: Failing, before: int) -> list[str]:
    records = [record for call in bench.calls()[before:] for record in call["event"]["Records"]]
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in records]


@pytest.mark.slow_e2e
def test_a_subscription(bench: Failing) -> None:
    dlq = bench.queue("delivery")
    bench.allow_service(dlq, "sns.amazonaws.com")
    function = bench.function("pass")
    topic = bench.clients["sns"].create_topic(Name=bench.name("topic"))["TopicArn"]
    policy = json.dumps({"deadLetterTargetArn": dlq})
    bench.clients["sns"].subscribe(
        TopicArn=topic, Protocol="lambda", Endpoint=function, Attributes={"RedrivePolicy": policy}
    )
    for n in range(3):
        bench.clients["sns"].publish(TopicArn=topic, Message=f"hello {n}")
    bench.wait_for_depth(dlq, 3)
    assert bench.redrive(dlq).code is Exit.DONE
    calls = bench.wait_for_calls(3)
    assert {call["event"]["Records"][0]["Sns"]["Message"] for call in calls} == {"hello 0", "hello 1", "hello 2"}
    assert {call["event"]["Records"][0]["EventSource"] for call in calls} == {"aws:sns"}
    assert bench.depth(dlq) == 0


@pytest.mark.slow_e2e
def test_a_rule(bench: Failing) -> None:
    dlq = bench.queue("delivery")
    bench.allow_service(dlq, "events.amazonaws.com")
    function = bench.function("pass")
    events, source = bench.clients["events"], bench.name("me")
    events.put_rule(Name=bench.name("rule"), EventPattern=json.dumps({"source": [source]}))
    target = {"Id": "f", "Arn": function, "DeadLetterConfig": {"Arn": dlq}}
    events.put_targets(Rule=bench.name("rule"), Targets=[target])
    events.put_events(Entries=[{"Source": source, "DetailType": "test", "Detail": json.dumps({"n": 1})}])
    bench.wait_for_depth(dlq, 1)
    assert bench.redrive(dlq).code is Exit.DONE
    assert bench.wait_for_calls(1)[0]["event"]["detail"] == {"n": 1}
    assert bench.depth(dlq) == 0


@pytest.mark.slow_e2e  # the emulator looks for what is due every ten seconds
def test_a_schedule(bench: Failing) -> None:
    function, dlq = bench.function("pass"), bench.queue()
    bench.clients["scheduler"].create_schedule(
        Name=bench.name("schedule"),
        ScheduleExpression=f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": function,
            "RoleArn": bench.role("scheduler", ("sqs:SendMessage", dlq), service="scheduler.amazonaws.com"),
            "DeadLetterConfig": {"Arn": dlq},
            "Input": json.dumps({"n": 1}),
        },
    )
    bench.wait_for_depth(dlq, 1)
    assert bench.redrive(dlq).code is Exit.DONE
    assert bench.wait_for_calls(1)[0]["event"] == {"n": 1}
    assert bench.depth(dlq) == 0


@pytest.mark.slow_e2e
def test_what_does_not_name_its_function_stays(bench: Failing) -> None:
    queue = bench.queue("dlq")
    functions = [
        bench.failing(("sqs:SendMessage", queue), name=name, DeadLetterConfig={"TargetArn": queue}) for name in "fg"
    ]
    for function in functions:
        bench.clients["lambda"].put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0)
    bench.invoke(functions[0], EVENTS)
    bench.wait_for_depth(queue, 8)
    outcome = bench.redrive(queue)
    assert (outcome.code, outcome.removed) == (Exit.FAILED, 0)
    ((reason, number),) = outcome.left.items()
    assert number == 8
    assert "--to FUNCTION" in reason.text
    bench.mend()
    assert bench.redrive(queue, to=functions[0]).removed == 8
    assert bench.depth(queue) == 0


@pytest.mark.slow_e2e
def test_a_function_that_is_gone_keeps_all_where_they_are(bench: Failing) -> None:
    queue, _ = failed_in_dlq(bench)
    function = f"arn:aws:lambda:{REGION}:000000000000:function:{bench.name('f')}"
    bench.clients["lambda"].delete_function(FunctionName=function)
    outcome = bench.redrive(queue, to=function)
    assert outcome.code is Exit.REFUSED
    assert sum(outcome.left.values()) == 8
    assert len(bench.messages(queue, 8)) == 8  # and they are visible


def test_a_queue_that_is_gone_is_refused(bench: Failing) -> None:
    with pytest.raises(OperationError, match="gone"):
        bench.redrive("gone")


@pytest.mark.slow_e2e
def test_the_command(bench: Failing, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    queue, before = failed_in_dlq(bench)
    bench.mend()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("XDG_STATE_HOME", str(bench.folder / "state"))
    where = ["--region", REGION, "--endpoint-url", bench.clients.url]
    name = bench.name("dlq")
    assert main(["failures", "redrive", name, "--dry-run", *where]) == 0
    assert "8 would be sent" in capsys.readouterr().out
    assert bench.depth(queue) == 8
    assert main(["failures", "redrive", name, "--error", "no such error", *where]) == 0
    assert "8 events with another error left alone" in capsys.readouterr().out
    assert main(["failures", "redrive", name, "--error", "NOT MENDED", *where]) == 0
    printed = capsys.readouterr().out
    assert "8 events sent" in printed
    assert "state/lambda-invocations/" in printed
    assert bench.wait_for_handled(8, before) == ONCE
    assert main(["failures", "redrive", name, *where]) == 0
    assert "0 events sent" in capsys.readouterr().out
