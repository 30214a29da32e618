import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.clients import wait_until
from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def dead_letters(bench: Bench, number: int) -> tuple[str, str]:
    """Return a queue, and its dead-letter queue with so many messages of it."""
    dlq = bench.queue("dlq")
    queue = bench.queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": dlq, "maxReceiveCount": 1}))
    sqs = bench.clients["sqs"]
    for n in range(number):
        sqs.send_message(
            QueueUrl=bench.url(queue),
            MessageBody=str(n),
            MessageAttributes={"kind": {"DataType": "String", "StringValue": "new"}},
        )
    for _ in range(number):
        sqs.receive_message(QueueUrl=bench.url(queue), VisibilityTimeout=0)
    sqs.receive_message(QueueUrl=bench.url(queue))
    return queue, dlq


def last(bench: Bench, dlq: str) -> dict[str, Any]:
    (task,) = bench.clients["sqs"].list_message_move_tasks(SourceArn=dlq)["Results"]
    return dict(task)


def ended(bench: Bench, dlq: str) -> dict[str, Any]:
    wait_until(lambda: last(bench, dlq)["Status"] not in ("RUNNING", "CANCELLING"), "the end of a task", seconds=10)
    return last(bench, dlq)


def refusal(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def test_messages_go_back_to_their_queue_as_new_ones(bench: Bench) -> None:
    queue, dlq = dead_letters(bench, 3)
    assert bench.clients["sqs"].start_message_move_task(SourceArn=dlq)["TaskHandle"]
    task = ended(bench, dlq)
    assert task["Status"] == "COMPLETED"
    assert task["ApproximateNumberOfMessagesMoved"] == task["ApproximateNumberOfMessagesToMove"] == 3
    assert "TaskHandle" not in task
    messages = bench.messages(queue, 3)
    assert sorted(message["Body"] for message in messages) == ["0", "1", "2"]
    assert all(message["MessageAttributes"]["kind"]["StringValue"] == "new" for message in messages)
    assert bench.is_empty(dlq)


def test_messages_can_go_to_another_queue(bench: Bench) -> None:
    _, dlq = dead_letters(bench, 1)
    other = bench.queue("other")
    bench.clients["sqs"].start_message_move_task(SourceArn=dlq, DestinationArn=other)
    assert [message["Body"] for message in bench.messages(other)] == ["0"]


def test_one_task_at_a_time_which_can_be_cancelled(bench: Bench) -> None:
    _, dlq = dead_letters(bench, 5)
    sqs = bench.clients["sqs"]
    handle = sqs.start_message_move_task(SourceArn=dlq, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    assert last(bench, dlq)["TaskHandle"] == handle
    assert refusal(sqs.start_message_move_task, SourceArn=dlq) == "AWS.SimpleQueueService.UnsupportedOperation"
    moved = sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
    assert ended(bench, dlq)["Status"] == "CANCELLED"
    assert moved < 5


def test_only_a_dead_letter_queue_of_a_queue_is_a_source(bench: Bench) -> None:
    start = bench.clients["sqs"].start_message_move_task
    assert refusal(start, SourceArn=bench.queue()) == "InvalidParameterValue"
    assert refusal(start, SourceArn="arn:aws:sqs:us-east-1:000000000000:gone") == "ResourceNotFoundException"
    _, dlq = dead_letters(bench, 0)
    assert refusal(start, SourceArn=dlq, MaxNumberOfMessagesPerSecond=501) == "InvalidParameterValue"


def test_a_message_from_elsewhere_fails_the_task(bench: Bench) -> None:
    _, dlq = dead_letters(bench, 0)
    bench.clients["sqs"].send_message(QueueUrl=bench.url(dlq), MessageBody="from elsewhere")
    bench.clients["sqs"].start_message_move_task(SourceArn=dlq)
    task = ended(bench, dlq)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert [message["Body"] for message in bench.messages(dlq)] == ["from elsewhere"]


def test_a_dead_letter_queue_knows_its_source_queues(bench: Bench) -> None:
    queue, dlq = dead_letters(bench, 0)
    bench.queue("other")
    sources = bench.clients["sqs"].list_dead_letter_source_queues(QueueUrl=bench.url(dlq))["queueUrls"]
    assert [url.rsplit("/", 1)[1] for url in sources] == [queue.rsplit(":", 1)[1]]
