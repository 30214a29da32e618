"""The places of failed events of an account, found from what is deployed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets

import constructs_lib
from constructs_lib import LambdaFunction
from constructs_lib.cli import main
from constructs_lib.operations.account import Account
from constructs_lib.operations.places.finding import find_place
from constructs_lib.operations.places.place import Kind
from scripts.local.emulator import REGION
from scripts.local.functions import local_function
from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.stacks import HANDLER

pytestmark = pytest.mark.e2e

STACK = "Listed"


@pytest.fixture
def account(clients: Clients) -> Account:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    return Account(session, endpoint_url=clients.url)


@pytest.fixture
def listed(clients: Clients, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")

    def run(*options: str) -> Any:
        code = main(["failures", "list", "--json", "--region", REGION, "--endpoint-url", clients.url, *options])
        captured = capsys.readouterr()
        assert (code, captured.err) == (0, "")
        return json.loads(captured.out)

    return run


def test_a_dead_letter_queue_with_what_waits_in_it(clients: Clients, account: Account, listed: Any) -> None:
    sqs = clients["sqs"]
    failed = sqs.create_queue(QueueName="listed-failed", Attributes={"MessageRetentionPeriod": "86400"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=failed, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    jobs = sqs.create_queue(QueueName="listed-jobs", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    try:
        for body in "abc":
            sqs.send_message(QueueUrl=failed, MessageBody=body)
        sqs.receive_message(QueueUrl=failed)
        (place,) = (one for one in listed()["places"] if one["arn"] == arn)
        counts = place["waiting"]
        assert (counts["events"], counts["visible"], counts["inFlight"]) == (3, 2, 1)
        assert counts["retentionSeconds"] == 86_400
        assert counts["leftAtMost"]
        assert [(use["origin"], use["source"]) for use in place["uses"]] == [
            ("source queue", arn.replace("-failed", "-jobs"))
        ]
        assert find_place(account, failed).uses == find_place(account, arn).uses
    finally:
        sqs.delete_queue(QueueUrl=failed)
        sqs.delete_queue(QueueUrl=jobs)


@pytest.fixture(scope="module")
def deployed(clients: Clients, asset_bucket: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("listed")
    app = App(outdir=str(folder / "cdk.out"))
    stack = Stack(app, STACK)

    def function(name: str) -> LambdaFunction:
        made = local_function(stack, name, code=HANDLER, environment={"JOURNAL": str(folder / "journal")})
        CfnOutput(stack, f"{name}Output", value=made.function_name).override_logical_id(name)
        return made

    constructs_lib.SqsToLambda(stack, "Sqs", function=function("Polls"))
    constructs_lib.KinesisToLambda(stack, "Kinesis", function=function("Reads"))
    pattern = events.EventPattern(source=["orders"])
    constructs_lib.EventBridgeToLambda(stack, "Rule", function=function("Sees"), event_pattern=pattern)
    constructs_lib.SnsToLambda(stack, "Sns", function=function("Hears"))
    careless = function("Careless")
    hourly = events.Rule(stack, "Hourly", event_pattern=events.EventPattern(source=["nothing"]))
    hourly.add_target(targets.LambdaFunction(careless))
    assembly = Path(app.synth().directory)
    yield deploy(clients, asset_bucket, assembly, STACK)
    delete(clients, STACK)


@pytest.mark.slow_e2e
def test_each_pattern_has_its_places(deployed: dict[str, str], listed: Any) -> None:
    found = listed("--stack", STACK)
    origins = {
        (use["origin"], function.partition(":function:")[2])
        for place in found["places"]
        for use in place["uses"]
        for function in use["functions"]
    }
    assert origins == {
        ("source queue", deployed["Polls"]),
        ("stream batch", deployed["Reads"]),
        ("on-failure destination", deployed["Sees"]),
        ("EventBridge rule", deployed["Sees"]),
        ("on-failure destination", deployed["Hears"]),
        ("SNS subscription", deployed["Hears"]),
    }
    assert all(place["kind"] == "queue" and not place["missing"] for place in found["places"])
    assert all(place["alarms"] for place in found["places"])


@pytest.mark.slow_e2e
def test_what_keeps_no_failed_events_is_a_gap(deployed: dict[str, str], listed: Any) -> None:
    gaps = [(gap["rule"], gap["functions"]) for gap in listed("--stack", STACK)["gaps"]]
    assert {rule for rule, _ in gaps} == {"AsyncFailureTarget", "DeliveryDeadLetterQueue"}
    assert all(function.endswith(deployed["Careless"]) for _, functions in gaps for function in functions)


@pytest.mark.slow_e2e
def test_the_places_of_one_function(clients: Clients, deployed: dict[str, str], account: Account, listed: Any) -> None:
    function = deployed["Sees"]
    clients["lambda"].invoke(FunctionName=function, InvocationType="Event", Payload=b'"e2e-fail-listed"')

    def waiting() -> Any:
        (place,) = listed("--function", deployed["Sees"])["places"]
        return place if place["waiting"]["events"] else None

    place = wait_until(waiting, "the failed event in its queue", seconds=20)
    found = find_place(account, place["name"])
    assert (found.kind, found.arn) == (Kind.QUEUE, place["arn"])
    assert [use.functions for use in found.uses] == [tuple(use["functions"]) for use in place["uses"]]
