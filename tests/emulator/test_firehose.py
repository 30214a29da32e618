import base64
import json

import pytest

from tests.e2e.clients import wait_until
from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e

RECORDS = "[{'recordId': r['recordId'], 'data': r['data'], 'result': RESULT} for r in event['records']]"


def put(bench: Bench, body: str, *, permitted: bool = True, concurrency: int | None = None) -> tuple[str, bytes]:
    """Put a record through a transform; return key and content of the one object that comes of it."""
    bucket, name = bench.name("bucket"), bench.name("stream")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    function = bench.function(body)
    if concurrency is not None:
        bench.clients["lambda"].put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=concurrency
        )
    grants = [("lambda:InvokeFunction", function)] if permitted else []
    transform = {"Type": "Lambda", "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": function}]}
    bench.clients["firehose"].create_delivery_stream(
        DeliveryStreamName=name,
        ExtendedS3DestinationConfiguration={
            "BucketARN": f"arn:aws:s3:::{bucket}",
            "RoleARN": bench.role("firehose", *grants, service="firehose.amazonaws.com"),
            "ProcessingConfiguration": {"Enabled": True, "Processors": [transform]},
        },
    )
    bench.clients["firehose"].put_record(DeliveryStreamName=name, Record={"Data": b"hello"})
    s3 = bench.clients["s3"]
    (found,) = wait_until(lambda: s3.list_objects_v2(Bucket=bucket).get("Contents"), "an object", seconds=10)
    return found["Key"], s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()


@pytest.mark.parametrize(
    "body",
    [
        "raise RuntimeError('no luck')",
        f"return {{'records': {RECORDS.replace('RESULT', repr('ProcessingFailed'))}}}",
        "return {'records': []}",
        "return None",
    ],
)
def test_a_record_that_cannot_be_transformed_goes_to_the_error_prefix(bench: Bench, body: str) -> None:
    key, content = put(bench, body)
    assert key.startswith("processing-failed/")
    assert base64.b64decode(json.loads(content)["rawData"]) == b"hello"
    assert len(bench.calls()) == 1


def test_a_throttled_transform_fails_the_record(bench: Bench) -> None:
    # AWS: firehose/monitoring-with-cloudwatch-logs names the error
    key, content = put(bench, "return None", concurrency=0)
    assert key.startswith("processing-failed/")
    assert json.loads(content)["errorCode"] == "Lambda.InvokeLimitExceeded"
    assert bench.calls() == []


def test_a_role_that_may_not_invoke_fails_the_record(bench: Bench) -> None:
    key, content = put(bench, f"return {{'records': {RECORDS.replace('RESULT', repr('Ok'))}}}", permitted=False)
    assert key.startswith("processing-failed/")
    assert base64.b64decode(json.loads(content)["rawData"]) == b"hello"
    assert bench.calls() == []


def test_a_record_that_is_transformed_is_delivered(bench: Bench) -> None:
    key, content = put(bench, f"return {{'records': {RECORDS.replace('RESULT', repr('Ok'))}}}")
    assert not key.startswith("processing-failed/")
    assert content == b"hello"
