from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_

from constructs_lib import EventBridgeToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources

PATTERN = events.EventPattern(source=["orders"], detail_type=["Order placed"])


def target(stack: Stack) -> dict[str, Any]:
    (found,) = only(stack, "AWS::Events::Rule")["Targets"]
    return dict(found)


def test_the_rule_invokes_the_function(stack: Stack, function: LambdaFunction) -> None:
    orders = EventBridgeToLambda(stack, "Orders", function=function, event_pattern=PATTERN)
    rule = only(stack, "AWS::Events::Rule")
    assert rule["EventPattern"] == {"source": ["orders"], "detail-type": ["Order placed"]}
    assert "EventBusName" not in rule
    assert target(stack)["Arn"] == stack.resolve(function.function_arn)
    assert target(stack)["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400}
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "events.amazonaws.com",
        "SourceArn": stack.resolve(orders.rule.rule_arn),
    }


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_bus_of_the_user(stack: Stack, function: LambdaFunction, kind: str) -> None:
    arn = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/mine"
    bus = events.EventBus(stack, "Bus") if kind == "owned" else events.EventBus.from_event_bus_arn(stack, "Bus", arn)
    EventBridgeToLambda(stack, "Orders", function=function, event_pattern=PATTERN, event_bus=bus)
    assert only(stack, "AWS::Events::Rule")["EventBusName"] == stack.resolve(bus.event_bus_name)


def test_delivery_and_execution_are_retried_apart(stack: Stack, function: LambdaFunction) -> None:
    EventBridgeToLambda(
        stack,
        "Orders",
        function=function,
        event_pattern=PATTERN,
        retry_attempts=1,
        delivery_retry_attempts=0,
        delivery_max_event_age=Duration.minutes(5),
    )
    assert target(stack)["RetryPolicy"] == {"MaximumEventAgeInSeconds": 300, "MaximumRetryAttempts": 0}
    assert only(stack, "AWS::Lambda::EventInvokeConfig")["MaximumRetryAttempts"] == 1


def test_tokens_are_not_compared(stack: Stack, function: LambdaFunction) -> None:
    attempts = int(CfnParameter(stack, "Attempts", type="Number").value_as_number)
    EventBridgeToLambda(stack, "Orders", function=function, event_pattern=PATTERN, delivery_retry_attempts=attempts)
    assert target(stack)["RetryPolicy"]["MaximumRetryAttempts"] == {"Ref": "Attempts"}


def test_the_event_can_be_shaped(stack: Stack, function: LambdaFunction) -> None:
    EventBridgeToLambda(
        stack, "Orders", function=function, event_pattern=PATTERN, event=events.RuleTargetInput.from_object({"a": 1})
    )
    assert target(stack)["Input"] == '{"a":1}'


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_an_alias_or_version_is_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    invoked = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    EventBridgeToLambda(stack, "Orders", function=invoked, event_pattern=PATTERN)
    assert target(stack)["Arn"] == stack.resolve(invoked.function_arn)
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == stack.resolve(invoked.function_arn)


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("bus_in", ["A", "B", "C"])
def test_function_bus_and_pattern_may_stand_in_different_stacks(app: App, function_in: str, bus_in: str) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    function, bus = make_function(stacks[function_in]), events.EventBus(stacks[bus_in], "Bus")
    EventBridgeToLambda(stacks["B"], "Orders", function=function, event_pattern=PATTERN, event_bus=bus)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks["B"], "AWS::Lambda::Permission")) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"delivery_retry_attempts": 186}, "expected delivery_retry_attempts to be from 0 to 185, got 186"),
        (
            {"delivery_max_event_age": Duration.seconds(59)},
            "expected delivery_max_event_age to be from 60 to 86,400 s, got 59 s",
        ),
    ],
)
def test_numbers_out_of_range_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        EventBridgeToLambda(stack, "Orders", function=function, event_pattern=PATTERN, **settings)


def test_what_is_no_bus_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected event_bus to be an event bus of the CDK, got 'mine'"):
        EventBridgeToLambda(stack, "A", function=function, event_pattern=PATTERN, event_bus="mine")  # type: ignore[arg-type]
