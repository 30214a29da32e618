from typing import Any

import pytest

from constructs_lib.graph.failures.alarms import alarms
from tests.graph.build import make_world

VISIBLE = "ApproximateNumberOfMessagesVisible"


def watched(alarm: dict[str, Any]) -> bool:
    """Say whether an alarm watches, or may watch, the depth of the queue ``Queue``."""
    world = make_world(
        {
            "Parameters": {"Open": {"Type": "String"}},
            "Resources": {
                "Queue": {"Type": "AWS::SQS::Queue"},
                "Other": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "other"}},
                "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
            },
        }
    )
    queue = world.app.templates[0].resources["Queue"]
    return world.once(alarms).watch("AWS/SQS", queue, frozenset({VISIBLE}))


def metric(value: Any, name: Any = VISIBLE, namespace: Any = "AWS/SQS") -> dict[str, Any]:
    dimensions = [{"Name": "QueueName", "Value": value}]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}


OPEN = {"Ref": "Open"}
NAME = {"Fn::GetAtt": ["Queue", "QueueName"]}


@pytest.mark.parametrize(
    "alarm",
    [
        metric(NAME),
        metric(OPEN),
        metric(NAME, name=OPEN),
        metric(NAME, namespace=OPEN),
        {"Namespace": "AWS/SQS", "MetricName": VISIBLE, "Dimensions": OPEN},
        {"Namespace": "AWS/SQS", "MetricName": VISIBLE},
        {"Metrics": [{"Id": "m", "MetricStat": {"Metric": metric(NAME)}}]},
        {"Metrics": [{"Id": "m", "Expression": 'SELECT MAX(Depth) FROM SCHEMA("AWS/SQS", QueueName)'}]},
        {"Metrics": [{"Id": "m", "Expression": OPEN}]},
    ],
)
def test_an_alarm_that_watches_or_may_watch_a_queue(alarm: dict[str, Any]) -> None:
    assert watched(alarm)


@pytest.mark.parametrize(
    "alarm",
    [
        {},
        metric({"Fn::GetAtt": ["Other", "QueueName"]}),
        metric("other"),
        metric("elsewhere"),
        metric(NAME, name="NumberOfMessagesReceived"),
        metric(NAME, namespace="Own"),
        metric(OPEN, namespace="AWS/Lambda"),
        {"Metrics": [{"Id": "m", "Expression": "a / b"}]},
        {"Metrics": [{"Id": "m", "Expression": 'SELECT MAX(Errors) FROM SCHEMA("AWS/Lambda", FunctionName)'}]},
    ],
)
def test_an_alarm_that_watches_something_else(alarm: dict[str, Any]) -> None:
    assert not watched(alarm)
