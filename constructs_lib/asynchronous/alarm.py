"""CloudWatch alarms to a function."""

from collections.abc import Sequence
from typing import Unpack

import jsii
from aws_cdk import Names
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.checks import check_kinds
from constructs_lib.types import AnyAlarm, AnyFunction


class AlarmToLambda(AsynchronousPattern):
    """An alarm that invokes a function, asynchronously, when its state changes.

    An event arrives at least once: the handler must bear seeing it twice. What the handler returns is dropped, unless
    there is an ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: nowhere. CloudWatch tries until Lambda takes the event, but not if the function is missing or may
        not be invoked, and has no dead-letter queue (AWS: monitoring/alarms-and-actions-lambda). *execution*: after the
        retries the event goes to ``on_failure``; by default to a failure queue beneath the function, which an alarm
        watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    alarm
        An alarm of this app, on a metric or composite, of the same Region.
    states
        Which new states of the alarm invoke the function. Default: only ``ALARM``.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``. Beware of ``alarm``, which invokes, and ``alarm_topic``, which hears of failures.

    Attributes
    ----------
    alarm
        What was given. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If the alarm is imported, if ``states`` is empty, and as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        alarm: AnyAlarm,
        states: Sequence[cloudwatch.AlarmState] = (cloudwatch.AlarmState.ALARM,),
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, alarm=alarm)
        if not isinstance(alarm, cloudwatch.Alarm | cloudwatch.CompositeAlarm):
            raise ValueError(
                f"{self.node.path}: expected an alarm of this app, got the imported {alarm.node.path}, whose actions "
                "cannot be changed from here; invoke the function where that alarm is made"
            )
        if not states:
            raise ValueError(
                f"{self.node.path}: expected at least one state, got none; leave out states= for AlarmState.ALARM"
            )
        self.alarm = alarm
        # In the alarm's stack, which the action makes depend on the function's already; CDK's LambdaAction puts it
        # beneath the function, where two stacks would need each other.
        function.add_permission(
            f"{Names.node_unique_id(self.node)}Permission",
            scope=alarm,
            principal=iam.ServicePrincipal("lambda.alarms.cloudwatch.amazonaws.com"),
            source_arn=alarm.alarm_arn,
        )
        add = {
            cloudwatch.AlarmState.ALARM: alarm.add_alarm_action,
            cloudwatch.AlarmState.OK: alarm.add_ok_action,
            cloudwatch.AlarmState.INSUFFICIENT_DATA: alarm.add_insufficient_data_action,
        }
        for state in states:
            add[state](_Invocation(function.function_arn))


@jsii.implements(cloudwatch.IAlarmAction)
class _Invocation:
    def __init__(self, function_arn: str) -> None:
        self._function_arn = function_arn

    def bind(self, scope: Construct, alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:  # noqa: ARG002
        return cloudwatch.AlarmActionConfig(alarm_action_arn=self._function_arn)
