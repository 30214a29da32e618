from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from constructs_lib import DynamoDbToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings

TABLE_ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
STREAM_ARN = f"{TABLE_ARN}/stream/2026-01-01T00:00:00.000"
MAPPING = "AWS::Lambda::EventSourceMapping"
KEY = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)


def make_table(scope: Stack, **settings: Any) -> dynamodb.Table:
    return dynamodb.Table(
        scope, "Table", partition_key=KEY, stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES, **settings
    )


def test_a_failed_batch_ends_in_a_watched_queue_after_finite_retries(stack: Stack, function: LambdaFunction) -> None:
    table = make_table(stack)
    orders = DynamoDbToLambda(stack, "Orders", function=function, table=table)
    assert orders.failure_queue is not None
    assert only(stack, MAPPING) == {
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": stack.resolve(orders.failure_queue.queue_arn)}},
        "EventSourceArn": stack.resolve(table.table_stream_arn),
        "FunctionName": stack.resolve(function.function_name),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumRecordAgeInSeconds": 82_800,
        "MaximumRetryAttempts": 10,
        "StartingPosition": "TRIM_HORIZON",
    }
    metrics = {alarm["MetricName"] for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}
    assert metrics == {"ApproximateNumberOfMessagesVisible", "DestinationDeliveryFailures", "IteratorAge"}
    assert len(orders.alarms) == 3


def test_the_function_may_read_the_streams_of_this_table_only(stack: Stack, function: LambdaFunction) -> None:
    table = make_table(stack)
    DynamoDbToLambda(stack, "Orders", function=function, table=table)
    granted = {
        action: found["Resource"]
        for found in statements(stack)
        for action in ([found["Action"]] if isinstance(found["Action"], str) else found["Action"])
        if action.startswith("dynamodb:")
    }
    stream_arn = stack.resolve(table.table_stream_arn)
    assert granted == {
        "dynamodb:DescribeStream": stream_arn,
        "dynamodb:GetRecords": stream_arn,
        "dynamodb:GetShardIterator": stream_arn,
        "dynamodb:ListStreams": {"Fn::Join": ["", [stack.resolve(table.table_arn), "/stream/*"]]},
    }


def test_the_key_of_the_table_is_granted(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    DynamoDbToLambda(stack, "Orders", function=function, table=make_table(stack, encryption_key=key))
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": stack.resolve(key.key_arn)} in statements(stack)


def test_a_table_of_the_second_kind_is_read(stack: Stack, function: LambdaFunction) -> None:
    table = dynamodb.TableV2(stack, "Table", partition_key=KEY, dynamo_stream=dynamodb.StreamViewType.KEYS_ONLY)
    DynamoDbToLambda(stack, "Orders", function=function, table=table)
    assert only(stack, MAPPING)["EventSourceArn"] == stack.resolve(table.table_stream_arn)


def test_an_imported_table_is_read(stack: Stack, function: LambdaFunction) -> None:
    table = dynamodb.Table.from_table_attributes(stack, "T", table_arn=TABLE_ARN, table_stream_arn=STREAM_ARN)
    DynamoDbToLambda(stack, "Orders", function=function, table=table)
    assert only(stack, MAPPING)["EventSourceArn"] == STREAM_ARN
    assert f"{TABLE_ARN}/stream/*" in [found["Resource"] for found in statements(stack)]
    assert warnings(stack) == []


def test_a_table_without_stream_is_refused(stack: Stack, function: LambdaFunction) -> None:
    owned = dynamodb.Table(stack, "Owned", partition_key=KEY)
    imported = dynamodb.Table.from_table_arn(stack, "Imported", TABLE_ARN)
    with pytest.raises(ValueError, match="expected a table with a stream, got Stack/Owned without; pass stream="):
        DynamoDbToLambda(stack, "A", function=function, table=owned)
    with pytest.raises(ValueError, match="expected a table with a stream, got Stack/Imported without"):
        DynamoDbToLambda(stack, "B", function=function, table=imported)


def test_a_stream_is_not_read_from_a_time(stack: Stack, function: LambdaFunction) -> None:
    at_timestamp = lambda_.StartingPosition.AT_TIMESTAMP
    with pytest.raises(ValueError, match="expected starting_position to be TRIM_HORIZON or LATEST, got AT_TIMESTAMP"):
        DynamoDbToLambda(stack, "Orders", function=function, table=make_table(stack), starting_position=at_timestamp)


def test_what_is_no_table_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected table to be a table of the CDK, got 'arn:aws"):
        DynamoDbToLambda(stack, "Orders", function=function, table=TABLE_ARN)  # type: ignore[arg-type]


def test_a_bucket_keeps_the_records(stack: Stack, function: LambdaFunction) -> None:
    bucket = s3.Bucket(stack, "Failed")
    orders = DynamoDbToLambda(stack, "Orders", function=function, table=make_table(stack), on_failure=bucket)
    assert only(stack, MAPPING)["DestinationConfig"]["OnFailure"]["Destination"] == stack.resolve(bucket.bucket_arn)
    assert orders.failure_queue is None


def test_function_and_table_may_stand_in_different_stacks(app: App) -> None:
    compute = Stack(app, "Compute")
    storage = Stack(app, "Storage")
    DynamoDbToLambda(storage, "Orders", function=make_function(compute), table=make_table(storage))
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(storage, "AWS::IAM::Policy")) == 1


def test_the_mapping_publishes_metrics_if_wanted(stack: Stack, function: LambdaFunction) -> None:
    metrics = lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT])
    DynamoDbToLambda(stack, "Orders", function=function, table=make_table(stack), metrics_config=metrics)
    assert only(stack, MAPPING)["MetricsConfig"] == {"Metrics": ["EventCount"]}


def test_metrics_of_kafka_are_refused(stack: Stack, function: LambdaFunction) -> None:
    metrics = lambda_.MetricsConfig(metrics=[lambda_.MetricType.KAFKA_METRICS])
    with pytest.raises(ValueError, match="expected metrics_config with EVENT_COUNT only, got KAFKA_METRICS"):
        DynamoDbToLambda(stack, "Orders", function=function, table=make_table(stack), metrics_config=metrics)
