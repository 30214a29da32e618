"""Filters of a mapping, which every source that has them shares."""

from typing import Any

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_lib import (
    DynamoDbToLambda,
    KafkaToLambda,
    KinesisToLambda,
    LambdaFunction,
    MqToLambda,
    MskToLambda,
    SqsToLambda,
)
from tests.helpers import ACCOUNT, only, resources, warnings
from tests.polling.test_dynamodb import make_table

MAPPING = "AWS::Lambda::EventSourceMapping"
SOURCES = ["sqs", "kinesis", "dynamodb", "msk", "kafka", "mq"]
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"


def make(stack: Stack, source: str, function: LambdaFunction, **settings: Any) -> Any:
    arn = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/shop/0f6a-5"
    broker = f"arn:aws:mq:us-east-1:{ACCOUNT}:broker:shop:b-1"
    settings = {"function": function, **settings}
    if source == "sqs":
        return SqsToLambda(stack, "Orders", **settings)
    if source == "kinesis":
        return KinesisToLambda(stack, "Orders", **settings)
    if source == "dynamodb":
        return DynamoDbToLambda(stack, "Orders", table=make_table(stack), **settings)
    if source == "msk":
        return MskToLambda(stack, "Orders", cluster_arn=arn, topic="orders", **settings)
    secret = secretsmanager.Secret(stack, "User")
    if source == "kafka":
        return KafkaToLambda(
            stack, "Orders", bootstrap_servers=["b.example.com:9092"], topic="orders", secret=secret, **settings
        )
    return MqToLambda(stack, "Orders", broker_arn=broker, queue_name="orders", secret=secret, **settings)


def some_filters(count: int) -> list[Any]:
    return [lambda_.FilterCriteria.filter({"data": {"kind": [f"order-{number}"]}}) for number in range(count)]


@pytest.mark.parametrize("source", SOURCES)
def test_filters_and_their_key_reach_the_mapping(stack: Stack, function: LambdaFunction, source: str) -> None:
    key = kms.Key(stack, "Key")
    make(stack, source, function, filters=some_filters(5), filter_encryption=key)
    mapping = only(stack, MAPPING)
    assert mapping["FilterCriteria"]["Filters"][4] == {"Pattern": '{"data":{"kind":["order-4"]}}'}
    assert mapping["KmsKeyArn"] == stack.resolve(key.key_arn)
    allowed = only(stack, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    principals = [found["Principal"] for found in allowed if found["Action"] == "kms:Decrypt"]
    assert {"Service": "lambda.amazonaws.com"} in principals
    assert not any("filter" in warning for warning in warnings(stack))


@pytest.mark.parametrize("source", SOURCES)
def test_more_filters_than_the_quota_are_warned_of(stack: Stack, function: LambdaFunction, source: str) -> None:
    make(stack, source, function, filters=some_filters(6))
    (warning,) = [found for found in warnings(stack) if "filter" in found]
    assert "6 filters: an account may have 5 in one mapping, and 10 on request" in warning
    assert "[ack: lambda-invocation-constructs:filterQuota]" in warning


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"filters": some_filters(21)}, "expected 1 to 20 filters, got 21"),
        ({"filters": []}, "expected 1 to 20 filters, got 0"),
        ({"filters": [{"pattern": "x" * 4097}]}, "expected a pattern of filters of 1 to 4096 characters, got 4097"),
    ],
)
def test_filters_that_no_mapping_takes_are_refused(
    stack: Stack, function: LambdaFunction, source: str, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(stack, source, function, **settings)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "given",
    [{"data": {"kind": ["order"]}}, {}, {"pattern": "{}", "data": "{}"}, {"pattern": {"data": ["order"]}}, "pattern"],
)
def test_a_filter_made_in_another_way_is_refused(
    stack: Stack, function: LambdaFunction, source: str, given: object
) -> None:
    message = r"expected filters to be filters of the CDK, got .*; make it with FilterCriteria\.filter"
    with pytest.raises(TypeError, match=message):
        make(stack, source, function, filters=[given])


@pytest.mark.parametrize("source", SOURCES)
def test_a_key_that_is_none_is_refused(stack: Stack, function: LambdaFunction, source: str) -> None:
    with pytest.raises(TypeError, match="expected filter_encryption to be a key of the CDK, got 'arn:"):
        make(stack, source, function, filters=some_filters(1), filter_encryption=KEY_ARN)


@pytest.mark.parametrize("source", SOURCES)
def test_a_key_without_filters_is_refused(stack: Stack, function: LambdaFunction, source: str) -> None:
    with pytest.raises(ValueError, match="expected filters for filter_encryption, got none"):
        make(stack, source, function, filter_encryption=kms.Key(stack, "Key"))


@pytest.mark.parametrize("source", SOURCES)
def test_an_imported_key_is_warned_of(stack: Stack, function: LambdaFunction, source: str) -> None:
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    make(stack, source, function, filters=some_filters(1), filter_encryption=key)
    (warning,) = [found for found in warnings(stack) if "filterKey" in found]
    assert "without kms:Decrypt for lambda.amazonaws.com there, the deployment fails" in warning
    assert only(stack, MAPPING)["KmsKeyArn"] == KEY_ARN
    assert resources(stack, "AWS::KMS::Key") == {}


def test_a_token_is_not_measured(stack: Stack, function: LambdaFunction) -> None:
    pattern = CfnParameter(stack, "Filter").value_as_string
    make(stack, "sqs", function, filters=[{"pattern": pattern}])
    assert only(stack, MAPPING)["FilterCriteria"] == {"Filters": [{"Pattern": {"Ref": "Filter"}}]}
