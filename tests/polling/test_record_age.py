"""How old a record may become: finite by default, and shorter than the stream keeps it."""

from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_lambda_event_sources import ProvisionedPollerConfig

from constructs_lib import DynamoDbToLambda, KinesisToLambda, LambdaFunction, MskToLambda
from tests.helpers import ACCOUNT, only, warnings
from tests.polling.test_dynamodb import make_table
from tests.polling.test_kinesis import MAPPING, STREAM_ARN, alarm

HOUR = 3600
WEEK = 7 * 24 * HOUR


def stream_of(stack: Stack, hours: int | None) -> kinesis.Stream:
    return kinesis.Stream(stack, "Mine", retention_period=None if hours is None else Duration.hours(hours))


def age_and_alarm(stack: Stack) -> tuple[Any, Any]:
    """Return the mapping's age limit and the alarm's threshold, both in seconds."""
    return only(stack, MAPPING)["MaximumRecordAgeInSeconds"], alarm(stack, "IteratorAge")["Threshold"] / 1000


@pytest.mark.parametrize(("hours", "age"), [(168, WEEK / 2), (8760, WEEK), (None, 12 * HOUR)])
def test_new_records_are_given_up_while_the_stream_still_has_them(
    stack: Stack, function: LambdaFunction, hours: int | None, age: int
) -> None:
    latest = lambda_.StartingPosition.LATEST
    stream = stream_of(stack, hours)
    KinesisToLambda(stack, "Orders", function=function, stream=stream, starting_position=latest)
    assert age_and_alarm(stack) == (age, age / 2)
    assert warnings(stack) == []


@pytest.mark.parametrize("position", ["TRIM_HORIZON", "AT_TIMESTAMP"])
@pytest.mark.parametrize(("hours", "age"), [(None, 23 * HOUR), (24, 23 * HOUR), (168, WEEK - HOUR), (169, WEEK)])
def test_old_records_are_given_up_an_hour_before_they_expire(
    stack: Stack, function: LambdaFunction, hours: int | None, age: int, position: str
) -> None:
    KinesisToLambda(
        stack,
        "Orders",
        function=function,
        stream=stream_of(stack, hours),
        starting_position=lambda_.StartingPosition[position],
        starting_position_timestamp=1_700_000_000 if position == "AT_TIMESTAMP" else None,
    )
    assert age_and_alarm(stack) == (age, age / 2)


def test_the_stream_of_a_consumer_counts(stack: Stack, function: LambdaFunction) -> None:
    consumer = kinesis.StreamConsumer(stack, "Consumer", stream=stream_of(stack, 48), stream_consumer_name="orders")
    KinesisToLambda(stack, "Orders", function=function, consumer=consumer)
    assert age_and_alarm(stack) == (47 * HOUR, 23.5 * HOUR)


def test_a_stream_of_unknown_retention_has_the_longest_limit(stack: Stack, function: LambdaFunction) -> None:
    stream = kinesis.Stream.from_stream_arn(stack, "Theirs", STREAM_ARN)
    KinesisToLambda(stack, "Orders", function=function, stream=stream)
    # The alarm goes by the shortest time for which streams keep records.
    assert age_and_alarm(stack) == (WEEK, 12 * HOUR)
    assert warnings(stack) == []


@pytest.mark.parametrize(("position", "age"), [("TRIM_HORIZON", 23 * HOUR), ("LATEST", 12 * HOUR)])
def test_a_table_s_stream_keeps_records_for_a_day(
    stack: Stack, function: LambdaFunction, position: str, age: int
) -> None:
    starting = lambda_.StartingPosition[position]
    DynamoDbToLambda(stack, "Orders", function=function, table=make_table(stack), starting_position=starting)
    assert age_and_alarm(stack) == (age, age / 2)
    assert warnings(stack) == []


@pytest.mark.parametrize(("hours", "warned"), [(168, False), (8760, True)])
def test_old_records_beyond_the_longest_limit_are_warned_of(
    stack: Stack, function: LambdaFunction, hours: int, warned: bool
) -> None:
    KinesisToLambda(stack, "Orders", function=function, stream=stream_of(stack, hours))
    found = [warning for warning in warnings(stack) if "lambda-invocation-constructs:oldRecords" in warning]
    assert len(found) == warned
    assert all("Lambda gives up those older than 604800 s" in warning for warning in found)


def test_a_given_limit_is_taken_as_it_is(stack: Stack, function: LambdaFunction) -> None:
    stream = stream_of(stack, 8760)
    KinesisToLambda(stack, "Orders", function=function, stream=stream, max_record_age=Duration.hours(6))
    assert age_and_alarm(stack) == (6 * HOUR, 3 * HOUR)
    assert warnings(stack) == []


def test_records_that_would_expire_first_are_warned_of(stack: Stack, function: LambdaFunction) -> None:
    KinesisToLambda(stack, "Orders", function=function, max_record_age=Duration.days(2))
    (warning,) = warnings(stack)
    assert "Stack/Orders/Stream keeps records for 86400 s, and max_record_age is 172800 s" in warning
    assert "[ack: lambda-invocation-constructs:maxRecordAge]" in warning
    assert alarm(stack, "IteratorAge")["Threshold"] == 12 * HOUR * 1000


@pytest.mark.parametrize(("imported", "threshold"), [(True, 12 * HOUR), (False, 24 * HOUR)])
def test_a_limit_may_be_a_token(stack: Stack, function: LambdaFunction, imported: bool, threshold: int) -> None:
    age = Duration.seconds(CfnParameter(stack, "Age", type="Number").value_as_number)
    theirs = kinesis.Stream.from_stream_arn(stack, "Theirs", STREAM_ARN)
    stream = theirs if imported else stream_of(stack, 48)
    KinesisToLambda(stack, "Orders", function=function, stream=stream, max_record_age=age)
    assert age_and_alarm(stack) == ({"Ref": "Age"}, threshold)


def test_the_limit_of_a_kafka_mapping_may_be_a_token(stack: Stack, function: LambdaFunction) -> None:
    MskToLambda(
        stack,
        "Orders",
        function=function,
        cluster_arn=f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/shop/0f6a-5",
        topic="orders",
        provisioned_poller_config=ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=2),
        max_record_age=Duration.seconds(CfnParameter(stack, "Age", type="Number").value_as_number),
    )
    assert only(stack, MAPPING)["MaximumRecordAgeInSeconds"] == {"Ref": "Age"}


def test_windows_may_be_tokens(stack: Stack, function: LambdaFunction) -> None:
    window = Duration.seconds(CfnParameter(stack, "Window", type="Number").value_as_number)
    KinesisToLambda(stack, "Orders", function=function, max_batching_window=window, tumbling_window=window)
    mapping = only(stack, MAPPING)
    assert mapping["MaximumBatchingWindowInSeconds"] == mapping["TumblingWindowInSeconds"] == {"Ref": "Window"}
