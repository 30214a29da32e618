"""The delivery stage, the same for each pattern whose source has a dead-letter queue."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import EventBridgeToLambda, IotToLambda, LambdaFunction, ScheduleToLambda, SnsToLambda
from tests.helpers import ACCOUNT, make_function, resources, warnings

# How to make it, the resource that names the queue, and the service that sends; None if it sends with a role.
PATTERNS: dict[str, tuple[Callable[..., Any], str, str | None]] = {
    "event-bridge": (
        lambda *a, **k: EventBridgeToLambda(*a, event_pattern=events.EventPattern(source=["orders"]), **k),
        "AWS::Events::Rule",
        "events.amazonaws.com",
    ),
    "sns": (SnsToLambda, "AWS::SNS::Subscription", "sns.amazonaws.com"),
    "schedule": (
        lambda *a, **k: ScheduleToLambda(*a, schedule=scheduler.ScheduleExpression.rate(Duration.days(1)), **k),
        "AWS::Scheduler::Schedule",
        None,
    ),
    "iot": (lambda *a, **k: IotToLambda(*a, sql="SELECT * FROM 'a'", **k), "AWS::IoT::TopicRule", None),
}

every_pattern = pytest.mark.parametrize(("make", "type", "sender"), PATTERNS.values(), ids=PATTERNS)


def queue_of(stack: Stack, queue: sqs.IQueue, type: str) -> bool:
    # IoT names a queue by its URL.
    name = queue.queue_url if type == "AWS::IoT::TopicRule" else queue.queue_arn
    return json.dumps(stack.resolve(name)) in json.dumps(resources(stack, type))


def senders(stack: Stack, queue: sqs.IQueue) -> list[Any]:
    """Return whom the policy of a queue allows to send, each with the condition."""
    return [
        (statement["Principal"], statement["Condition"])
        for policy in resources(stack, "AWS::SQS::QueuePolicy").values()
        if stack.resolve(queue.queue_url) in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and statement["Action"] == "sqs:SendMessage"
    ]


def allowed(stack: Stack, pattern: Any) -> set[tuple[str, str]]:
    """Return what the role of a pattern may do, and to what."""
    return {
        (action, json.dumps(statement["Resource"]))
        for policy in resources(stack, "AWS::IAM::Policy").values()
        if stack.resolve(pattern.role.role_name) in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


@every_pattern
def test_both_stages_share_one_watched_queue(
    stack: Stack, function: LambdaFunction, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    topic = sns.Topic(stack, "Alarms")
    built = make(stack, "Pattern", function=function, alarm_topic=topic)
    assert built.dead_letter_queue is built.failure_queue
    assert len(resources(stack, "AWS::SQS::Queue")) == 1
    assert queue_of(stack, built.failure_queue, type)
    assert queue_of(stack, built.failure_queue, "AWS::Lambda::EventInvokeConfig")
    assert len(built.alarms) == 2


@every_pattern
def test_only_this_source_may_send_to_the_queue(
    stack: Stack, function: LambdaFunction, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    built = make(stack, "Pattern", function=function)
    if sender is None:
        assert senders(stack, built.dead_letter_queue) == []
        assert allowed(stack, built) >= {
            ("sqs:SendMessage", json.dumps(stack.resolve(built.dead_letter_queue.queue_arn)))
        }
        return
    ((principal, condition),) = senders(stack, built.dead_letter_queue)
    assert principal == {"Service": sender}
    assert list(condition) == ["ArnEquals"]


@every_pattern
def test_a_queue_of_the_user_and_its_key(
    stack: Stack, function: LambdaFunction, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    key, topic = kms.Key(stack, "Key"), sns.Topic(stack, "Alarms")
    mine = sqs.Queue(stack, "Mine", encryption_master_key=key)
    built = make(stack, "Pattern", function=function, dead_letter_queue=mine, alarm_topic=topic)
    assert built.dead_letter_queue is mine
    assert built.failure_queue is not mine
    assert queue_of(stack, mine, type)
    if sender is None:
        key_arn = json.dumps(stack.resolve(key.key_arn))
        assert {("kms:Decrypt", key_arn), ("kms:GenerateDataKey", key_arn)} <= allowed(stack, built)
        return
    (policy,) = (found["KeyPolicy"]["Statement"] for found in resources(stack, "AWS::KMS::Key").values())
    assert any(
        found["Principal"] == {"Service": sender} and found["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        for found in policy
    )
    depth = [
        alarm
        for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    ]
    assert len(depth) == 2
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in depth)
    assert len(built.alarms) == 3


@every_pattern
def test_the_policy_of_an_imported_queue_is_asked_for(
    stack: Stack, function: LambdaFunction, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    mine = sqs.Queue.from_queue_arn(stack, "Mine", f"arn:aws:sqs:us-east-1:{ACCOUNT}:mine")
    make(stack, "Pattern", function=function, dead_letter_queue=mine)
    assert queue_of(stack, mine, type)
    found = [text for text in warnings(stack) if "without sqs:SendMessage for" in text]
    assert len(found) == (sender is not None)  # a role is allowed to send by its own policy


@every_pattern
def test_a_fifo_queue_is_refused(
    stack: Stack, function: LambdaFunction, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    with pytest.raises(ValueError, match="expected dead_letter_queue to be a standard queue, got the FIFO Stack/Mine"):
        make(stack, "Pattern", function=function, dead_letter_queue=sqs.Queue(stack, "Mine", fifo=True))


@every_pattern
def test_a_function_of_another_stack(app: App, make: Callable[..., Any], type: str, sender: str | None) -> None:
    stacks = [Stack(app, name) for name in "AB"]
    built = make(stacks[1], "Pattern", function=make_function(stacks[0]))
    app.synth()  # would raise if the stacks needed each other
    assert Stack.of(built.dead_letter_queue) is stacks[1]
    assert queue_of(stacks[1], built.dead_letter_queue, type)
    assert bool(senders(stacks[1], built.dead_letter_queue)) == (sender is not None)
    assert len(resources(stacks[0], "AWS::Lambda::EventInvokeConfig")) == 1
