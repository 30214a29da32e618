import base64
import json
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


def test_a_partial_response_moves_the_checkpoint(bench: Bench) -> None:
    queue = bench.queue()
    settings = {"MaximumRetryAttempts": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    mapped(bench, PARTIAL, ("sqs:SendMessage", queue), **settings, **failure(queue))
    record = json.loads(bench.messages(queue)[0]["Body"])
    assert numbers(bench) == [[0, 1, 2, 3, 4, 5], [3, 4, 5]]
    assert record["KinesisBatchInfo"]["batchSize"] == 3


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
