"""Minimal use of each pattern that needs more than a function."""

from collections.abc import Callable
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions

import constructs_lib
from constructs_lib import AlarmToLambda, LambdaFunction, LogsToLambda, RestApiToStateMachine
from constructs_lib.catalog import Pattern
from tests.helpers import ACCOUNT, make_function


def _logs(stack: Stack, function: LambdaFunction) -> Any:
    return LogsToLambda(stack, "Pattern", function=function, log_group=logs.LogGroup(stack, "Source"))


def _alarm(stack: Stack, function: LambdaFunction) -> Any:
    alarm = function.metric_errors().create_alarm(stack, "Source", threshold=1, evaluation_periods=1)
    return AlarmToLambda(stack, "Pattern", function=function, alarm=alarm)


BUILDERS: dict[str, Callable[[Stack, LambdaFunction], Any]] = {
    "LogsToLambda": _logs,
    "AlarmToLambda": _alarm,
}


def _state_machine(stack: Stack) -> Any:
    machine = stepfunctions.StateMachine.from_state_machine_arn(
        stack, "Machine", f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:reports"
    )
    return RestApiToStateMachine(stack, "Pattern", state_machine=machine)


WITHOUT_FUNCTION: dict[str, Callable[[Stack], Any]] = {"RestApiToStateMachine": _state_machine}


def build_pattern(stack: Stack, pattern: Pattern) -> Any:
    """Build a pattern with its defaults, as ``Pattern``, around a function of its own."""
    if pattern.name in WITHOUT_FUNCTION:
        return WITHOUT_FUNCTION[pattern.name](stack)
    function = make_function(stack)
    builder = BUILDERS.get(pattern.name)
    if builder is not None:
        return builder(stack, function)
    return getattr(constructs_lib, pattern.name)(stack, "Pattern", function=function)
