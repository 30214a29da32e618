import json

import pytest

from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e

BODY = """
import boto3
kinesis, name = boto3.client("kinesis"), event["stream"]
iterator = kinesis.get_shard_iterator(
    StreamName=name, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
)["ShardIterator"]
return [record["Data"].decode() for record in kinesis.get_records(ShardIterator=iterator)["Records"]]
"""


@pytest.mark.parametrize(("allowed", "answer"), [("mine", '["hello"]'), ("other", "not authorized to perform")])
def test_records_are_read_with_the_permission_for_their_stream(bench: Bench, allowed: str, answer: str) -> None:
    stream = bench.name("mine")
    bench.clients["kinesis"].create_stream(StreamName=stream, ShardCount=1)
    bench.clients["kinesis"].put_record(StreamName=stream, Data=b"hello", PartitionKey="1")
    resource = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/"
    function = bench.function(
        BODY,
        ("kinesis:GetShardIterator", f"{resource}{stream}"),
        ("kinesis:GetRecords", f"{resource}{bench.name(allowed)}"),
    )
    found = bench.clients["lambda"].invoke(FunctionName=function, Payload=json.dumps({"stream": stream}))
    assert answer in found["Payload"].read().decode()
