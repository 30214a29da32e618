"""The delivery stage, the same for each pattern whose source has a dead-letter queue."""

import json
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import (
    EventBridgeToLambda,
    FailureQueue,
    IotToLambda,
    LambdaFunction,
    ScheduleToLambda,
    SnsToLambda,
)
from tests.helpers import ACCOUNT, make_function, resources, warnings

OTHER = "210987654321"
ALARM = "AWS::CloudWatch::Alarm"
IOT = "AWS::IoT::TopicRule"

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
    "iot": (lambda *a, **k: IotToLambda(*a, sql="SELECT * FROM 'a'", **k), IOT, None),
}

every_pattern = pytest.mark.parametrize(("make", "type", "sender"), PATTERNS.values(), ids=PATTERNS)
services = pytest.mark.parametrize(
    ("make", "type", "sender"), [PATTERNS["event-bridge"], PATTERNS["sns"]], ids=["event-bridge", "sns"]
)


def queue_of(stack: Stack, queue: sqs.IQueue, type: str) -> bool:
    # IoT names a queue by its URL.
    name = queue.queue_url if type == IOT else queue.queue_arn
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
    assert len(built.alarms) == (2 if type == IOT else 3)


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
    assert len(built.alarms) == 4


LOSSES = {
    "event-bridge": ("AWS/Events", "InvocationsFailedToBeSentToDlq", "RuleName"),
    "sns": ("AWS/SNS", "NumberOfNotificationsFailedToRedriveToDlq", "TopicName"),
    "schedule": ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount", "ScheduleGroup"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_what_does_not_reach_the_queue_is_watched(stack: Stack, function: LambdaFunction, name: str) -> None:
    topic = sns.Topic(stack, "Alarms")
    built = PATTERNS[name][0](stack, "Pattern", function=function, alarm_topic=topic)
    namespace, metric, dimension = LOSSES[name]
    (alarm,) = (found for found in resources(stack, ALARM).values() if found["MetricName"] == metric)
    source = {"event-bridge": "rule.rule_name", "sns": "topic.topic_name"}.get(name)
    value = "default" if source is None else stack.resolve(attrgetter(source)(built))
    assert alarm["Namespace"] == namespace
    assert alarm["Dimensions"] == [{"Name": dimension, "Value": value}]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["TreatMissingData"]) == ("Sum", 1, "notBreaching")
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]


def test_a_rule_of_another_bus_is_watched_by_its_own_name(stack: Stack, function: LambdaFunction) -> None:
    bus = events.EventBus(stack, "Bus")
    pattern = events.EventPattern(source=["orders"])
    built = EventBridgeToLambda(stack, "Pattern", function=function, event_pattern=pattern, event_bus=bus)
    (alarm,) = (found for found in resources(stack, ALARM).values() if found["Namespace"] == "AWS/Events")
    # The reference is bus|rule.
    name = {"Fn::Select": [1, {"Fn::Split": ["|", stack.resolve(built.rule.rule_name)]}]}
    assert {found["Name"]: found["Value"] for found in alarm["Dimensions"]} == {
        "EventBusName": stack.resolve(bus.event_bus_name),
        "RuleName": name,
    }


def test_a_bus_that_may_turn_out_to_be_the_default_one_can_be_deployed(stack: Stack, function: LambdaFunction) -> None:
    bus = events.EventBus.from_event_bus_name(stack, "Bus", CfnParameter(stack, "Name").value_as_string)
    pattern = events.EventPattern(source=["orders"])
    built = EventBridgeToLambda(stack, "Pattern", function=function, event_pattern=pattern, event_bus=bus)
    (alarm,) = (found for found in resources(stack, ALARM).values() if found["Namespace"] == "AWS/Events")
    rule = stack.resolve(built.rule.rule_name)
    # Of "rule|rule" and of "bus|rule|bus|rule", the second is the rule.
    twice = {"Fn::Join": ["", [rule, "|", rule]]}
    (name,) = (found["Value"] for found in alarm["Dimensions"] if found["Name"] == "RuleName")
    assert name == {"Fn::Select": [1, {"Fn::Split": ["|", twice]}]}


def test_the_default_bus_by_name_has_no_dimension(stack: Stack, function: LambdaFunction) -> None:
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "default")
    pattern = events.EventPattern(source=["orders"])
    EventBridgeToLambda(stack, "Pattern", function=function, event_pattern=pattern, event_bus=bus)
    (alarm,) = (found for found in resources(stack, ALARM).values() if found["Namespace"] == "AWS/Events")
    assert [found["Name"] for found in alarm["Dimensions"]] == ["RuleName"]


def test_schedules_of_a_stack_share_the_alarm_of_their_group(stack: Stack) -> None:
    topics = [sns.Topic(stack, f"Alarms{name}") for name in "AB"]
    make = PATTERNS["schedule"][0]
    built = [
        make(stack, f"Pattern{number}", function=make_function(stack, f"Function{number}"), alarm_topic=topic)
        for number, topic in enumerate(topics)
    ]
    (alarm,) = (found for found in resources(stack, ALARM).values() if found["Namespace"] == "AWS/Scheduler")
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn) for topic in topics]
    assert built[0].alarms[-1].node.path == built[1].alarms[-1].node.path


def test_a_topic_of_another_region_is_out_of_sight(app: App) -> None:
    stack = Stack(app, "West", env=Environment(account=ACCOUNT, region="us-west-2"))
    topic = sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:us-east-1:{ACCOUNT}:orders")
    mine = sqs.Queue.from_queue_arn(stack, "Mine", f"arn:aws:sqs:us-east-1:{ACCOUNT}:mine")
    SnsToLambda(stack, "Pattern", function=make_function(stack), topic=topic, dead_letter_queue=mine)
    assert all(alarm["Namespace"] != "AWS/SNS" for alarm in resources(stack, ALARM).values())


@every_pattern
def test_a_key_out_of_reach_is_warned_of(
    stack: Stack, function: LambdaFunction, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    key = kms.Key.from_key_arn(stack, "Key", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mine")
    make(stack, "Pattern", function=function, dead_letter_queue=sqs.Queue(stack, "Mine", encryption_master_key=key))
    found = [text for text in warnings(stack) if "the policy of the imported key Stack/Key cannot be changed" in text]
    assert len(found) == (sender is not None)
    if sender is not None:
        assert "[ack: lambda-invocation-constructs:importedDeadLetterQueueKey]" in found[0]
        statement = json.loads(found[0][found[0].index("{") : found[0].rindex("}") + 1])
        assert statement["Principal"] == {"Service": sender}
        assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


@services
def test_the_key_of_a_shared_queue_is_warned_of_and_a_changeable_one_is_not(
    stack: Stack, make: Callable[..., Any], type: str, sender: str
) -> None:
    keys: list[kms.IAlias | kms.Key] = [
        kms.Alias.from_alias_name(stack, "Imported", "alias/mine"),
        kms.Key(stack, "Owned"),
    ]
    for key in keys:
        queue = FailureQueue(stack, f"{key.node.id}Queue", encryption_key=key)
        make(stack, f"{key.node.id}Pattern", function=make_function(stack, key.node.id + "F", dead_letter_queue=queue))
    found = [text for text in warnings(stack) if "importedDeadLetterQueueKey" in text]
    assert ["Stack/Imported" in text for text in found] == [True]


def managed(stack: Stack) -> sqs.Queue:
    return sqs.Queue(stack, "Managed", encryption=sqs.QueueEncryption.KMS_MANAGED)


@services
@pytest.mark.parametrize("way", ["given", "on_failure", "function"])
def test_a_service_cannot_use_the_aws_managed_key(
    stack: Stack, make: Callable[..., Any], type: str, sender: str, way: str
) -> None:
    queue = managed(stack)
    function = make_function(stack, dead_letter_queue=queue if way == "function" else None)
    ways: dict[str, dict[str, Any]] = {
        "given": {"dead_letter_queue": queue},
        "on_failure": {"on_failure": destinations.SqsDestination(queue)},
        "function": {},
    }
    with pytest.raises(ValueError, match=f"got Stack/Managed with the AWS-managed key, which {sender} cannot use"):
        make(stack, "Pattern", function=function, **ways[way])


@pytest.mark.parametrize("name", ["schedule", "iot"])
def test_a_role_can_use_the_aws_managed_key(stack: Stack, function: LambdaFunction, name: str) -> None:
    queue = managed(stack)
    make, resource, _ = PATTERNS[name]
    make(stack, "Pattern", function=function, dead_letter_queue=queue)
    assert queue_of(stack, queue, resource)


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


@every_pattern
@pytest.mark.parametrize("function_in", "PAB")
def test_a_queue_of_another_stack(
    app: App, function_in: str, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    stacks = {name: Stack(app, name) for name in ("P", "A", "B", "Alarms")}
    mine = sqs.Queue(stacks["A"], "Mine")
    function = make_function(stacks[function_in])
    topic = sns.Topic(stacks["Alarms"], "Topic")
    make(stacks["P"], "Pattern", function=function, dead_letter_queue=mine, alarm_topic=topic)
    app.synth()  # would raise if the stacks needed each other
    found = senders(stacks["A"], mine)
    if sender is None:
        assert found == []
        return
    ((principal, condition),) = found
    assert principal == {"Service": sender}
    # Not the very source, whose stack needs this one, but of this account and kind only.
    kind = "events" if type == "AWS::Events::Rule" else "sns"
    assert list(condition) == ["ArnLike"]
    arn = "".join(map(str, condition["ArnLike"]["aws:SourceArn"]["Fn::Join"][1]))
    assert f":{kind}:" in arn
    assert "AWS::AccountId" in arn
    assert "Fn::ImportValue" in json.dumps(resources(stacks["P"], type))


@services
def test_a_queue_of_another_region_is_refused(app: App, make: Callable[..., Any], type: str, sender: str) -> None:
    here, there = (
        Stack(app, name, env=Environment(account=ACCOUNT, region=name)) for name in ("eu-west-1", "us-east-1")
    )
    queue = sqs.Queue(there, "Mine", queue_name="mine")
    with pytest.raises(ValueError, match=r"expected dead_letter_queue in eu-west-1.*got us-east-1/Mine in us-east-1"):
        make(here, "Pattern", function=make_function(here), dead_letter_queue=queue)


@every_pattern
def test_an_imported_queue_of_another_region_is_refused(
    app: App, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    stack = Stack(app, "Stack", env=Environment(account=ACCOUNT, region="us-east-1"))
    queue = sqs.Queue.from_queue_arn(stack, "Mine", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:mine")
    with pytest.raises(ValueError, match=r"expected dead_letter_queue in us-east-1.*got Stack/Mine in eu-west-1"):
        make(stack, "Pattern", function=make_function(stack), dead_letter_queue=queue)


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_sns_sends_to_its_own_account_only(app: App, kind: str) -> None:
    here = Stack(app, "Here", env=Environment(account=ACCOUNT, region="us-east-1"))
    there = Stack(app, "There", env=Environment(account=OTHER, region="us-east-1"))
    queue = (
        sqs.Queue(there, "Mine", queue_name="mine")
        if kind == "owned"
        else sqs.Queue.from_queue_arn(here, "Mine", f"arn:aws:sqs:us-east-1:{OTHER}:mine")
    )
    with pytest.raises(ValueError, match=f"expected dead_letter_queue in {ACCOUNT}, the account.*/Mine in {OTHER}"):
        SnsToLambda(here, "Pattern", function=make_function(here), dead_letter_queue=queue)


def test_an_imported_queue_of_another_account_is_out_of_sight(app: App) -> None:
    stack = Stack(app, "Stack", env=Environment(account=ACCOUNT, region="us-east-1"))
    queue = sqs.Queue.from_queue_arn(stack, "Mine", f"arn:aws:sqs:us-east-1:{OTHER}:mine")
    PATTERNS["event-bridge"][0](stack, "Pattern", function=make_function(stack), dead_letter_queue=queue)
    watched = [
        alarm["Dimensions"][0]["Value"]
        for alarm in resources(stack, ALARM).values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    ]
    assert len(watched) == 1
    assert watched != ["mine"]


@pytest.mark.parametrize("bound", [False, True])
def test_rules_of_the_account_of_the_source_may_send(app: App, bound: bool) -> None:
    make = PATTERNS["event-bridge"][0]
    here = Stack(app, "Here", env=Environment(account=ACCOUNT, region="us-east-1") if bound else None)
    there = Stack(app, "There", env=Environment(account=OTHER, region="us-east-1"))
    queue = sqs.Queue(there, "Mine", queue_name="mine")
    make(here, "Pattern", function=make_function(here), dead_letter_queue=queue)
    ((_, condition),) = senders(there, queue)
    # A token of the source's stack would mean the queue's own account there.
    assert f":us-east-1:{ACCOUNT if bound else OTHER}:" in json.dumps(condition)


def test_a_topic_of_another_stack_may_send_alone(app: App) -> None:
    stacks = [Stack(app, name) for name in "ABP"]
    mine, topic = sqs.Queue(stacks[0], "Mine"), sns.Topic(stacks[1], "Topic")
    SnsToLambda(stacks[2], "Pattern", function=make_function(stacks[2]), topic=topic, dead_letter_queue=mine)
    app.synth()
    ((_, condition),) = senders(stacks[0], mine)
    assert list(condition) == ["ArnEquals"]


@every_pattern
@pytest.mark.parametrize("apart", ["function", "queue"])
def test_an_alarm_topic_that_would_close_a_circle_is_refused(
    app: App, apart: str, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    here, there = Stack(app, "Here"), Stack(app, "There")
    function = make_function(there if apart == "function" else here)
    queue = sqs.Queue(there, "Mine") if apart == "queue" else None
    with pytest.raises(ValueError, match=r"expected alarm_topic in the stack of There/.*got Here/Topic"):
        make(here, "Pattern", function=function, dead_letter_queue=queue, alarm_topic=sns.Topic(here, "Topic"))


@every_pattern
def test_an_imported_function_of_another_stack_closes_no_circle(
    app: App, make: Callable[..., Any], type: str, sender: str | None
) -> None:
    here, there = Stack(app, "Here"), Stack(app, "There")
    function = lambda_.Function.from_function_attributes(
        there,
        "Function",
        function_arn=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:mine",
        role=iam.Role.from_role_arn(there, "Role", f"arn:aws:iam::{ACCOUNT}:role/mine"),
        same_environment=True,
    )
    built = make(here, "Pattern", function=function, alarm_topic=sns.Topic(here, "Topic"))
    app.synth()
    assert built.dead_letter_queue.stack is here
