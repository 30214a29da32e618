import json
from typing import Any

import pytest

from tests.e2e.clients import wait_until
from tests.emulator.bench import Bench

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]  # polling takes seconds a test

PARTIAL = ["ReportBatchItemFailures"]


def mapped(bench: Bench, queue: str, body: str, **settings: Any) -> str:
    """Let a function take from the queue; return the mapping's id."""
    grants = [("sqs:ReceiveMessage", queue), ("sqs:DeleteMessage", queue), ("sqs:GetQueueAttributes", queue)]
    function = bench.function(body, *grants, Timeout=3)
    mapping = bench.clients["lambda"].create_event_source_mapping(
        EventSourceArn=queue, FunctionName=function, **settings
    )
    return str(mapping["UUID"])


def send(bench: Bench, queue: str, *bodies: str, **more: str) -> None:
    for start in range(0, len(bodies), 10):
        entries = [{"Id": str(i), "MessageBody": body, **more} for i, body in enumerate(bodies[start : start + 10])]
        bench.clients["sqs"].send_message_batch(QueueUrl=bench.url(queue), Entries=entries)


def batches(bench: Bench) -> list[list[str]]:
    return [[record["body"] for record in call["event"]["Records"]] for call in bench.calls()]


def left(bench: Bench, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = bench.clients["sqs"].get_queue_attributes(QueueUrl=bench.url(queue), AttributeNames=names)
    return sum(int(found["Attributes"][name]) for name in names)


def test_a_window_collects_a_batch_of_more_than_ten(bench: Bench) -> None:
    queue = bench.queue()
    mapped(bench, queue, "pass", BatchSize=20, MaximumBatchingWindowInSeconds=2)
    send(bench, queue, *(str(n) for n in range(25)))
    bench.wait_for_calls(2)
    assert [len(batch) for batch in batches(bench)] == [20, 5]
    first, second = (call["time"] for call in bench.calls())
    assert second - first >= 1.5  # the window passes before a batch that is not full
    assert left(bench, queue) == 0


def test_batches_of_a_fifo_queue_hold_one_group_in_order(bench: Bench) -> None:
    queue = bench.queue("q.fifo", FifoQueue="true", ContentBasedDeduplication="true", VisibilityTimeout="3")
    uuid = mapped(bench, queue, "pass", Enabled=False)
    for n in range(4):
        send(bench, queue, f"a{n}", MessageGroupId="a")
        send(bench, queue, f"b{n}", MessageGroupId="b")
    bench.clients["lambda"].update_event_source_mapping(UUID=uuid, Enabled=True)
    wait_until(lambda: left(bench, queue) == 0, "an empty queue", seconds=10)
    assert all(len({body[0] for body in batch}) == 1 for batch in batches(bench))
    for group in "ab":
        bodies = [body for batch in batches(bench) for body in batch if body[0] == group]
        assert bodies == [f"{group}{n}" for n in range(4)]


@pytest.mark.parametrize(
    ("answer", "remaining"),
    [
        ("None", 0),
        ("{'batchItemFailures': []}", 0),
        ("{'batchItemFailures': None}", 0),
        (
            "{'batchItemFailures': [{'itemIdentifier': r['messageId']} for r in event['Records'] if r['body'] == '1']}",
            1,
        ),
        ("{'batchItemFailures': [{'itemIdentifier': 'unknown'}]}", 3),
        ("{'batchItemFailures': [{'itemIdentifier': ''}]}", 3),
        ("{'batchItemFailures': [{'id': event['Records'][0]['messageId']}]}", 3),
        ("'no object'", 3),
    ],
)
def test_what_the_answer_says_comes_back(bench: Bench, answer: str, remaining: int) -> None:
    queue = bench.queue()
    settings = {"FunctionResponseTypes": PARTIAL, "MaximumBatchingWindowInSeconds": 1}
    mapped(bench, queue, f"return {answer}", **settings)
    send(bench, queue, "0", "1", "2")
    bench.wait_for_calls(1)
    assert left(bench, queue) == remaining


def test_a_poison_message_ends_in_the_dlq_of_the_queue(bench: Bench) -> None:
    dlq = bench.queue("dlq")
    redrive = json.dumps({"deadLetterTargetArn": dlq, "maxReceiveCount": 2})
    queue = bench.queue(VisibilityTimeout="3", RedrivePolicy=redrive)
    failed = "[{'itemIdentifier': r['messageId']} for r in event['Records'] if r['body'] == 'poison']"
    mapped(bench, queue, f"return {{'batchItemFailures': {failed}}}", FunctionResponseTypes=PARTIAL)
    send(bench, queue, "poison", *(str(n) for n in range(9)))
    (message,) = bench.messages(dlq)
    assert message["Body"] == "poison"
    bodies = [body for batch in batches(bench) for body in batch]
    assert bodies.count("poison") == 2
    assert len(bodies) == 11


def test_a_throttled_batch_waits_without_coming_back(bench: Bench) -> None:
    dlq = bench.queue("dlq")
    redrive = json.dumps({"deadLetterTargetArn": dlq, "maxReceiveCount": 1})
    queue = bench.queue(RedrivePolicy=redrive)
    uuid = mapped(bench, queue, "time.sleep(0.3)", BatchSize=1, Enabled=False)
    bench.clients["lambda"].put_function_concurrency(FunctionName=bench.name("f"), ReservedConcurrentExecutions=1)
    bench.clients["lambda"].update_event_source_mapping(UUID=uuid, Enabled=True)
    send(bench, queue, *(str(n) for n in range(5)))
    bench.wait_for_calls(5)
    assert bench.is_empty(dlq)


def test_messages_that_a_filter_rejects_are_deleted(bench: Bench) -> None:
    queue = bench.queue()
    criteria = {"Filters": [{"Pattern": json.dumps({"body": {"keep": [True]}})}]}
    settings = {"MaximumBatchingWindowInSeconds": 1, "FilterCriteria": criteria}
    mapped(bench, queue, "raise RuntimeError", **settings)
    send(bench, queue, json.dumps({"keep": True}), json.dumps({"keep": False}))
    bench.wait_for_calls(1)
    assert left(bench, queue) == 1


def test_without_the_permission_to_receive_nothing_is_received(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("pass")
    bench.clients["lambda"].create_event_source_mapping(EventSourceArn=queue, FunctionName=function)
    send(bench, queue, "0")
    assert not bench.is_empty(queue, seconds=1.5)
    assert bench.calls() == []


def test_a_mapping_without_an_arn_does_not_stop_the_others(bench: Bench) -> None:
    template = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": bench.function("pass", name="kafka"),
            "SelfManagedEventSource": {"Endpoints": {"KafkaBootstrapServers": ["broker.example:9092"]}},
            "Topics": ["orders"],
            "StartingPosition": "LATEST",
        },
    }
    stack = bench.name("stack")
    bench.clients["cloudformation"].create_stack(
        StackName=stack, TemplateBody=json.dumps({"Resources": {"Mapping": template}})
    )
    queue = bench.queue()
    mapped(bench, queue, "pass")
    send(bench, queue, "0")
    bench.wait_for_calls(1)
    found = bench.clients["cloudformation"].describe_stacks(StackName=stack)["Stacks"][0]
    assert found["StackStatus"] == "CREATE_COMPLETE"
    bench.clients["cloudformation"].delete_stack(StackName=stack)
