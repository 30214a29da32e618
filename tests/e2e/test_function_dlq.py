"""The DLQ of a function itself: the event as it was, and why it failed in attributes (F5, F6)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_sqs as sqs

from scripts.local.functions import local_function
from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers.queues import receive
from tests.e2e.journal import Journal
from tests.e2e.scenarios import new_token
from tests.e2e.stacks import HANDLER, TIMEOUT

pytestmark = pytest.mark.e2e

STACK = "FunctionDlq"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


@pytest.fixture
def deployed(clients: Clients, asset_bucket: str, tmp_path: Path, journal: Journal) -> Iterator[dict[str, str]]:
    app = App(outdir=str(tmp_path / "cdk.out"))
    stack = Stack(app, STACK)
    queue = sqs.Queue(stack, "Queue", enforce_ssl=True)
    environment = {"JOURNAL": str(tmp_path / "journal")}
    function = local_function(
        stack, "Function", code=HANDLER, timeout=TIMEOUT, environment=environment, dead_letter_queue=queue
    )
    CfnOutput(stack, "Failures", value=queue.queue_url)
    CfnOutput(stack, "Name", value=function.function_name)
    yield deploy(clients, asset_bucket, Path(app.synth().directory), STACK)
    delete(clients, STACK)


@pytest.mark.parametrize(("plan", "reason"), [("fail", "{token} was to fail"), ("timeout", "timed out")])
def test_a_failed_event_has_its_reason_beside_it(
    clients: Clients, deployed: dict[str, str], journal: Journal, plan: str, reason: str
) -> None:
    event = {"token": (token := new_token(plan)), "note": "naïve – 日本"}
    clients["lambda"].invoke(FunctionName=deployed["Name"], InvocationType="Event", Payload=json.dumps(event))
    (message,) = wait_until(lambda: receive(clients, deployed["Failures"]), "the event in the DLQ", seconds=20)
    assert json.loads(message["Body"]) == event
    attributes = message["MessageAttributes"]
    kinds = {name: attribute["DataType"] for name, attribute in attributes.items()}
    assert kinds == {"RequestID": "String", "ErrorCode": "Number", "ErrorMessage": "String"}
    assert journal.requests(token) == {attributes["RequestID"]["StringValue"]}
    assert journal.attempts()[token] == 3  # A2
    assert attributes["ErrorCode"]["StringValue"] == "200"  # I4: a function error is no failed call
    assert reason.format(token=token) in attributes["ErrorMessage"]["StringValue"]
