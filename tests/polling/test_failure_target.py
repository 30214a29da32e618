"""The key of a failure target: where the function's role cannot be allowed to use it, a warning says so."""

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import FailureQueue, KinesisToLambda, LambdaFunction
from tests.helpers import ACCOUNT, statements, warnings

KINDS = ["queue", "topic", "bucket"]
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"


def owned(stack: Stack, kind: str, key: kms.IKey | None) -> Any:
    if kind == "queue":
        return FailureQueue(stack, "Failed", encryption_key=key)
    if kind == "topic":
        return sns.Topic(stack, "Failed", master_key=key)
    return s3.Bucket(stack, "Failed", encryption_key=key)


def imported(stack: Stack, kind: str, key_arn: str | None) -> Any:
    if kind == "queue":
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed"
        return sqs.Queue.from_queue_attributes(stack, "Failed", queue_arn=arn, key_arn=key_arn)
    if kind == "topic":
        arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:failed"
        return sns.Topic.from_topic_attributes(stack, "Failed", topic_arn=arn, key_arn=key_arn)
    key = None if key_arn is None else kms.Key.from_key_arn(stack, "Key", key_arn)
    return s3.Bucket.from_bucket_attributes(stack, "Failed", bucket_arn="arn:aws:s3:::failed", encryption_key=key)


def about_keys(stack: Stack) -> list[str]:
    return [warning for warning in warnings(stack) if "failureTargetKey" in warning]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_target_of_the_app_needs_no_warning(
    stack: Stack, function: LambdaFunction, kind: str, encrypted: bool
) -> None:
    key = kms.Key(stack, "Key") if encrypted else None
    KinesisToLambda(stack, "Orders", function=function, on_failure=owned(stack, kind, key))
    assert about_keys(stack) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", [owned, imported])
def test_an_imported_key_is_granted_to_the_role_and_warned_of(
    stack: Stack, function: LambdaFunction, kind: str, target: Any
) -> None:
    key: Any = kms.Key.from_key_arn(stack, "MyKey", KEY_ARN) if target is owned else KEY_ARN
    KinesisToLambda(stack, "Orders", function=function, on_failure=target(stack, kind, key))
    assert {"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Effect": "Allow", "Resource": KEY_ARN} in statements(
        stack
    )
    (warning,) = about_keys(stack)
    assert "Stack/Failed: the policy of its imported key Stack/" in warning
    assert "leaves kms:Decrypt and kms:GenerateDataKey to IAM, or allows them to the role" in warning


@pytest.mark.parametrize("kind", KINDS)
def test_an_imported_target_may_have_an_unknown_key(stack: Stack, function: LambdaFunction, kind: str) -> None:
    KinesisToLambda(stack, "Orders", function=function, on_failure=imported(stack, kind, None))
    (warning,) = about_keys(stack)
    assert "whether a customer-managed key encrypts it is not known" in warning


def test_the_queue_that_the_pattern_makes_needs_no_warning(stack: Stack, function: LambdaFunction) -> None:
    KinesisToLambda(stack, "Orders", function=function)
    assert about_keys(stack) == []
