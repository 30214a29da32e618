import json
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_sns as sns

from constructs_lib import (
    InvocationAlarms,
    InvocationDashboard,
    LambdaFunction,
    RestApiToLambda,
    S3ToLambda,
    SqsToLambda,
)
from tests.helpers import make_function, only, resources

COMMON = {"Errors", "Throttles"}


def alarms_of(stack: Stack) -> dict[str, dict[str, Any]]:
    return {alarm["MetricName"]: alarm for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}


@pytest.mark.parametrize(
    ("pattern", "metrics"),
    [
        (RestApiToLambda, {"5XXError", "Latency"}),
        (
            S3ToLambda,
            {
                "ApproximateNumberOfMessagesVisible",
                "AsyncEventAge",
                "AsyncEventsDropped",
                "DestinationDeliveryFailures",
            },
        ),
        (SqsToLambda, {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}),
    ],
)
def test_each_model_gets_its_alarms_on_one_topic(
    stack: Stack, function: LambdaFunction, pattern: Any, metrics: set[str]
) -> None:
    topic = sns.Topic(stack, "Topic")
    watched = InvocationAlarms(stack, "Alarms", pattern=pattern(stack, "Pattern", function=function), alarm_topic=topic)
    alarms = alarms_of(stack)
    assert set(alarms) == metrics | COMMON
    assert len(watched.alarms) == len(alarms)
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms.values())
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms.values())


def test_waiting_is_measured_in_the_metrics_unit(stack: Stack, function: LambdaFunction) -> None:
    InvocationAlarms(stack, "A", pattern=S3ToLambda(stack, "Uploads", function=function))
    InvocationAlarms(stack, "B", pattern=SqsToLambda(stack, "Jobs", function=make_function(stack, "Worker")))
    alarms = alarms_of(stack)
    assert alarms["AsyncEventAge"]["Threshold"] == 900_000  # milliseconds
    assert alarms["ApproximateAgeOfOldestMessage"]["Threshold"] == 900  # seconds


def test_what_is_no_pattern_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected a pattern of this library, got"):
        InvocationAlarms(stack, "Alarms", pattern=function)  # type: ignore[arg-type]


def test_the_dashboard_shows_functions_by_model(stack: Stack) -> None:
    InvocationDashboard(
        stack,
        "Dashboard",
        patterns=[
            SqsToLambda(stack, "Jobs", function=make_function(stack, "Worker")),
            S3ToLambda(stack, "Uploads", function=make_function(stack, "Resize")),
            RestApiToLambda(stack, "Orders", function=make_function(stack, "Order")),
        ],
    )
    body = json.dumps(only(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    order = [body.index(text) for text in ("Synchronous", "Stack/Order", "Asynchronous", "Stack/Resize", "Poll")]
    assert order == sorted(order)
    assert body.index("Poll") < body.index("Stack/Worker")
    assert "AsyncEventAge" in body
