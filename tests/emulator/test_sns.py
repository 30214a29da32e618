import json

import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def subscribed(bench: Bench, function: str) -> tuple[str, str]:
    """Subscribe the function to a topic with a DLQ for what cannot be delivered; return topic and DLQ."""
    dlq = bench.queue("delivery")
    bench.allow_service(dlq, "sns.amazonaws.com")
    topic = bench.clients["sns"].create_topic(Name=bench.name("topic"))["TopicArn"]
    bench.clients["sns"].subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=function,
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": dlq})},
    )
    return topic, dlq


def test_a_message_is_tried_three_times_and_ends_in_the_dlq_of_the_function(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("raise RuntimeError", ("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    topic, delivery = subscribed(bench, function)
    bench.permit(function, "sns.amazonaws.com", topic)
    bench.clients["sns"].publish(TopicArn=topic, Message="hello")
    bench.wait_for_calls(3)
    (message,) = bench.messages(queue)
    assert json.loads(message["Body"])["Records"][0]["Sns"]["Message"] == "hello"
    assert bench.is_empty(delivery)


def test_what_a_revoked_permission_stops_goes_to_the_dlq_of_the_subscription(bench: Bench) -> None:
    function = bench.function("pass")
    topic, delivery = subscribed(bench, function)
    bench.clients["sns"].publish(TopicArn=topic, Message="hello")
    (message,) = bench.messages(delivery)
    assert json.loads(message["Body"])["Message"] == "hello"
    assert bench.calls() == []


def test_what_a_deleted_function_stops_goes_to_the_dlq_of_the_subscription(bench: Bench) -> None:
    function = bench.function("pass")
    topic, delivery = subscribed(bench, function)
    bench.permit(function, "sns.amazonaws.com", topic)
    bench.clients["lambda"].delete_function(FunctionName=function)
    bench.clients["sns"].publish(TopicArn=topic, Message="hello")
    bench.messages(delivery)
