from typing import Any

import pytest

from constructs_lib.graph.failures.consumers import consumers
from tests.graph.build import make_world

ARN = {"Fn::GetAtt": ["Queue", "Arn"]}
OPEN = {"Ref": "Open"}
_SERVICE_ROLE = "arn:aws:iam::aws:policy/service-role/"


def read(kind: str, properties: dict[str, Any]) -> bool:
    """Say whether a resource reads, or may read, the queue ``Queue``."""
    resources = {"Queue": {"Type": "AWS::SQS::Queue"}, "Reader": {"Type": kind, "Properties": properties}}
    world = make_world({"Parameters": {"Open": {"Type": "String"}}, "Resources": resources})
    return world.once(consumers).may_read(world.app.templates[0].resources["Queue"])


def policy(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": resource, "Principal": "*"}
    return {"PolicyDocument": {"Statement": [statement]}, **more}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": ARN}),
        ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": OPEN}),
        ("AWS::Pipes::Pipe", {"Source": ARN}),
        ("AWS::IAM::Policy", policy("sqs:ReceiveMessage", ARN)),
        ("AWS::IAM::ManagedPolicy", policy(["sqs:Receive*"], [OPEN])),
        ("AWS::IAM::RolePolicy", policy("sqs:*", "arn:aws:sqs:*:*:failures-*")),
        ("AWS::IAM::Role", {"Policies": [policy("sqs:ReceiveMessage", "*")]}),
        ("AWS::IAM::Policy", {"PolicyDocument": OPEN}),
        ("AWS::SQS::QueuePolicy", policy("sqs:ReceiveMessage", "*", Queues=[{"Ref": "Queue"}])),
    ],
)
def test_a_consumer(kind: str, properties: dict[str, Any]) -> None:
    assert read(kind, properties)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:other"}),
        ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s"}),
        ("AWS::IAM::Policy", policy("sqs:SendMessage", ARN)),
        ("AWS::IAM::Policy", policy("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:123456789012:other")),
        ("AWS::IAM::Policy", policy("sqs:*", ARN, "Deny")),
        ("AWS::IAM::Policy", policy("*", "*")),
        ("AWS::IAM::Role", {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"]}),
        ("AWS::IAM::Role", {"ManagedPolicyArns": [f"{_SERVICE_ROLE}AWSLambdaSQSQueueExecutionRole"]}),
        ("AWS::SQS::QueuePolicy", policy("sqs:SendMessage", "*", Queues=[{"Ref": "Queue"}])),
        ("AWS::SQS::QueuePolicy", policy("sqs:*", "*", "Deny", Queues=[{"Ref": "Queue"}])),
    ],
)
def test_no_consumer(kind: str, properties: dict[str, Any]) -> None:
    assert not read(kind, properties)
