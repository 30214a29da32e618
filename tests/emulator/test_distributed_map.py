import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.clients import wait_until
from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e

ALLOWED = ("s3:ListBucket", "s3:PutObject", "lambda:InvokeFunction")
Run = Callable[..., tuple[dict[str, Any], str]]


@pytest.fixture
def run(bench: Bench) -> Run:
    """Map over seven objects in batches of three, in a child that invokes the function."""

    def run_it(body: str = "return {'sent': len(event['Items'])}", allowed: tuple[str, ...] = ALLOWED) -> Any:
        s3, states = bench.clients["s3"], bench.clients["stepfunctions"]
        bucket = bench.name("b")
        s3.create_bucket(Bucket=bucket)
        for number in range(7):
            s3.put_object(Bucket=bucket, Key=f"in/{number}", Body=b"x")
        s3.put_object(Bucket=bucket, Key="other/1", Body=b"x")
        work = {"Type": "Task", "Resource": bench.function(body), "End": True}
        redrive = {
            "Type": "Map",
            "Label": "L",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:listObjectsV2",
                "Parameters": {"Bucket": bucket, "Prefix": "in/"},
            },
            "ItemBatcher": {"MaxItemsPerBatch": 3, "BatchInput": {"job.$": "$.job"}},
            "MaxConcurrencyPath": "$.workers",
            "ToleratedFailurePercentage": 100,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "W", "States": {"W": work}},
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": bucket, "Prefix": "out"},
            },
            "ResultPath": "$.run",
            "End": True,
        }
        machine = states.create_state_machine(
            name=bench.name("m"),
            definition=json.dumps({"StartAt": "M", "States": {"M": redrive}}),
            roleArn=bench.role("states", *((action, "*") for action in allowed), service="states.amazonaws.com"),
        )["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine, input='{"job": 5, "workers": 1}')["executionArn"]

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = states.describe_execution(executionArn=execution)
            return None if found["status"] == "RUNNING" else found

        return wait_until(ended, "the end of the execution", seconds=20), bucket

    return run_it


def written(bench: Bench, bucket: str, ended: dict[str, Any]) -> dict[str, Any]:
    found = json.loads(ended["output"])["run"]["ResultWriterDetails"]
    assert found["Bucket"] == bucket
    body = bench.clients["s3"].get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
    manifest: dict[str, Any] = json.loads(body)
    return manifest


def test_items_come_in_batches_with_the_input_for_all(bench: Bench, run: Run) -> None:
    ended, bucket = run()
    assert ended["status"] == "SUCCEEDED", ended
    events = [call["event"] for call in bench.wait_for_calls(3)]
    assert [event["BatchInput"] for event in events] == [{"job": 5}] * 3
    assert [[item["Key"] for item in event["Items"]] for event in events] == [
        ["in/0", "in/1", "in/2"],
        ["in/3", "in/4", "in/5"],
        ["in/6"],
    ]
    output = json.loads(ended["output"])
    assert output["job"] == 5
    files = written(bench, bucket, ended)["ResultFiles"]
    assert (len(files["SUCCEEDED"]), files["FAILED"]) == (1, [])
    body = bench.clients["s3"].get_object(Bucket=bucket, Key=files["SUCCEEDED"][0]["Key"])["Body"].read()
    assert [json.loads(child["Output"]) for child in json.loads(body)] == [{"sent": 3}, {"sent": 3}, {"sent": 1}]


@pytest.mark.slow_e2e
def test_what_fails_is_written_apart(bench: Bench, run: Run) -> None:
    ended, bucket = run("if len(event['Items']) == 1: raise ValueError('no')")
    assert ended["status"] == "SUCCEEDED", ended
    files = written(bench, bucket, ended)["ResultFiles"]
    body = bench.clients["s3"].get_object(Bucket=bucket, Key=files["FAILED"][0]["Key"])["Body"].read()
    (failed,) = json.loads(body)
    assert (failed["Error"], json.loads(failed["Input"])["Items"][0]["Key"]) == ("ValueError", "in/6")
    counts = bench.clients["stepfunctions"].describe_map_run(mapRunArn=json.loads(ended["output"])["run"]["MapRunArn"])
    assert counts["executionCounts"]["failed"] == 1


@pytest.mark.slow_e2e
@pytest.mark.parametrize(
    ("missing", "error"), [("s3:ListBucket", "States.ItemReaderFailed"), ("s3:PutObject", "States.ResultWriterFailed")]
)
def test_the_role_needs_its_permissions(run: Run, missing: str, error: str) -> None:
    ended, _ = run(allowed=tuple(action for action in ALLOWED if action != missing))
    assert (ended["status"], ended["error"]) == ("FAILED", error), ended
