"""Who notices a failed event where it ends."""

from typing import Any

import pytest

from constructs_lib.explain import text
from constructs_lib.explain.accounts import accounts
from constructs_lib.explain.model import Account, End
from tests.explain.test_accounts import DESTINATION, FAILURES, config, notification, resource
from tests.graph.build import make_app

QUEUE_NAME = {"Fn::GetAtt": ["Failures", "QueueName"]}


def explained(resources: dict[str, Any]) -> Account:
    body = {"Function": resource("AWS::Lambda::Function"), **notification(), **config(**DESTINATION), **FAILURES}
    found = accounts(make_app({"Resources": {**body, **resources}}))
    return next(one for one in found if one.function.logical_id == "Function")


def end_of(account: Account) -> End:
    return account.routes[0].stages[-1].ends[0]


def alarm(namespace: str, metric: str, **dimensions: Any) -> dict[str, Any]:
    listed = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {
        "Alarm": resource(
            "AWS::CloudWatch::Alarm", Namespace=namespace, MetricName=metric, Dimensions=listed, AlarmActions=["arn"]
        )
    }


def test_nobody() -> None:
    account = explained({})
    assert (account.alarms, end_of(account).watchers) == ((), ())


@pytest.mark.parametrize("metric", ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"])
def test_an_alarm_on_the_depth_or_the_age(metric: str) -> None:
    assert end_of(explained(alarm("AWS/SQS", metric, QueueName=QUEUE_NAME))).watchers == (f"alarm Alarm on {metric}",)


def test_an_alarm_on_another_metric_does_not_watch() -> None:
    assert end_of(explained(alarm("AWS/SQS", "SentMessageSize", QueueName=QUEUE_NAME))).watchers == ()


def test_an_alarm_on_an_unknown_queue_may_watch() -> None:
    name = {"Fn::ImportValue": "name"}
    (watcher,) = end_of(explained(alarm("AWS/SQS", "NumberOfMessagesSent", QueueName=name))).watchers or ()
    assert "perhaps" in watcher


def test_the_alarms_of_the_function_are_its_own() -> None:
    account = explained(alarm("AWS/Lambda", "Errors", FunctionName={"Ref": "Function"}))
    assert account.alarms == ("Alarm on Errors",)
    assert end_of(account).watchers == ()


@pytest.mark.parametrize(("enabled", "watchers"), [(True, ("consumer function Reader",)), (False, ())])
def test_a_mapping_that_is_turned_on_consumes(enabled: bool, watchers: tuple[str, ...]) -> None:
    source = {"EventSourceArn": {"Fn::GetAtt": ["Failures", "Arn"]}, "Enabled": enabled}
    reader = {"FunctionName": {"Ref": "Reader"}, **source}
    resources = {
        "Reader": resource("AWS::Lambda::Function"),
        "Mapping": resource("AWS::Lambda::EventSourceMapping", **reader),
    }
    assert end_of(explained(resources)).watchers == watchers


def test_a_pipe_consumes() -> None:
    pipe = resource("AWS::Pipes::Pipe", Source={"Fn::GetAtt": ["Failures", "Arn"]})
    assert end_of(explained({"Pipe": pipe})).watchers == ("consumer pipe Pipe",)


def test_a_topic_tells_its_subscribers() -> None:
    subscription = {"TopicArn": {"Ref": "Failures"}, "Protocol": "email", "Endpoint": "a@b.example"}
    resources = {
        "Failures": resource("AWS::SNS::Topic"),
        "Config": resource(
            "AWS::Lambda::EventInvokeConfig",
            FunctionName={"Ref": "Function"},
            Qualifier="$LATEST",
            DestinationConfig={"OnFailure": {"Destination": {"Ref": "Failures"}}},
        ),
    }
    assert end_of(explained(resources)).watchers == ()
    subscribed = explained({**resources, "Subscription": resource("AWS::SNS::Subscription", **subscription)})
    assert end_of(subscribed).watchers == ("subscriber by email",)


def test_a_function_as_destination_is_named_without_watchers() -> None:
    resources = {
        "Other": resource("AWS::Lambda::Function"),
        "Config": resource(
            "AWS::Lambda::EventInvokeConfig",
            FunctionName={"Ref": "Function"},
            Qualifier="$LATEST",
            DestinationConfig={"OnFailure": {"Destination": {"Fn::GetAtt": ["Other", "Arn"]}}},
        ),
    }
    end = end_of(explained(resources))
    assert (end.place, end.watchers) == ("function Other", None)


@pytest.mark.parametrize(
    ("settings", "silent"),
    [
        ({}, False),
        ({"AlarmActions": []}, True),
        ({"ActionsEnabled": False}, True),
        ({"ActionsEnabled": {"Ref": "Unknown"}}, False),
        ({"AlarmActions": {"Fn::ImportValue": "topics"}}, False),
    ],
)
def test_an_alarm_without_actions_tells_nobody(settings: dict[str, Any], silent: bool) -> None:
    watching = alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=QUEUE_NAME)
    watching["Alarm"]["Properties"].update(settings)
    account = explained(watching)
    (watcher,) = end_of(account).watchers or ()
    assert watcher.endswith("(without actions)") is silent
    assert ("tells nobody" in text.render([account])) is silent
