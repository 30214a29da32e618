import json
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sqs as sqs

from constructs_lib import LambdaFunction, S3EventBridgeToLambda
from tests.helpers import make_function, only, resources, statements

ENABLED = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
CUSTOM = "Custom::S3BucketNotifications"


def pattern(stack: Stack) -> dict[str, Any]:
    return dict(only(stack, "AWS::Events::Rule")["EventPattern"])


def test_a_new_bucket_needs_no_custom_resource(stack: Stack, function: LambdaFunction) -> None:
    uploads = S3EventBridgeToLambda(stack, "Uploads", function=function)
    assert only(stack, "AWS::S3::Bucket")["NotificationConfiguration"] == ENABLED
    assert resources(stack, CUSTOM) == {}
    assert pattern(stack) == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [stack.resolve(uploads.bucket.bucket_name)]}},
    }
    (target,) = only(stack, "AWS::Events::Rule")["Targets"]
    assert uploads.failure_queue is not None
    assert target["DeadLetterConfig"] == {"Arn": stack.resolve(uploads.failure_queue.queue_arn)}
    assert target["Arn"] == stack.resolve(function.function_arn)


@pytest.mark.parametrize(
    ("settings", "matcher"),
    [
        ({"prefix": "in/"}, {"prefix": "in/"}),
        ({"suffix": ".png"}, {"suffix": ".png"}),
        ({"prefix": "in*/", "suffix": ".png"}, {"wildcard": "in\\*/*.png"}),
    ],
)
def test_keys_are_filtered(
    stack: Stack, function: LambdaFunction, settings: dict[str, str], matcher: dict[str, str]
) -> None:
    S3EventBridgeToLambda(stack, "Uploads", function=function, detail_type=["Object Deleted"], **settings)  # type: ignore[arg-type]
    assert pattern(stack)["detail-type"] == ["Object Deleted"]
    assert pattern(stack)["detail"]["object"] == {"key": [matcher]}


@pytest.mark.parametrize("notified", ["before", "after"])
def test_a_bucket_with_notifications_keeps_both(stack: Stack, function: LambdaFunction, notified: str) -> None:
    bucket, queue = s3.Bucket(stack, "Mine"), sqs.Queue(stack, "Queue")
    if notified == "before":
        bucket.add_event_notification(s3.EventType.OBJECT_REMOVED, notifications.SqsDestination(queue))
    S3EventBridgeToLambda(stack, "Uploads", function=function, bucket=bucket)
    if notified == "after":
        bucket.add_event_notification(s3.EventType.OBJECT_REMOVED, notifications.SqsDestination(queue))
    configuration = only(stack, CUSTOM)["NotificationConfiguration"]
    assert set(configuration) == {"EventBridgeConfiguration", "QueueConfigurations"}
    assert "NotificationConfiguration" not in only(stack, "AWS::S3::Bucket")


def test_an_imported_bucket(stack: Stack, function: LambdaFunction) -> None:
    bucket = s3.Bucket.from_bucket_name(stack, "Mine", "mine")
    S3EventBridgeToLambda(stack, "Uploads", function=function, bucket=bucket)
    custom = only(stack, CUSTOM)
    assert (custom["BucketName"], custom["Managed"]) == ("mine", False)
    assert "EventBridgeConfiguration" in custom["NotificationConfiguration"]
    assert pattern(stack)["detail"] == {"bucket": {"name": ["mine"]}}


def test_the_function_may_read_what_it_is_told_of(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Mine", encryption_key=key)
    S3EventBridgeToLambda(stack, "Uploads", function=function, bucket=bucket, prefix="in/")
    (reading,) = (found for found in statements(stack) if found["Action"] == "s3:GetObject")
    assert reading["Resource"] == stack.resolve(bucket.arn_for_objects("in/*"))
    key_arn = stack.resolve(key.key_arn)
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": key_arn} in statements(stack)


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("bucket_in", [None, "A", "B", "C"])
def test_function_bucket_and_pattern_may_stand_in_different_stacks(
    app: App, function_in: str, bucket_in: str | None
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    function = make_function(stacks[function_in])
    bucket = None if bucket_in is None else s3.Bucket(stacks[bucket_in], "Mine")
    S3EventBridgeToLambda(stacks["B"], "Uploads", function=function, bucket=bucket)
    app.synth()  # would raise if the stacks needed each other
    assert "s3:GetObject" in json.dumps([statements(each) for each in stacks.values()])
    assert only(stacks[bucket_in or "B"], "AWS::S3::Bucket")["NotificationConfiguration"] == ENABLED


def test_no_events_at_all_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected at least one detail_type, got none"):
        S3EventBridgeToLambda(stack, "Uploads", function=function, detail_type=[])
