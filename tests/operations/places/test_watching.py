from typing import Any

import pytest

from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.places.watching import Alarm, Watchers
from tests.operations.places.account import FAILED, JOBS, RESIZE, arn, function, queue, resource, world_of

TOPIC = arn("sns", "failures")
ARNS = {"Failed": FAILED, "Resize": RESIZE}
PLACE = Place(Kind.QUEUE, FAILED, ())


def watchers(*unread: str, **resources: dict[str, Any]) -> Watchers:
    return Watchers(world_of(Failed=queue("failed"), Resize=function(), **resources), ARNS, unread)


def alarm(
    metric: str = "ApproximateNumberOfMessagesVisible", name: str = "failed", **properties: Any
) -> dict[str, Any]:
    dimensions = [{"Name": "QueueName", "Value": name}]
    metrics = {"Namespace": "AWS/SQS", "MetricName": metric, "Dimensions": dimensions}
    return resource("CloudWatch::Alarm", **{"AlarmName": "depth", "AlarmActions": [TOPIC], **metrics, **properties})


@pytest.mark.parametrize("metric", ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"])
def test_an_alarm_that_acts(metric: str) -> None:
    assert watchers(Alarm=alarm(metric)).alarms(PLACE) == (Alarm("depth", True),)


@pytest.mark.parametrize("settings", [{"ActionsEnabled": False}, {"AlarmActions": []}])
def test_an_alarm_that_does_nothing(settings: dict[str, Any]) -> None:
    assert watchers(Alarm=alarm(**settings)).alarms(PLACE) == (Alarm("depth", False),)


@pytest.mark.parametrize("other", [alarm("NumberOfMessagesSent"), alarm(name="jobs")])
def test_an_alarm_on_something_else(other: dict[str, Any]) -> None:
    assert watchers(Alarm=other).alarms(PLACE) == ()


def test_both_alarms_of_a_queue() -> None:
    two = watchers(Alarm=alarm(), Old=alarm("ApproximateAgeOfOldestMessage", AlarmName="age"))
    assert {one.name for one in two.alarms(PLACE) or ()} == {"depth", "age"}


def test_who_reads_a_queue() -> None:
    mapping = {"EventSourceArn": FAILED, "FunctionName": f"{RESIZE}:live"}
    found = watchers(
        On=resource("Lambda::EventSourceMapping", **mapping),
        Off=resource("Lambda::EventSourceMapping", EventSourceArn=FAILED, FunctionName=RESIZE, Enabled=False),
        Pipe=resource("Pipes::Pipe", Name="mend", Source=FAILED, Target=RESIZE),
        Other=resource("Lambda::EventSourceMapping", EventSourceArn=JOBS, FunctionName=RESIZE),
    )
    assert set(found.readers(PLACE) or ()) == {"function resize:live", "function resize (turned off)", "pipe mend"}


def test_who_is_subscribed_to_a_topic() -> None:
    subscribed = {"sqs": FAILED, "email": "someone@example.org", "lambda": RESIZE}
    found = watchers(
        **{
            protocol: resource("SNS::Subscription", TopicArn=TOPIC, Protocol=protocol, Endpoint=endpoint)
            for protocol, endpoint in subscribed.items()
        }
    )
    assert set(found.readers(Place(Kind.TOPIC, TOPIC, ())) or ()) == {"sqs failed", "email", "lambda resize"}


def test_nobody() -> None:
    assert watchers().readers(PLACE) == ()
    assert watchers(Alarm=alarm()).alarms(Place(Kind.TOPIC, TOPIC, ())) == ()


@pytest.mark.parametrize("unread", ["cloudwatch:DescribeAlarms", "alarms"])
def test_alarms_that_may_not_be_listed_are_unknown(unread: str) -> None:
    assert watchers(unread).alarms(PLACE) is None
    assert watchers(unread).alarms(Place(Kind.TOPIC, TOPIC, ())) == ()


def test_alarms_on_a_queue_that_is_not_read_are_unknown() -> None:
    assert watchers().alarms(Place(Kind.QUEUE, JOBS, ())) is None


@pytest.mark.parametrize("unread", ["lambda:ListEventSourceMappings", "pipes:ListPipes", "mappings", "pipes"])
def test_readers_are_unknown_when_some_may_not_be_listed_and_none_is_known(unread: str) -> None:
    assert watchers(unread).readers(PLACE) is None
    assert watchers(unread).readers(Place(Kind.TOPIC, TOPIC, ())) == ()
    known = resource("Pipes::Pipe", Name="mend", Source=FAILED, Target=RESIZE)
    assert watchers(unread, Pipe=known).readers(PLACE) == ("pipe mend",)


def test_subscribers_that_may_not_be_listed_are_unknown() -> None:
    assert watchers("sns:ListSubscriptions").readers(Place(Kind.TOPIC, TOPIC, ())) is None
    assert watchers("sns:ListSubscriptions").readers(PLACE) == ()
