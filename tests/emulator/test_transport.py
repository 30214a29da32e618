import json

import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def test_a_queue_that_refuses_plain_http_takes_messages(bench: Bench) -> None:
    url = bench.clients["sqs"].create_queue(QueueName="over-tls-only")["QueueUrl"]
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    bench.clients["sqs"].set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    bench.clients["sqs"].send_message(QueueUrl=url, MessageBody="hello")
    (message,) = bench.clients["sqs"].receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "hello"
