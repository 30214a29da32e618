"""Roles whose policies cannot be changed: what is granted to them is dropped by CDK, and so must be asked for."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import AsyncInvocation, S3EventBridgeToLambda, S3ToLambda
from tests.helpers import ACCOUNT, CODE, make_function, resources, warnings

ARN = f"arn:aws:iam::{ACCOUNT}:role/mine"


def immutable(scope: Stack) -> iam.IRole:
    return iam.Role.from_role_arn(scope, "Mine", ARN, mutable=False)


def plain(scope: Stack, **settings: Any) -> lambda_.Function:
    runtime = lambda_.Runtime.PYTHON_3_14
    return lambda_.Function(scope, "Plain", code=CODE, handler="index.handler", runtime=runtime, **settings)


def missing(stack: Stack) -> dict[str, Any]:
    """Return what the warnings ask for: resources by action."""
    found: dict[str, Any] = {}
    for text in warnings(stack):
        if "[ack: lambda-invocation-constructs:immutableRole]" in text:
            assert "the policy of Stack/Mine, the role of Stack/" in text
            for statement in json.loads(text[text.index("[{") : text.rindex("}]") + 2]):
                actions = statement["Action"]
                for action in [actions] if isinstance(actions, str) else actions:
                    found[action] = statement["Resource"]
    return found


TARGETS: dict[str, tuple[Callable[[Stack], Any], str]] = {
    "queue": (lambda stack: destinations.SqsDestination(sqs.Queue(stack, "To")), "sqs:SendMessage"),
    "topic": (lambda stack: destinations.SnsDestination(sns.Topic(stack, "To")), "sns:Publish"),
    "function": (lambda stack: destinations.LambdaDestination(make_function(stack, "To")), "lambda:InvokeFunction"),
    "bus": (lambda stack: destinations.EventBridgeDestination(events.EventBus(stack, "To")), "events:PutEvents"),
    "bucket": (lambda stack: destinations.S3Destination(s3.Bucket(stack, "To")), "s3:PutObject"),
}


@pytest.mark.parametrize(("target", "action"), TARGETS.values(), ids=TARGETS)
def test_sending_failed_events_is_asked_for(stack: Stack, target: Callable[[Stack], Any], action: str) -> None:
    AsyncInvocation(stack, "Pattern", function=plain(stack, role=immutable(stack)), on_failure=target(stack))
    asked = missing(stack)[action]
    (config,) = resources(stack, "AWS::Lambda::EventInvokeConfig").values()
    sent_to = config["DestinationConfig"]["OnFailure"]["Destination"]
    assert sent_to == asked or sent_to in asked


def test_the_default_failure_queue_and_its_key_are_asked_for(stack: Stack) -> None:
    key = kms.Key(stack, "Key")
    queue = sqs.Queue(stack, "To", encryption_master_key=key)
    function = plain(stack, role=immutable(stack))
    AsyncInvocation(stack, "Pattern", function=function, on_failure=destinations.SqsDestination(queue))
    asked = missing(stack)
    assert asked["sqs:SendMessage"] == stack.resolve(queue.queue_arn)
    assert asked["kms:GenerateDataKey"] == asked["kms:Decrypt"] == stack.resolve(key.key_arn)


def test_a_dead_letter_queue_and_the_log_are_asked_for(stack: Stack) -> None:
    queue = sqs.Queue(stack, "Dead")
    function = make_function(stack, role=immutable(stack), dead_letter_queue=queue)
    asked = missing(stack)
    assert asked["sqs:SendMessage"] == stack.resolve(queue.queue_arn)
    assert function.log_group is not None
    assert asked["logs:PutLogEvents"] == stack.resolve(function.log_group.log_group_arn)


def test_reading_objects_is_asked_for_and_no_policy_made(stack: Stack) -> None:
    uploads = S3ToLambda(stack, "Uploads", function=plain(stack, role=immutable(stack)))
    assert missing(stack)["s3:GetObject"] == stack.resolve(uploads.bucket.arn_for_objects("*"))


def test_a_function_of_another_stack_gets_no_policy_either(app: App) -> None:
    there, here = Stack(app, "There"), Stack(app, "Stack")
    function = lambda_.Function.from_function_attributes(
        there,
        "Function",
        function_arn=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:mine",
        role=immutable(there),
        same_environment=True,
    )
    S3EventBridgeToLambda(here, "Uploads", function=function)
    assert [text for text in warnings(here) if "s3:GetObject" in text and "immutableRole" in text]
    assert resources(here, "AWS::IAM::Policy") == {}


@pytest.mark.parametrize(
    "role",
    [
        lambda stack: iam.Role.from_role_arn(stack, "Mine", ARN),
        lambda stack: iam.Role(stack, "Mine", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        lambda stack: None,
    ],
    ids=["imported", "owned", "default"],
)
def test_a_role_that_can_be_changed_is_not_warned_of(stack: Stack, role: Callable[[Stack], Any]) -> None:
    AsyncInvocation(stack, "Pattern", function=make_function(stack, role=role(stack)))
    assert missing(stack) == {}
    assert "sqs:SendMessage" in json.dumps(resources(stack, "AWS::IAM::Policy"))


@pytest.mark.parametrize(
    "role",
    [
        lambda stack: iam.Role.from_role_arn(stack, "Mine", "arn:aws:iam::210987654321:role/theirs"),
        lambda stack: iam.Role(
            stack, "Mine", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        ).without_policy_updates(),
    ],
    ids=["another-account", "without-policy-updates"],
)
def test_what_cdk_itself_freezes_is_warned_of(app: App, role: Callable[[Stack], Any]) -> None:
    stack = Stack(app, "Stack", env={"account": ACCOUNT, "region": "us-east-1"})
    AsyncInvocation(stack, "Pattern", function=plain(stack, role=role(stack)))
    assert [text for text in warnings(stack) if "sqs:SendMessage" in text and "immutableRole" in text]
