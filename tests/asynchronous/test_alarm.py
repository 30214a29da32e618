from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from constructs_lib import AlarmToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:mend"
CONFIG = "AWS::Lambda::EventInvokeConfig"
METRIC = cloudwatch.Metric(namespace="Shop", metric_name="Orders", period=Duration.minutes(1))


def make_alarm(scope: Stack, id: str = "Source") -> cloudwatch.Alarm:
    return METRIC.create_alarm(scope, id, threshold=1, evaluation_periods=1)


def alarm_resource(stack: Stack) -> dict[str, Any]:
    (found,) = (
        alarm for alarm in resources(stack, "AWS::CloudWatch::Alarm").values() if alarm.get("Namespace") == "Shop"
    )
    return found


def test_the_alarm_invokes_the_function(stack: Stack, function: LambdaFunction) -> None:
    alarm = make_alarm(stack)
    mending = AlarmToLambda(stack, "Mending", function=function, alarm=alarm)
    assert mending.alarm is alarm
    resource = alarm_resource(stack)
    assert resource["AlarmActions"] == [stack.resolve(function.function_arn)]
    assert {"OKActions", "InsufficientDataActions"}.isdisjoint(resource)


def test_only_this_alarm_may_invoke(stack: Stack, function: LambdaFunction) -> None:
    alarm = make_alarm(stack)
    AlarmToLambda(stack, "Mending", function=function, alarm=alarm)
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "lambda.alarms.cloudwatch.amazonaws.com",
        "SourceArn": stack.resolve(alarm.alarm_arn),
    }


def test_a_failed_event_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    mending = AlarmToLambda(
        stack, "Mending", function=function, alarm=make_alarm(stack), max_event_age=Duration.hours(1)
    )
    assert mending.failure_queue is not None
    queue = stack.resolve(mending.failure_queue.queue_arn)
    config = only(stack, CONFIG)
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert config["MaximumEventAgeInSeconds"] == 3600
    assert len(mending.alarms) == 2


def test_every_state_can_invoke(stack: Stack, function: LambdaFunction) -> None:
    AlarmToLambda(stack, "Mending", function=function, alarm=make_alarm(stack), states=list(cloudwatch.AlarmState))
    resource = alarm_resource(stack)
    arn = [stack.resolve(function.function_arn)]
    actions = ("AlarmActions", "OKActions", "InsufficientDataActions")
    assert [resource[name] for name in actions] == [arn, arn, arn]
    assert len(resources(stack, "AWS::Lambda::Permission")) == 1


def test_a_composite_alarm_invokes(stack: Stack, function: LambdaFunction) -> None:
    rule = cloudwatch.AlarmRule.from_alarm(make_alarm(stack), cloudwatch.AlarmState.ALARM)
    alarm = cloudwatch.CompositeAlarm(stack, "Both", alarm_rule=rule)
    AlarmToLambda(stack, "Mending", function=function, alarm=alarm)
    assert only(stack, "AWS::CloudWatch::CompositeAlarm")["AlarmActions"] == [stack.resolve(function.function_arn)]


def test_several_alarms_invoke_one_function(stack: Stack, function: LambdaFunction) -> None:
    first = AlarmToLambda(stack, "A", function=function, alarm=make_alarm(stack, "One"))
    second = AlarmToLambda(stack, "B", function=function, alarm=make_alarm(stack, "Two"))
    sources = [permission["SourceArn"] for permission in resources(stack, "AWS::Lambda::Permission").values()]
    assert sources == [stack.resolve(pattern.alarm.alarm_arn) for pattern in (first, second)]
    assert first.failure_queue is second.failure_queue


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_qualifier_is_invoked_and_configured(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    AlarmToLambda(stack, "Mending", function=target, alarm=make_alarm(stack))
    arn = stack.resolve(target.function_arn)
    assert alarm_resource(stack)["AlarmActions"] == [arn]
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn
    assert only(stack, CONFIG)["Qualifier"] != "$LATEST"


def test_an_imported_function_is_wired(stack: Stack) -> None:
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/mend"),
        same_environment=True,
    )
    AlarmToLambda(stack, "Mending", function=imported, alarm=make_alarm(stack))
    assert alarm_resource(stack)["AlarmActions"] == [FUNCTION_ARN]
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == FUNCTION_ARN


def test_an_imported_alarm_is_refused(stack: Stack, function: LambdaFunction) -> None:
    imported = cloudwatch.Alarm.from_alarm_arn(
        stack, "Imported", f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:orders"
    )
    with pytest.raises(ValueError, match="expected an alarm of this app, got the imported Stack/Imported, whose act"):
        AlarmToLambda(stack, "Mending", function=function, alarm=imported)


def test_no_states_at_all_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected at least one state, got none; leave out states="):
        AlarmToLambda(stack, "Mending", function=function, alarm=make_alarm(stack), states=[])


def test_what_is_no_alarm_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected alarm to be an alarm of the CDK, got 'mine'"):
        AlarmToLambda(stack, "Mending", function=function, alarm="mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
@pytest.mark.parametrize("alarm_in", ["A", "B", "C"])
def test_function_alarm_and_pattern_may_stand_in_different_stacks(
    app: App, function_in: str, pattern_in: str, alarm_in: str
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    function = make_function(stacks[function_in])
    AlarmToLambda(stacks[pattern_in], "Mending", function=function, alarm=make_alarm(stacks[alarm_in]))
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks[function_in], CONFIG)) == 1
    assert len(resources(stacks[alarm_in], "AWS::Lambda::Permission")) == 1
