import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack, TimeZone
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from constructs_lib import LambdaFunction, ScheduleToLambda
from tests.helpers import make_function, only, resources

DAILY = scheduler.ScheduleExpression.rate(Duration.days(1))
ONCE = scheduler.ScheduleExpression.at(datetime(2030, 1, 1, tzinfo=UTC))


def schedule_of(stack: Stack) -> dict[str, Any]:
    return only(stack, "AWS::Scheduler::Schedule")


def role_statements(stack: Stack, pattern: ScheduleToLambda) -> list[dict[str, Any]]:
    return [
        statement
        for policy in resources(stack, "AWS::IAM::Policy").values()
        if stack.resolve(pattern.role.role_name) in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


@pytest.mark.parametrize("qualifier", ["function", "alias", "version"])
def test_the_schedule_may_invoke_what_it_invokes_and_no_more(
    stack: Stack, function: LambdaFunction, qualifier: str
) -> None:
    invoked: Any = function
    if qualifier != "function":
        invoked = function.current_version
    if qualifier == "alias":
        invoked = lambda_.Alias(stack, "Live", alias_name="live", version=invoked)
    reports = ScheduleToLambda(stack, "Reports", function=invoked, schedule=DAILY)
    arn = stack.resolve(invoked.function_arn)
    assert schedule_of(stack)["Target"]["Arn"] == arn
    assert schedule_of(stack)["Target"]["RoleArn"] == stack.resolve(reports.role.role_arn)
    (invoking,) = (found for found in role_statements(stack, reports) if found["Action"] == "lambda:InvokeFunction")
    assert invoking["Resource"] == arn
    assert len(role_statements(stack, reports)) == 2
    assert resources(stack, "AWS::Lambda::Permission") == {}


def test_only_schedules_of_this_account_use_the_role(stack: Stack, function: LambdaFunction) -> None:
    reports = ScheduleToLambda(stack, "Reports", function=function, schedule=DAILY)
    roles = resources(stack, "AWS::IAM::Role")
    (trust,) = roles[stack.resolve(reports.role.role_name)["Ref"]]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert ":schedule-group/default" in json.dumps(trust["Condition"]["StringEquals"]["aws:SourceArn"])


def test_cron_with_time_zone_window_limits_and_input(stack: Stack, function: LambdaFunction) -> None:
    ScheduleToLambda(
        stack,
        "Reports",
        function=function,
        schedule=scheduler.ScheduleExpression.cron(hour="6", minute="0", time_zone=TimeZone.EUROPE_BERLIN),
        time_window=scheduler.TimeWindow.flexible(Duration.minutes(15)),
        start=datetime(2030, 1, 1, tzinfo=UTC),
        end=datetime(2031, 1, 1, tzinfo=UTC),
        input=scheduler.ScheduleTargetInput.from_object({"kind": "daily"}),
    )
    found = schedule_of(stack)
    assert found["ScheduleExpression"] == "cron(0 6 * * ? *)"
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    assert (found["StartDate"][:10], found["EndDate"][:10]) == ("2030-01-01", "2031-01-01")
    assert found["Target"]["Input"] == '{"kind":"daily"}'


def test_a_schedule_for_one_time(stack: Stack, function: LambdaFunction) -> None:
    ScheduleToLambda(stack, "Reports", function=function, schedule=ONCE)
    assert schedule_of(stack)["ScheduleExpression"] == "at(2030-01-01T00:00:00)"
    assert schedule_of(stack)["Target"]["RetryPolicy"] == {
        "MaximumEventAgeInSeconds": 86_400,
        "MaximumRetryAttempts": 185,
    }


@pytest.mark.parametrize("limit", ["start", "end"])
def test_limits_of_a_schedule_for_one_time_are_refused(stack: Stack, function: LambdaFunction, limit: str) -> None:
    limits: dict[str, Any] = {limit: datetime(2030, 1, 1, tzinfo=UTC)}
    with pytest.raises(ValueError, match="expected no start or end for a one-time schedule"):
        ScheduleToLambda(stack, "Reports", function=function, schedule=ONCE, **limits)


def test_delivery_and_execution_are_retried_apart(stack: Stack, function: LambdaFunction) -> None:
    ScheduleToLambda(
        stack,
        "Reports",
        function=function,
        schedule=DAILY,
        retry_attempts=1,
        delivery_retry_attempts=0,
        delivery_max_event_age=Duration.minutes(5),
    )
    retries = schedule_of(stack)["Target"]["RetryPolicy"]
    assert retries == {"MaximumEventAgeInSeconds": 300, "MaximumRetryAttempts": 0}
    assert only(stack, "AWS::Lambda::EventInvokeConfig")["MaximumRetryAttempts"] == 1


def test_tokens_are_not_compared(stack: Stack, function: LambdaFunction) -> None:
    attempts = int(CfnParameter(stack, "Attempts", type="Number").value_as_number)
    age = Duration.seconds(CfnParameter(stack, "Age", type="Number").value_as_number)
    ScheduleToLambda(
        stack,
        "Reports",
        function=function,
        schedule=DAILY,
        delivery_retry_attempts=attempts,
        delivery_max_event_age=age,
    )
    retries = schedule_of(stack)["Target"]["RetryPolicy"]
    assert retries == {"MaximumEventAgeInSeconds": {"Ref": "Age"}, "MaximumRetryAttempts": {"Ref": "Attempts"}}


@pytest.mark.parametrize("name", ["delivery_retry_attempts", "delivery_max_event_age"])
def test_numbers_out_of_range_are_refused(stack: Stack, function: LambdaFunction, name: str) -> None:
    settings: dict[str, Any] = {name: 186 if name == "delivery_retry_attempts" else Duration.hours(25)}
    with pytest.raises(ValueError, match=f"expected {name} to be from "):
        ScheduleToLambda(stack, "Reports", function=function, schedule=DAILY, **settings)


def test_the_schedule_waits_for_its_role(app: App) -> None:
    function_stack, stack = Stack(app, "A"), Stack(app, "B")
    ScheduleToLambda(stack, "Reports", function=make_function(function_stack), schedule=DAILY)
    template = app.synth().get_stack_by_name("B").template["Resources"]
    (schedule,) = (found for found in template.values() if found["Type"] == "AWS::Scheduler::Schedule")
    assert {template[name]["Type"] for name in schedule["DependsOn"]} == {"AWS::IAM::Role", "AWS::IAM::Policy"}
