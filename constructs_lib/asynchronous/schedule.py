"""EventBridge Scheduler to a function."""

from datetime import datetime
from typing import Unpack, cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from constructs_lib.asynchronous.delivered import DeliveredPattern
from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.types import AnyFunction, AnyQueue


class ScheduleToLambda(DeliveredPattern):
    """A schedule that invokes a function, asynchronously: once, or again and again.

    EventBridge Scheduler delivers at least once: the handler must bear being invoked twice for one time. What the
    handler returns is dropped, unless there is an ``on_success`` destination; a handler that cannot do the work must
    raise.

    Where a failed event goes
        *delivery*: the Scheduler tries again, then the input goes to ``dead_letter_queue``, whose message attributes
        say which schedule it was and why (AWS: scheduler/configuring-schedule-dlq). *execution*: after the retries of
        Lambda the event goes to ``on_failure``. By default both are the failure queue beneath the function, which an
        alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    schedule
        ``ScheduleExpression.cron(...)``, ``.rate(...)``, or ``.at(...)`` for one time; with ``time_zone=`` for another
        one than UTC.
    time_window
        ``TimeWindow.flexible(...)`` lets the Scheduler pick a time in the window. Default: on time.
    start, end
        When a schedule that repeats begins and ends. Default: at once, and never.
    input
        What the function gets. Default: an event that names the schedule and the time.
    dead_letter_queue
        A standard queue for what could not be delivered. Default: ``failure_queue``, or a new one if that is none or
        is of another stack.
    delivery_retry_attempts
        How often the Scheduler tries again to hand an event to Lambda, 0 to 185. It says nothing of failed
        executions: that is ``retry_attempts``. Default: 185 (AWS: AWS::Scheduler::Schedule RetryPolicy).
    delivery_max_event_age
        How long the Scheduler tries, 1 minute to 24 hours. Default: 24 hours (the same source).
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    schedule : scheduler.Schedule
        The schedule.
    role : iam.Role
        With which the Scheduler invokes the function and fills the queue; it may do nothing else.
    dead_letter_queue
        Where events wait that could not be delivered. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If a number is out of its range, if a one-time schedule has ``start`` or ``end``, if ``dead_letter_queue`` is
        FIFO, if ``alarm_topic`` stands in the stack of this pattern but what it watches in another, and as
        ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        schedule: scheduler.ScheduleExpression,
        time_window: scheduler.TimeWindow | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        input: scheduler.ScheduleTargetInput | None = None,
        dead_letter_queue: AnyQueue | None = None,
        delivery_retry_attempts: int | None = None,
        delivery_max_event_age: Duration | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        self._check_retries(delivery_retry_attempts, delivery_max_event_age)
        if schedule.expression_string.startswith("at(") and (start or end):
            raise ValueError(
                f"{self.node.path}: expected no start or end for a one-time schedule, got one; "
                "EventBridge Scheduler ignores them: leave them out"
            )
        self.role = self._make_role()
        queue = self._catch_failed_deliveries(dead_letter_queue, self.role, options.get("alarm_topic"))
        self._allow("sqs:SendMessage", queue.queue_arn)
        self._allow("lambda:InvokeFunction", function.function_arn)
        target = targets.LambdaInvoke(
            function,
            # CDK would add that the function may be invoked under any qualifier.
            role=self.role.without_policy_updates(),
            input=input,
            dead_letter_queue=queue,
        )
        self.schedule = scheduler.Schedule(
            self, "Schedule", schedule=schedule, target=target, time_window=time_window, start=start, end=end
        )
        self.schedule.node.add_dependency(self.role)
        self._set_retries(delivery_retry_attempts, delivery_max_event_age)
        # One alarm a stack: the Scheduler counts by group, not by schedule (AWS: scheduler/monitoring-cloudwatch).
        self._watch_loss(
            cloudwatch.Metric(
                namespace="AWS/Scheduler",
                metric_name="InvocationsFailedToBeSentToDeadLetterCount",
                dimensions_map={"ScheduleGroup": "default"},
            ),
            options.get("alarm_topic"),
            Stack.of(self),
            "a schedule in the group default",
        )

    def _make_role(self) -> iam.Role:
        stack = Stack.of(self)
        group = stack.format_arn(service="scheduler", resource="schedule-group", resource_name="default")
        conditions = {"StringEquals": {"aws:SourceAccount": stack.account, "aws:SourceArn": group}}
        return iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=conditions))

    def _allow(self, action: str, resource: str) -> None:
        self.role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))

    def _set_retries(self, attempts: int | None, age: Duration | None) -> None:
        # On the resource, as CDK's target compares what may be a token.
        resource = cast(scheduler.CfnSchedule, self.schedule.node.default_child)
        if attempts is not None:
            resource.add_property_override("Target.RetryPolicy.MaximumRetryAttempts", attempts)
        if age is not None:
            resource.add_property_override("Target.RetryPolicy.MaximumEventAgeInSeconds", age.to_seconds())
