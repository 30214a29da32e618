import base64
import json
import time
from typing import Any

import pytest

from tests.e2e.clients import wait_until
from tests.emulator.bench import REGION, Bench

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]  # polling takes seconds a test

READ = """
numbers = [json.loads(base64.b64decode(r["kinesis"]["data"])) for r in event["Records"]]
"""
PARTIAL = """
failed = [r for r, n in zip(event["Records"], numbers) if n == 3]
return {"batchItemFailures": [{"itemIdentifier": failed[0]["kinesis"]["sequenceNumber"]}] if failed else []}
"""
REPORT = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
AGE = 4
"""Seconds; AWS takes 60 at least."""
FAIL_ON_3 = """
if 3 in numbers: raise RuntimeError
"""


def mapped(bench: Bench, body: str, *allowed: tuple[str, str], **settings: Any) -> str:
    """Put 0 … 5 into a stream that a function reads; return the stream's ARN."""
    kinesis, name = bench.clients["kinesis"], bench.name("stream")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    arn = f"arn:aws:kinesis:{REGION}:000000000000:stream/{name}"
    wait_until(
        lambda: kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"] == "ACTIVE",
        "an active stream",
        seconds=10,
    )
    kinesis.put_records(
        StreamName=name, Records=[{"Data": json.dumps(n).encode(), "PartitionKey": "k"} for n in range(6)]
    )
    function = bench.function("import base64\n" + READ + body, ("kinesis:GetRecords", arn), *allowed)
    settings = {"BatchSize": 100, "StartingPosition": "TRIM_HORIZON", **settings}
    bench.clients["lambda"].create_event_source_mapping(EventSourceArn=arn, FunctionName=function, **settings)
    return arn


def numbers(bench: Bench) -> list[list[int]]:
    return [
        [json.loads(base64.b64decode(record["kinesis"]["data"])) for record in call["event"]["Records"]]
        for call in bench.calls()
    ]


def failure(queue: str) -> dict[str, Any]:
    return {"DestinationConfig": {"OnFailure": {"Destination": queue}}}


def test_retries_end_and_the_metadata_goes_to_the_destination(bench: Bench) -> None:
    queue = bench.queue()
    stream = mapped(bench, FAIL_ON_3, ("sqs:SendMessage", queue), MaximumRetryAttempts=2, **failure(queue))
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert numbers(bench) == [[0, 1, 2, 3, 4, 5]] * 3
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    info = record["KinesisBatchInfo"]
    sent = bench.calls()[0]["event"]["Records"]
    assert info["startSequenceNumber"] == sent[0]["kinesis"]["sequenceNumber"]
    assert info["endSequenceNumber"] == sent[-1]["kinesis"]["sequenceNumber"]
    assert (info["batchSize"], info["streamArn"]) == (6, stream)
    assert info["shardId"].startswith("shardId-")
    assert "payload" not in record


def test_a_bucket_receives_the_records_as_well(bench: Bench) -> None:
    bucket = bench.name("failed")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    target = f"arn:aws:s3:::{bucket}"
    mapped(bench, FAIL_ON_3, ("s3:PutObject", f"{target}/*"), MaximumRetryAttempts=0, **failure(target))
    bench.wait_for_calls(1)
    (found,) = bench.clients["s3"].list_objects_v2(Bucket=bucket)["Contents"]
    assert found["Key"].startswith("aws/lambda/")
    body = json.loads(bench.clients["s3"].get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
    assert len(json.loads(body["payload"])["Records"]) == 6


def test_bisection_finds_the_poison_record_and_uses_up_no_retry(bench: Bench) -> None:
    queue = bench.queue()
    settings = {"MaximumRetryAttempts": 1, "BisectBatchOnFunctionError": True}
    mapped(bench, FAIL_ON_3, ("sqs:SendMessage", queue), **settings, **failure(queue))
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert record["KinesisBatchInfo"]["batchSize"] == 1
    wait_until(lambda: [4, 5] in numbers(bench), "the last records", seconds=10)
    assert [batch for batch in numbers(bench) if 3 not in batch] == [[0, 1, 2], [4, 5]]
    assert numbers(bench).count([3]) == 2


@pytest.mark.parametrize("bisect", [False, True])
def test_a_partial_response_moves_the_checkpoint_and_halves_nothing(bench: Bench, bisect: bool) -> None:
    queue = bench.queue()
    settings = {"MaximumRetryAttempts": 1, "BisectBatchOnFunctionError": bisect, **REPORT}
    mapped(bench, PARTIAL, ("sqs:SendMessage", queue), **settings, **failure(queue))
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert numbers(bench) == [[0, 1, 2, 3, 4, 5], [3, 4, 5], [3, 4, 5]]
    sent = bench.calls()[1]["event"]["Records"]
    assert record["KinesisBatchInfo"]["batchSize"] == 3
    assert record["KinesisBatchInfo"]["startSequenceNumber"] == sent[0]["kinesis"]["sequenceNumber"]
    assert record["KinesisBatchInfo"]["endSequenceNumber"] == sent[-1]["kinesis"]["sequenceNumber"]
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"]["functionError"] is None


def test_a_handler_that_raises_if_its_first_record_fails_leaves_that_one_alone(bench: Bench) -> None:
    queue = bench.queue()
    settings = {"MaximumRetryAttempts": 1, "BisectBatchOnFunctionError": True, **REPORT}
    mapped(
        bench,
        "if numbers[0] == 3: raise RuntimeError\n" + PARTIAL,
        ("sqs:SendMessage", queue),
        **settings,
        **failure(queue),
    )
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert record["KinesisBatchInfo"]["batchSize"] == 1
    assert record["responseContext"]["functionError"] == "Unhandled"
    wait_until(lambda: [4, 5] in numbers(bench), "the last records", seconds=10)
    assert numbers(bench) == [[0, 1, 2, 3, 4, 5], [3, 4, 5], [3], [3], [4, 5]]


def test_an_answer_that_names_no_record_of_the_batch_fails_all_of_it(bench: Bench) -> None:
    queue = bench.queue()
    unknown = 'return {"batchItemFailures": [{"itemIdentifier": "7"}]}'
    mapped(bench, unknown, ("sqs:SendMessage", queue), MaximumRetryAttempts=1, **REPORT, **failure(queue))
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert numbers(bench) == [[0, 1, 2, 3, 4, 5]] * 2
    assert record["KinesisBatchInfo"]["batchSize"] == 6


def test_records_that_grow_too_old_are_given_up(bench: Bench) -> None:
    queue = bench.queue()
    mapped(bench, "raise RuntimeError", ("sqs:SendMessage", queue), MaximumRecordAgeInSeconds=AGE, **failure(queue))
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == len(numbers(bench)) > 0
    assert record["KinesisBatchInfo"]["batchSize"] == 6
    assert "responseContext" not in record


def test_a_record_that_is_too_old_reaches_no_function_and_the_younger_ones_go_on(bench: Bench) -> None:
    queue = bench.queue()
    mapped(bench, "", ("sqs:SendMessage", queue), Enabled=False, MaximumRecordAgeInSeconds=AGE, **failure(queue))
    put = time.time()
    wait_until(lambda: time.time() > put + AGE, "records that are too old", seconds=2 * AGE)
    bench.clients["kinesis"].put_record(StreamName=bench.name("stream"), Data=b"6", PartitionKey="k")
    client = bench.clients["lambda"]
    (mapping,) = client.list_event_source_mappings(FunctionName=bench.name("f"))["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert record["KinesisBatchInfo"]["batchSize"] == 6
    bench.wait_for_calls(1)
    assert numbers(bench) == [[6]]


def test_a_throttle_uses_up_no_retry(bench: Bench) -> None:
    queue = bench.queue()
    mapped(bench, "", ("sqs:SendMessage", queue), MaximumRetryAttempts=0, Enabled=False, **failure(queue))
    client = bench.clients["lambda"]
    client.put_function_concurrency(FunctionName=bench.name("f"), ReservedConcurrentExecutions=0)
    (mapping,) = client.list_event_source_mappings(FunctionName=bench.name("f"))["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    assert bench.is_empty(queue, seconds=1.5)
    client.delete_function_concurrency(FunctionName=bench.name("f"))
    bench.wait_for_calls(1)
    assert bench.is_empty(queue)


def test_without_the_permission_to_read_nothing_is_read(bench: Bench) -> None:
    mapped(bench, "")
    bench.wait_for_calls(1)
    bench.clients["iam"].delete_role_policy(RoleName=bench.name("f-role"), PolicyName="allowed")
    bench.clients["kinesis"].put_record(StreamName=bench.name("stream"), Data=b"6", PartitionKey="k")
    bench.wait_for_calls(1)


def test_a_table_sends_its_own_metadata(bench: Bench) -> None:
    queue, table = bench.queue(), bench.name("table")
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    stream = bench.clients["dynamodb"].create_table(
        TableName=table,
        KeySchema=key,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]
    grants = [("sqs:SendMessage", queue), ("dynamodb:GetRecords", stream)]
    function = bench.function("raise RuntimeError", *grants)
    bench.clients["lambda"].create_event_source_mapping(
        EventSourceArn=stream,
        FunctionName=function,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=1,
        **failure(queue),
    )
    bench.clients["dynamodb"].put_item(TableName=table, Item={"id": {"S": "a"}})
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert len(bench.calls()) == 2
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    assert record["DDBStreamBatchInfo"]["streamArn"] == stream
