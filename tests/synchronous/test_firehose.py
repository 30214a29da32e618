import json
import re
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack, Token
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from constructs_lib import FirehoseToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:transform"
STREAM = "AWS::KinesisFirehose::DeliveryStream"


def destination(stack: Stack) -> dict[str, Any]:
    return dict(only(stack, STREAM)["ExtendedS3DestinationConfiguration"])


def parameters(stack: Stack) -> dict[str, Any]:
    (processor,) = destination(stack)["ProcessingConfiguration"]["Processors"]
    assert processor["Type"] == "Lambda"
    return {each["ParameterName"]: each["ParameterValue"] for each in processor["Parameters"]}


def test_the_function_transforms_and_failures_go_to_a_prefix(stack: Stack, function: LambdaFunction) -> None:
    clicks = FirehoseToLambda(stack, "Clicks", function=function)
    found = parameters(stack)
    assert found["LambdaArn"] == stack.resolve(function.function_arn)
    assert (found["BufferSizeInMBs"], found["BufferIntervalInSeconds"]) == ("1", "60")
    assert destination(stack)["BucketARN"] == stack.resolve(clicks.bucket.bucket_arn)
    assert destination(stack)["ErrorOutputPrefix"] == "failed/!{firehose:error-output-type}/"
    assert destination(stack)["CloudWatchLoggingOptions"]["Enabled"] is True
    assert only(stack, STREAM)["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "AWS_OWNED_CMK"}


def test_the_stream_may_do_no_more_than_it_must(stack: Stack, function: LambdaFunction) -> None:
    FirehoseToLambda(stack, "Clicks", function=function)
    (name,) = (name for name in resources(stack, "AWS::IAM::Policy") if name.startswith("ClicksPolicy"))
    policy = resources(stack, "AWS::IAM::Policy")[name]
    actions = [found["Action"] for found in policy["PolicyDocument"]["Statement"]]
    assert actions == [
        "lambda:InvokeFunction",
        ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        "logs:PutLogEvents",
    ]
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == stack.resolve(function.function_arn)
    (stream,) = Template.from_stack(stack).find_resources(STREAM).values()
    assert name in stream["DependsOn"]
    assert only(stack, STREAM)["ExtendedS3DestinationConfiguration"]["RoleARN"] == parameters(stack)["RoleArn"]


def test_buffers_and_prefixes(stack: Stack, function: LambdaFunction) -> None:
    FirehoseToLambda(
        stack,
        "Clicks",
        function=function,
        buffer_size=2.5,
        buffer_interval=Duration.minutes(5),
        data_output_prefix="clicks/",
        error_output_prefix="lost/",
    )
    found = parameters(stack)
    assert (found["BufferSizeInMBs"], found["BufferIntervalInSeconds"]) == ("2.5", "300")
    assert (destination(stack)["Prefix"], destination(stack)["ErrorOutputPrefix"]) == ("clicks/", "lost/")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"buffer_size": 4}, "expected buffer_size in MiB to be from 0.2 to 3, got 4"),
        ({"buffer_size": 0.1}, "expected buffer_size in MiB to be from 0.2 to 3, got 0.1"),
        ({"buffer_interval": Duration.minutes(16)}, "expected buffer_interval to be from 0 to 900 s, got 960 s"),
    ],
)
def test_buffers_out_of_range_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        FirehoseToLambda(stack, "Clicks", function=function, **settings)


def test_a_function_slower_than_firehose_waits_is_refused(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.seconds(301))
    with pytest.raises(ValueError, match=r"within the 300 s that Firehose waits, got .* a timeout of 301 s"):
        FirehoseToLambda(stack, "Clicks", function=slow)


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_bucket_of_the_user_with_its_key(stack: Stack, function: LambdaFunction, kind: str) -> None:
    key = kms.Key(stack, "Key")
    bucket = (
        s3.Bucket(stack, "Mine", encryption_key=key)
        if kind == "owned"
        else s3.Bucket.from_bucket_attributes(stack, "Mine", bucket_name="mine", encryption_key=key)
    )
    FirehoseToLambda(stack, "Clicks", function=function, bucket=bucket)
    assert destination(stack)["BucketARN"] == stack.resolve(bucket.bucket_arn)
    granted = [found["Action"] for found in statements(stack) if found["Resource"] == stack.resolve(key.key_arn)]
    assert granted == [["kms:Decrypt", "kms:GenerateDataKey"]]


def test_a_producer_may_write(stack: Stack, function: LambdaFunction) -> None:
    clicks = FirehoseToLambda(stack, "Clicks", function=function)
    clicks.grant_put_records(make_function(stack, "Producer"))
    assert {
        "Action": ["firehose:PutRecord", "firehose:PutRecordBatch"],
        "Effect": "Allow",
        "Resource": stack.resolve(clicks.delivery_stream.attr_arn),
    } in statements(stack)


def test_a_key_for_the_stream(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    FirehoseToLambda(stack, "Clicks", function=function, encryption_key=key)
    assert only(stack, STREAM)["DeliveryStreamEncryptionConfigurationInput"] == {
        "KeyARN": stack.resolve(key.key_arn),
        "KeyType": "CUSTOMER_MANAGED_CMK",
    }


@pytest.mark.parametrize("kind", ["alias", "version", "imported"])
def test_an_alias_version_or_imported_function(stack: Stack, function: LambdaFunction, kind: str) -> None:
    targets: dict[str, Any] = {
        "alias": lambda: lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version),
        "version": lambda: function.current_version,
        "imported": lambda: lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN),
    }
    target = targets[kind]()
    FirehoseToLambda(stack, "Clicks", function=target)
    arn = stack.resolve(target.function_arn)
    assert parameters(stack)["LambdaArn"] == arn
    (invoking,) = (found for found in statements(stack) if found["Action"] == "lambda:InvokeFunction")
    assert invoking["Resource"] == arn


def test_failing_invocations_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    clicks = FirehoseToLambda(stack, "Clicks", function=function, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert "ExecuteProcessing.Success" in json.dumps(alarm["Metrics"])
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]
    assert len(clicks.alarms) == 1


def test_function_bucket_and_pattern_may_stand_in_different_stacks(app: App) -> None:
    compute, data, front = Stack(app, "Compute"), Stack(app, "Data"), Stack(app, "Front")
    bucket = s3.Bucket(data, "Bucket", encryption_key=kms.Key(data, "Key"))
    FirehoseToLambda(front, "Clicks", function=make_function(compute), bucket=bucket)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, STREAM)) == 1


def test_what_is_no_bucket_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected bucket to be a bucket of the CDK, got 'mine'"):
        FirehoseToLambda(stack, "Clicks", function=function, bucket="mine")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [
        ({"error_output_prefix": "failed/!{timestamp:yyyy}/"}, "expected !{firehose:error-output-type} in a prefix of"),
        ({"error_output_prefix": "!{partitionKeyFromLambda:a}/!{firehose:error-output-type}/"}, "Lambda:a}; leave out"),
        ({"error_output_prefix": "!{firehose:error-output-type/"}, "got !{firehose:error-output-type/; leave out"),
        ({"data_output_prefix": "clicks/!{firehose:error-output-type}/"}, "got !{firehose:error-output-type}; leave"),
        ({"data_output_prefix": "!{partitionKeyFromQuery:a}/"}, "string}, got !{partitionKeyFromQuery:a}; leave out"),
        ({"data_output_prefix": "!{clicks}/"}, "expected data_output_prefix to have no expressions but"),
    ],
)
def test_prefixes_that_firehose_does_not_take_are_refused(
    stack: Stack, function: LambdaFunction, prefixes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        FirehoseToLambda(stack, "Clicks", function=function, **prefixes)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (
            "clicks/!{timestamp:yyyy/MM/dd}/!{firehose:random-string}/",
            "!{firehose:error-output-type}/!{timestamp:yyyy}/",
        ),
        ("clicks/", "failed/"),
        ("clicks/${day}/", Token.as_string({"Ref": "AWS::Region"})),
    ],
)
def test_prefixes_that_firehose_takes_pass(stack: Stack, function: LambdaFunction, data: str, error: str) -> None:
    FirehoseToLambda(stack, "Clicks", function=function, data_output_prefix=data, error_output_prefix=error)
    assert destination(stack)["Prefix"] == data
    assert destination(stack)["ErrorOutputPrefix"] == stack.resolve(error)
