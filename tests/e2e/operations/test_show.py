"""What failed, shown where it waits: each origin that the emulator holds, and nothing of it consumed."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main
from scripts.local.emulator import REGION
from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers.delivered import DeliveredDriver
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.dynamodb import DynamoDbDriver
from tests.e2e.drivers.event_bridge import EventBridgeDriver
from tests.e2e.drivers.invocation import InvocationDriver
from tests.e2e.drivers.kinesis import KinesisDriver
from tests.e2e.drivers.queues import receive, waiting
from tests.e2e.drivers.schedule import ScheduleDriver
from tests.e2e.drivers.sns import SnsDriver
from tests.e2e.drivers.sqs import SqsDriver
from tests.e2e.operations.failing import Failing
from tests.e2e.scenarios import new_token
from tests.e2e.stacks import synthesize

pytestmark = pytest.mark.e2e

Show = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def show(clients: Clients, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Show:
    """Return what shows the events of a place, as parsed JSON."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    capsys.readouterr()

    def run(place: str, *options: str, code: int = 0) -> list[dict[str, Any]]:
        where = ["--region", REGION, "--endpoint-url", clients.url]
        found = main(["failures", "show", place, "--json", *options, *where])
        captured = capsys.readouterr()
        assert found == code, captured.err
        return [json.loads(line) for line in captured.out.splitlines()]

    return run


@pytest.fixture
def bench(clients: Clients, tmp_path: Path) -> Failing:
    return Failing(clients, tmp_path)


def test_the_dead_letter_queue_of_a_function(bench: Failing, show: Show) -> None:
    queue = bench.queue()
    function = bench.failing(("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    bench.invoke(function, [{"n": n} for n in range(12)])
    bench.wait_for_depth(queue, 12)
    events = show(queue, "--limit", "12")
    assert sorted(event["payload"]["n"] for event in events) == list(range(12))
    for event in events:
        assert (event["origin"], event["stage"]) == ("function dead-letter queue", "execution")
        assert event["function"] == function
        assert event["error"]["message"] == "not mended yet"
    again = show(bench.name("q"), "--limit", "12")  # all are there, and visible
    assert {event["id"] for event in again} == {event["id"] for event in events}
    (cause,) = show(queue, "--limit", "12", "--group-by", "error", "--error", "mended")
    assert (cause["count"], cause["functions"]) == (12, [function])
    assert show(queue, "--limit", "12", "--error", "another") == []


@pytest.mark.slow_e2e
def test_records_in_a_bucket(bench: Failing, show: Show) -> None:
    bucket = bench.name("kept")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    bench.clients["s3"].put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    function = bench.failing(("s3:*", f"arn:aws:s3:::{bucket}*"))
    bench.clients["lambda"].put_function_event_invoke_config(
        FunctionName=function, DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}}
    )
    bench.invoke(function, [{"n": n} for n in range(3)])
    wait_until(lambda: len(bench.keys(bucket)) == 3, "three objects", seconds=20)
    bench.clients["s3"].put_object(Bucket=bucket, Key="aws/lambda/odd", Body=b"\xff not a record")
    *events, odd = show(f"s3://{bucket}/aws/lambda/")
    assert sorted(event["payload"]["n"] for event in events) == [0, 1, 2]
    assert {event["error"]["type"] for event in events} == {"RuntimeError"}
    assert all(event["version"] for event in events)
    assert (odd["origin"], odd["id"]) == ("unknown", "aws/lambda/odd")
    assert len(bench.keys(bucket)) == 4


@pytest.mark.slow_e2e
def test_a_queue_that_would_move_messages_on_is_left_alone(bench: Failing, show: Show) -> None:
    policy = json.dumps({"deadLetterTargetArn": bench.queue("dlq"), "maxReceiveCount": 1})
    queue = bench.queue("q", RedrivePolicy=policy)
    bench.clients["sqs"].send_message(QueueUrl=bench.url(queue), MessageBody="x")
    show(queue, code=3)
    show(queue, code=3)
    assert [message["Body"] for message in bench.messages(queue)] == ["x"]


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(
        [driver for driver, _origin, _stage in ORIGINS],
        tmp_path_factory.mktemp("journals"),
        tmp_path_factory.mktemp("cdk.out"),
    )


ORIGINS: Sequence[tuple[Driver, str, str]] = (
    (InvocationDriver("AsyncInvocation"), "on-failure destination", "execution"),
    (SnsDriver("SnsToLambda"), "SNS subscription", "delivery"),
    (EventBridgeDriver("EventBridgeToLambda"), "EventBridge rule", "delivery"),
    (ScheduleDriver("ScheduleToLambda"), "schedule", "delivery"),
    (KinesisDriver("KinesisToLambda"), "stream batch", "execution"),
    (DynamoDbDriver("DynamoDbToLambda"), "stream batch", "execution"),
    (SqsDriver("SqsToLambda"), "source queue", "execution"),
)


@pytest.fixture
def deployed(clients: Clients, asset_bucket: str, assembly: Path, driver: Driver) -> Iterator[Deployed]:
    yield Deployed(clients, deploy(clients, asset_bucket, assembly, driver.pattern.name))
    delete(clients, driver.pattern.name)


@pytest.mark.slow_e2e
@pytest.mark.parametrize(("driver", "origin", "stage"), ORIGINS, ids=[driver.pattern.name for driver, *_ in ORIGINS])
def test_each_pattern(driver: Driver, deployed: Deployed, show: Show, origin: str, stage: str) -> None:
    place = deployed.outputs["Failures"]
    if isinstance(driver, DeliveredDriver):
        place = deployed.outputs["Undelivered"]
        deployed.clients["lambda"].delete_function(FunctionName=deployed.outputs["Function"])
    tokens = [new_token("fail"), new_token("fail")]
    driver.send(deployed, tokens)
    try:
        wait_until(lambda: waiting(deployed.clients, place) == 2, "two failed events", seconds=driver.seconds)
        first, again = show(place), show(place)
        assert {event["id"] for event in first} == {event["id"] for event in again}
        for event in first:
            assert (event["origin"], event["stage"]) == (origin, stage)
            name = str(event["function"]).removesuffix(":$LATEST").rsplit(":", 1)[-1]
            assert name == deployed.outputs["Function"], event
            assert event["last"] or event["first"], event
        assert sorted(token for event in first for token in tokens if token in text_of(event)) == tokens
    finally:
        receive(deployed.clients, place)


def text_of(event: dict[str, Any]) -> str:
    """Return the text of a payload; of Kinesis, with its data."""
    payload = event["payload"]
    records = payload.get("Records", []) if isinstance(payload, dict) else []
    data = [base64.b64decode(record["kinesis"]["data"]).decode() for record in records if "kinesis" in record]
    return " ".join([json.dumps(payload), *data])
