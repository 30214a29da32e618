import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e

BODY = """
import boto3
sqs, url = boto3.client("sqs"), event["url"]
sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "hello"}])
found = sqs.receive_message(QueueUrl=url)["Messages"][0]
entry = {"Id": "1", "ReceiptHandle": found["ReceiptHandle"]}
sqs.change_message_visibility_batch(QueueUrl=url, Entries=[{**entry, "VisibilityTimeout": 9}])
sqs.delete_message_batch(QueueUrl=url, Entries=[entry])
return "done"
"""
ACTIONS = ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage")


def call(bench: Bench, *actions: str) -> str:
    queue = bench.queue()
    function = bench.function(BODY, *((action, queue) for action in actions))
    url = bench.clients["sqs"].get_queue_url(QueueName=queue.split(":")[-1])["QueueUrl"]
    answer = bench.clients["lambda"].invoke(FunctionName=function, Payload=f'{{"url": "{url}"}}')
    text: str = answer["Payload"].read().decode()
    return text


def test_the_permission_for_one_message_is_that_for_several(bench: Bench) -> None:
    assert call(bench, *ACTIONS) == '"done"'


@pytest.mark.parametrize("missing", [action for action in ACTIONS if action != "sqs:ReceiveMessage"])
def test_without_it_the_call_is_denied(bench: Bench, missing: str) -> None:
    assert f"not authorized to perform: {missing}" in call(bench, *(action for action in ACTIONS if action != missing))
