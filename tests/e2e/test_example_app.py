"""The example app as its users see it: deployed, and asked over HTTP, through buckets and through queues."""

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from PIL import Image

import app as example
from scripts.local.functions import local_function
from scripts.local.tour import ExampleApp
from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers.http import request
from tests.e2e.drivers.queues import receive, waiting

pytestmark = pytest.mark.e2e

STACKS = {
    "OrderApi": example.OrderApiStack,
    "Thumbnails": example.ThumbnailStack,
    "Jobs": example.JobStack,
    "Reports": example.ReportStack,
}
ITEM = {"sku": "TEA-1", "quantity": 2, "unit_price_cents": 495}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(example, "LambdaFunction", local_function)
        app = App(outdir=str(tmp_path_factory.mktemp("cdk.out")))
        for name, stack in STACKS.items():
            stack(app, name)
        yield Path(app.synth().directory)


@pytest.fixture(scope="module")
def deployed(clients: Clients, asset_bucket: str, assembly: Path) -> Iterator[ExampleApp]:
    for stack in STACKS:
        deploy(clients, asset_bucket, assembly, stack)
    deployed = ExampleApp(clients.url)
    yield deployed
    deployed.close()
    for stack in STACKS:
        delete(clients, stack)


def test_an_order_is_accepted(deployed: ExampleApp) -> None:
    order = {"customer": "c-17", "reference": "2026-044", "items": [ITEM]}
    response = request("POST", f"{deployed.api('OrderApi', 'OrderApi')}/orders", json.dumps(order))
    assert response.status == 201, response
    answer = json.loads(response.text)
    assert answer["total_cents"] == 990
    assert response.headers["Location"].endswith(f"/orders/{answer['id']}")


def test_an_order_is_refused_with_all_that_is_wrong(deployed: ExampleApp) -> None:
    response = request("POST", f"{deployed.api('OrderApi', 'OrderApi')}/orders", '{"items": [{"quantity": 0}]}')
    assert response.status == 400, response
    assert len(json.loads(response.text)["problems"]) == 5


def test_nobody_else_may_order(deployed: ExampleApp) -> None:
    response = request("POST", f"{deployed.api('OrderApi', 'OrderApi')}/orders", "{}", service=None)
    assert response.status == 403, response


def test_a_picture_gets_a_thumbnail(deployed: ExampleApp, clients: Clients) -> None:
    uploads = deployed.name("Thumbnails", "AWS::S3::Bucket", "Uploads")
    thumbnails = deployed.name("Thumbnails", "AWS::S3::Bucket", "Thumbnails")
    picture = io.BytesIO()
    Image.new("RGB", (1024, 512), "teal").save(picture, "PNG")
    clients["s3"].put_object(Bucket=uploads, Key="holidays/a b.png", Body=picture.getvalue())

    def keys() -> list[str]:
        return [found["Key"] for found in clients["s3"].list_objects_v2(Bucket=thumbnails).get("Contents", [])]

    assert wait_until(keys, "a thumbnail", seconds=20) == ["holidays/a b.png.jpg"]
    stored = clients["s3"].get_object(Bucket=thumbnails, Key="holidays/a b.png.jpg")["Body"].read()
    with Image.open(io.BytesIO(stored)) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (256, 128))


def test_a_broken_picture_ends_in_the_failure_queue_with_its_error(deployed: ExampleApp, clients: Clients) -> None:
    uploads = deployed.name("Thumbnails", "AWS::S3::Bucket", "Uploads")
    failures = deployed.name("Thumbnails", "AWS::SQS::Queue", "ResizeFailureQueue")
    clients["s3"].put_object(Bucket=uploads, Key="broken.png", Body=b"no picture")
    (message,) = wait_until(lambda: receive(clients, failures), "the broken picture in the failure queue", seconds=20)
    record = json.loads(message["Body"])
    assert record["requestPayload"]["Records"][0]["s3"]["object"]["key"] == "broken.png"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "UnidentifiedImageError"


def ask(url: str, job: str) -> dict[str, Any]:
    response = request("GET", f"{url}/{job}")
    assert response.status == 200, response
    answer: dict[str, Any] = json.loads(response.text)
    return answer


def start(url: str, body: Any) -> str:
    response = request("POST", url, json.dumps(body))
    assert response.status == 202, response
    answer = json.loads(response.text)
    assert answer["status"] == "queued"
    return str(answer["jobId"])


def test_a_report_is_queued_then_running_then_there(deployed: ExampleApp, clients: Clients) -> None:
    url = f"{deployed.api('Reports', 'ReportsApi')}/reports"
    report = deployed.name("Reports", "AWS::Lambda::Function", "Report")
    # What is changed starts cold: so the job takes as long as Python needs to load the handler, and is seen running.
    clients["lambda"].update_function_configuration(FunctionName=report, Description="starts cold")
    job = start(url, {"orders": [ITEM]})
    seen: list[str] = []
    deadline = time.monotonic() + 30
    while not seen or seen[-1] not in ("succeeded", "failed"):
        assert time.monotonic() < deadline, seen
        answer = ask(url, job)
        seen += [] if answer["status"] in seen[-1:] else [answer["status"]]
    # The client was told that the job is queued when it was accepted; that may be over before it asks.
    assert seen[-2:] == ["running", "succeeded"]
    assert seen[:-2] in ([], ["queued"])
    assert answer["result"]["total_cents"] == 990


def test_a_report_that_cannot_be_made_is_failed_with_its_error(deployed: ExampleApp, clients: Clients) -> None:
    url = f"{deployed.api('Reports', 'ReportsApi')}/reports"
    job = start(url, {"orders": [{"sku": ""}]})
    answer = wait_until(
        lambda: found if (found := ask(url, job))["status"] in ("succeeded", "failed") else None, "an end", seconds=30
    )
    assert answer is not None
    assert answer["status"] == "failed"
    assert "InvalidOrdersError" in json.dumps(answer["error"])
    failures = deployed.name("Reports", "AWS::SQS::Queue", "ReportsFailureQueue")
    (message,) = wait_until(lambda: receive(clients, failures), "the failed job in the failure queue", seconds=10)
    assert job in message["Body"]


def test_what_is_no_report_is_refused(deployed: ExampleApp) -> None:
    response = request("POST", f"{deployed.api('Reports', 'ReportsApi')}/reports", '{"orders": []}')
    assert response.status == 400, response


@pytest.mark.slow_e2e
def test_a_poison_job_ends_in_the_dead_letter_queue_and_the_other_nine_are_done(
    deployed: ExampleApp, clients: Clients
) -> None:
    queue = deployed.name("Jobs", "AWS::SQS::Queue", "JobsQueue")
    failures = deployed.name("Jobs", "AWS::SQS::Queue", "JobsDeadLetterQueue")
    # Five receives are three minutes apart; nothing but that wait is shortened.
    clients["sqs"].set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "4"})
    bodies = [json.dumps({"job": "word-count", "text": "to be or not"}) for _ in range(9)] + ["no job"]
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    sent = clients["sqs"].send_message_batch(QueueUrl=queue, Entries=entries)["Successful"]
    assert len(sent) == 10
    wait_until(lambda: waiting(clients, queue) == 1, "nine jobs to be done", seconds=30)
    (message,) = wait_until(lambda: receive(clients, failures), "the poison job in its queue", seconds=60)
    assert message["Body"] == "no job"
    assert waiting(clients, queue) == 0
    table = deployed.name("Jobs", "AWS::DynamoDB::Table", "Done")
    items = clients["dynamodb"].scan(TableName=table)["Items"]
    assert [item["status"]["S"] for item in items] == ["COMPLETED"] * 9
