from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from constructs_lib import LambdaFunction, MqToLambda
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings

BROKER_ARN = f"arn:aws:mq:us-east-1:{ACCOUNT}:broker:orders:b-1"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:worker"
MAPPING = "AWS::Lambda::EventSourceMapping"


def make(stack: Stack, function: lambda_.IFunction, **settings: Any) -> MqToLambda:
    if "secret" not in settings:
        settings["secret"] = secretsmanager.Secret(stack, "User")
    return MqToLambda(stack, "Orders", function=function, broker_arn=BROKER_ARN, queue_name="orders", **settings)


def test_the_queue_of_a_broker_is_read_with_its_user(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "User")
    make(stack, function, secret=secret)
    assert only(stack, MAPPING) == {
        "EventSourceArn": BROKER_ARN,
        "FunctionName": stack.resolve(function.function_name),
        "Queues": ["orders"],
        "SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": stack.resolve(secret.secret_arn)}],
    }


def test_rabbit_has_a_virtual_host(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, virtual_host="/shop")
    access = only(stack, MAPPING)["SourceAccessConfigurations"]
    assert access[1] == {"Type": "VIRTUAL_HOST", "URI": "/shop"}


def test_batches_and_filters_reach_the_mapping(stack: Stack, function: LambdaFunction) -> None:
    filters = [lambda_.FilterCriteria.filter({"data": {"kind": ["order"]}})]
    make(stack, function, batch_size=7, max_batching_window=Duration.seconds(0), filters=filters)
    mapping = only(stack, MAPPING)
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (7, 0)
    assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"data":{"kind":["order"]}}'}]}


def test_as_nothing_catches_failures_errors_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = make(stack, function, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert (alarm["MetricName"], alarm["AlarmActions"]) == ("Errors", [stack.resolve(topic.topic_arn)])
    assert len(orders.alarms) == 1
    assert resources(stack, "AWS::SQS::Queue") == {}


def test_the_poller_may_do_what_aws_lists_and_no_more(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    secret = secretsmanager.Secret(stack, "User", encryption_key=key)
    make(stack, function, secret=secret)
    found = statements(stack)
    assert {"Action": "mq:DescribeBroker", "Effect": "Allow", "Resource": BROKER_ARN} in found
    secret_arn = stack.resolve(secret.secret_arn)
    assert {"Action": "secretsmanager:GetSecretValue", "Effect": "Allow", "Resource": secret_arn} in found
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": stack.resolve(key.key_arn)} in found
    (network,) = (each for each in found if "ec2:CreateNetworkInterface" in each["Action"])
    assert network["Action"] == [
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ]


def test_a_secret_imported_by_name_is_found_with_its_suffix(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, secret=secretsmanager.Secret.from_secret_name_v2(stack, "User", "broker/user"))
    (reading,) = (found for found in statements(stack) if found["Action"] == "secretsmanager:GetSecretValue")
    assert reading["Resource"]["Fn::Join"][1][-1] == ":secret:broker/user-??????"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 10_001}, "expected batch_size to be from 1 to 10,000, got 10001"),
        ({"max_batching_window": Duration.seconds(301)}, "max_batching_window to be from 0 to 300 s, got 301 s"),
    ],
)
def test_numbers_out_of_range_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(stack, function, **settings)


def test_a_function_of_more_than_fourteen_minutes_is_refused(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.seconds(841))
    with pytest.raises(ValueError, match=r"within the 840 s that the poller of this source waits, got .* of 841 s"):
        make(stack, slow)


def test_what_is_no_secret_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected secret to be a secret of the CDK, got 'user'"):
        make(stack, function, secret="user")


def test_an_alias_is_invoked(stack: Stack, function: LambdaFunction) -> None:
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    make(stack, alias)
    assert only(stack, MAPPING)["FunctionName"] == stack.resolve(alias.function_name)


def test_an_imported_function_gets_its_grants_before_the_mapping(stack: Stack) -> None:
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/worker")
    make(stack, lambda_.Function.from_function_attributes(stack, "Worker", function_arn=FUNCTION_ARN, role=role))
    ((policy, _),) = resources(stack, "AWS::IAM::Policy").items()
    (mapping,) = Template.from_stack(stack).find_resources(MAPPING).values()
    assert mapping["DependsOn"] == [policy]


def test_a_function_imported_without_role_is_warned_of(stack: Stack) -> None:
    make(stack, lambda_.Function.from_function_arn(stack, "Worker", FUNCTION_ARN))
    (warning,) = warnings(stack)
    assert "[ack: lambda-invocation-constructs:functionRoleUnknown]" in warning


def test_function_and_mapping_may_stand_in_different_stacks(app: App) -> None:
    compute = Stack(app, "Compute")
    front = Stack(app, "Front")
    make(front, make_function(compute))
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::IAM::Policy")) == 1
