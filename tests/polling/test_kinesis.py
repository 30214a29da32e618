from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from aws_cdk.aws_lambda_event_sources import SqsDlq

from constructs_lib import FailureQueue, KinesisToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings

STREAM_ARN = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/orders"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:worker"
MAPPING = "AWS::Lambda::EventSourceMapping"


def granted(stack: Stack, action: str) -> list[Any]:
    """Return the resources on which the function is allowed an action."""
    return [found["Resource"] for found in statements(stack) if action in found["Action"]]


def alarm(stack: Stack, metric: str) -> dict[str, Any]:
    (found,) = (alarm for alarm in resources(stack, "AWS::CloudWatch::Alarm").values() if alarm["MetricName"] == metric)
    return found


def test_a_failed_batch_ends_in_a_watched_queue_after_finite_retries(stack: Stack, function: LambdaFunction) -> None:
    orders = KinesisToLambda(stack, "Orders", function=function)
    assert orders.failure_queue is not None
    queue_arn = stack.resolve(orders.failure_queue.queue_arn)
    assert only(stack, MAPPING) == {
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
        "EventSourceArn": stack.resolve(orders.stream.stream_arn),
        "FunctionName": stack.resolve(function.function_name),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumRecordAgeInSeconds": 43_200,
        "MaximumRetryAttempts": 10,
        "StartingPosition": "TRIM_HORIZON",
    }
    assert granted(stack, "sqs:SendMessage") == [queue_arn]
    depth = alarm(stack, "ApproximateNumberOfMessagesVisible")
    assert depth["Dimensions"] == [{"Name": "QueueName", "Value": stack.resolve(orders.failure_queue.queue_name)}]


def test_waiting_records_and_lost_batches_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = KinesisToLambda(stack, "Orders", function=function, max_record_age=Duration.hours(2), alarm_topic=topic)
    age = alarm(stack, "IteratorAge")
    assert (age["Threshold"], age["Statistic"]) == (3_600_000, "Maximum")
    assert age["Dimensions"] == [{"Name": "FunctionName", "Value": stack.resolve(function.function_name)}]
    assert alarm(stack, "DestinationDeliveryFailures")["Threshold"] == 1
    assert len(orders.alarms) == 3
    for found in resources(stack, "AWS::CloudWatch::Alarm").values():
        assert found["AlarmActions"] == [stack.resolve(topic.topic_arn)]


def test_the_function_may_read_this_stream_only(stack: Stack, function: LambdaFunction) -> None:
    orders = KinesisToLambda(stack, "Orders", function=function)
    (reading,) = (found for found in statements(stack) if "kinesis:GetRecords" in found["Action"])
    assert reading["Resource"] == stack.resolve(orders.stream.stream_arn)
    assert sorted(reading["Action"]) == [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ]


def test_a_new_stream_is_encrypted_and_scales(stack: Stack, function: LambdaFunction) -> None:
    KinesisToLambda(stack, "Orders", function=function)
    stream = only(stack, "AWS::Kinesis::Stream")
    assert stream["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    assert stream["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}


def test_every_setting_reaches_the_mapping(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    KinesisToLambda(
        stack,
        "Orders",
        function=function,
        starting_position=lambda_.StartingPosition.AT_TIMESTAMP,
        starting_position_timestamp=1_700_000_000,
        retry_attempts=0,
        max_record_age=Duration.minutes(1),
        bisect_batch_on_error=False,
        report_batch_item_failures=False,
        batch_size=500,
        max_batching_window=Duration.seconds(5),
        parallelization_factor=2,
        tumbling_window=Duration.seconds(30),
        filters=[lambda_.FilterCriteria.filter({"data": {"kind": ["order"]}})],
        filter_encryption=key,
    )
    mapping = only(stack, MAPPING)
    assert "FunctionResponseTypes" not in mapping
    wanted = {
        "StartingPosition": "AT_TIMESTAMP",
        "StartingPositionTimestamp": 1_700_000_000,
        "MaximumRetryAttempts": 0,
        "MaximumRecordAgeInSeconds": 60,
        "BisectBatchOnFunctionError": False,
        "BatchSize": 500,
        "MaximumBatchingWindowInSeconds": 5,
        "ParallelizationFactor": 2,
        "TumblingWindowInSeconds": 30,
        "FilterCriteria": {"Filters": [{"Pattern": '{"data":{"kind":["order"]}}'}]},
        "KmsKeyArn": stack.resolve(key.key_arn),
    }
    assert {name: mapping[name] for name in wanted} == wanted


def test_a_consumer_reads_with_enhanced_fan_out(stack: Stack, function: LambdaFunction) -> None:
    stream = kinesis.Stream(stack, "Mine")
    consumer = kinesis.StreamConsumer(stack, "Consumer", stream=stream, stream_consumer_name="orders")
    orders = KinesisToLambda(stack, "Orders", function=function, consumer=consumer)
    consumer_arn = stack.resolve(consumer.stream_consumer_arn)
    assert only(stack, MAPPING)["EventSourceArn"] == consumer_arn
    assert granted(stack, "kinesis:SubscribeToShard") == [consumer_arn]
    assert granted(stack, "kinesis:GetRecords") == [stack.resolve(stream.stream_arn)]
    assert orders.stream.node.path == stream.node.path


def test_stream_and_consumer_are_refused_together(stack: Stack, function: LambdaFunction) -> None:
    stream = kinesis.Stream(stack, "Mine")
    consumer = kinesis.StreamConsumer(stack, "Consumer", stream=stream, stream_consumer_name="orders")
    with pytest.raises(ValueError, match="expected either stream or consumer, got both"):
        KinesisToLambda(stack, "Orders", function=function, stream=stream, consumer=consumer)


def test_a_bucket_keeps_the_records_and_its_first_one_raises_the_alarm(stack: Stack, function: LambdaFunction) -> None:
    bucket = s3.Bucket(stack, "Failed")
    orders = KinesisToLambda(stack, "Orders", function=function, on_failure=bucket)
    bucket_arn = stack.resolve(bucket.bucket_arn)
    mapping = only(stack, MAPPING)
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": bucket_arn}}
    assert mapping["MetricsConfig"] == {"Metrics": ["EventCount"]}
    assert orders.failure_queue is None
    assert resources(stack, "AWS::SQS::Queue") == {}
    assert granted(stack, "s3:ListBucket") == [bucket_arn]
    assert granted(stack, "s3:PutObject") == [{"Fn::Join": ["", [bucket_arn, "/aws/lambda/*"]]}]
    (name,) = resources(stack, MAPPING)
    delivered = alarm(stack, "OnFailureDestinationDeliveredEventCount")
    assert delivered["Dimensions"] == [{"Name": "EventSourceMappingUUID", "Value": {"Ref": name}}]


def test_a_topic_is_told(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Failed")
    KinesisToLambda(stack, "Orders", function=function, on_failure=topic)
    topic_arn = stack.resolve(topic.topic_arn)
    assert only(stack, MAPPING)["DestinationConfig"] == {"OnFailure": {"Destination": topic_arn}}
    assert granted(stack, "sns:Publish") == [topic_arn]


@pytest.mark.parametrize("kind", ["queue", "topic", "bucket"])
def test_the_key_of_the_failure_target_is_granted(stack: Stack, function: LambdaFunction, kind: str) -> None:
    key = kms.Key(stack, "Key")
    target: Any
    if kind == "queue":
        target = FailureQueue(stack, "Failed", encryption_key=key)
    elif kind == "topic":
        target = sns.Topic(stack, "Failed", master_key=key)
    else:
        target = s3.Bucket(stack, "Failed", encryption_key=key)
    KinesisToLambda(stack, "Orders", function=function, on_failure=target)
    (use,) = (found for found in statements(stack) if "kms:GenerateDataKey" in found["Action"])
    assert use["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Resource"] == stack.resolve(key.key_arn)


def test_the_key_of_the_stream_is_granted(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    stream = kinesis.Stream(stack, "Mine", encryption_key=key)
    KinesisToLambda(stack, "Orders", function=function, stream=stream)
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": stack.resolve(key.key_arn)} in statements(stack)


@pytest.mark.parametrize("imported", [False, True])
def test_fifo_targets_are_refused(stack: Stack, function: LambdaFunction, imported: bool) -> None:
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed.fifo"
    target = sqs.Queue.from_queue_arn(stack, "F", arn) if imported else sqs.Queue(stack, "F", fifo=True)
    with pytest.raises(ValueError, match="expected on_failure to be a standard queue or topic, got the FIFO Stack/F;"):
        KinesisToLambda(stack, "Orders", function=function, on_failure=target)


def test_a_wrapped_target_is_refused(stack: Stack, function: LambdaFunction) -> None:
    wrapped = SqsDlq(FailureQueue(stack, "Failed"))
    with pytest.raises(TypeError, match=r"expected on_failure to be a queue, topic or bucket .* pass it by itself"):
        KinesisToLambda(stack, "Orders", function=function, on_failure=wrapped)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"retry_attempts": -1}, "expected retry_attempts to be from 0 to 10,000, got -1"),
        ({"max_record_age": Duration.seconds(59)}, "expected max_record_age to be from 60 to 604,800 s, got 59 s"),
        ({"batch_size": 0}, "expected batch_size to be from 1 to 10,000, got 0"),
        ({"max_batching_window": Duration.seconds(301)}, "max_batching_window to be from 0 to 300 s, got 301 s"),
        ({"parallelization_factor": 11}, "expected parallelization_factor to be from 1 to 10, got 11"),
        ({"tumbling_window": Duration.seconds(901)}, "expected tumbling_window to be from 0 to 900 s, got 901 s"),
        ({"starting_position_timestamp": 1}, "expected starting_position_timestamp only with AT_TIMESTAMP, got"),
        (
            {"starting_position": lambda_.StartingPosition.AT_TIMESTAMP},
            "expected starting_position_timestamp for AT_TIMESTAMP, got none",
        ),
    ],
)
def test_wrong_settings_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        KinesisToLambda(stack, "Orders", function=function, **settings)


def test_unknown_parameters_and_kinds_are_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match=r"expected parameters of KinesisToLambda or .*, got retries"):
        KinesisToLambda(stack, "A", function=function, retries=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="expected stream to be a stream of the CDK, got 'arn:aws"):
        KinesisToLambda(stack, "B", function=function, stream=STREAM_ARN)  # type: ignore[arg-type]


def test_a_token_is_not_compared(stack: Stack, function: LambdaFunction) -> None:
    seconds = CfnParameter(stack, "Seconds", type="Number").value_as_number
    KinesisToLambda(stack, "Orders", function=function, retry_attempts=seconds)  # type: ignore[arg-type]
    assert only(stack, MAPPING)["MaximumRetryAttempts"] == {"Ref": "Seconds"}


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_aliases_and_versions_are_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    KinesisToLambda(stack, "Orders", function=target)
    assert only(stack, MAPPING)["FunctionName"] == stack.resolve(target.function_name)
    assert granted(stack, "kinesis:GetRecords")


def test_an_imported_stream_and_function_are_granted_before_the_mapping(stack: Stack) -> None:
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/worker")
    function = lambda_.Function.from_function_attributes(stack, "Worker", function_arn=FUNCTION_ARN, role=role)
    stream = kinesis.Stream.from_stream_arn(stack, "Mine", STREAM_ARN)
    KinesisToLambda(stack, "Orders", function=function, stream=stream)
    ((policy, _),) = resources(stack, "AWS::IAM::Policy").items()
    (mapping,) = Template.from_stack(stack).find_resources(MAPPING).values()
    assert mapping["DependsOn"] == [policy]
    assert mapping["Properties"]["EventSourceArn"] == STREAM_ARN
    assert granted(stack, "kinesis:GetRecords") == [STREAM_ARN]


def test_a_function_imported_without_role_is_warned_of(stack: Stack) -> None:
    function = lambda_.Function.from_function_arn(stack, "Worker", FUNCTION_ARN)
    KinesisToLambda(stack, "Orders", function=function)
    (warning,) = warnings(stack)
    assert "Stack/Worker was imported without its role" in warning


def test_function_and_stream_may_stand_in_different_stacks(app: App) -> None:
    compute = Stack(app, "Compute")
    front = Stack(app, "Front")
    storage = Stack(app, "Storage")
    bucket = s3.Bucket(storage, "Failed", encryption_key=kms.Key(storage, "Key"))
    function = make_function(compute)
    KinesisToLambda(front, "Orders", function=function, alarm_topic=sns.Topic(front, "Topic"))
    KinesisToLambda(front, "Returns", function=function, on_failure=bucket)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::IAM::Policy")) == 2
    for mapping in Template.from_stack(front).find_resources(MAPPING).values():
        assert len(mapping["DependsOn"]) == 1


def test_the_mapping_publishes_metrics_if_wanted(stack: Stack, function: LambdaFunction) -> None:
    metrics = lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT])
    KinesisToLambda(stack, "Orders", function=function, metrics_config=metrics)
    assert only(stack, MAPPING)["MetricsConfig"] == {"Metrics": ["EventCount"]}


def test_metrics_of_kafka_are_refused(stack: Stack, function: LambdaFunction) -> None:
    metrics = lambda_.MetricsConfig(metrics=[lambda_.MetricType.ERROR_COUNT])
    with pytest.raises(ValueError, match="expected metrics_config with EVENT_COUNT only, got ERROR_COUNT"):
        KinesisToLambda(stack, "Orders", function=function, metrics_config=metrics)
