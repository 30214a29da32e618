"""Alarms and a dashboard by invocation model."""

from collections.abc import Iterator, Sequence
from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import WatchedAlarm, notify, refuse_circle
from constructs_lib.catalog import model_of
from constructs_lib.facts import InvocationModel
from constructs_lib.failure import resource_behind
from constructs_lib.stacks import apart
from constructs_lib.synchronous.cloud_front import CloudFrontToLambda
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyTopic
from constructs_lib.watches import Pattern, Watch, invoked_by, is_state_machine, watches


class InvocationAlarms(Construct):
    """The alarms that a pattern's invocation model needs, in one call, wired to one topic.

    Each but ``AsyncEventsDropped`` and those of executions goes off after three periods of five minutes in a row, so
    that a single retry wakes nobody. The alarms that the pattern has by itself (waiting failed events, failed events
    that reached no target, iterator age, server errors) notify the topic, too.

    - every function: ``Errors`` and ``Throttles``;
    - asynchronous: ``AsyncEventsDropped``, and ``AsyncEventAge`` of 15 minutes, or of half of ``max_event_age`` if that
      is shorter; the alarm then needs no more periods than an event lives after that;
    - SQS: ``ApproximateAgeOfOldestMessage`` of 15 minutes;
    - REST and HTTP API: ``Latency`` (99th percentile) of 90 % of the time that the API waits; WebSocket API:
      ``IntegrationLatency`` likewise;
    - a state machine without a function: executions that fail, time out, are aborted, or are throttled.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    pattern
        A pattern of this library.
    alarm_topic
        Notified by every alarm. Default: they notify nobody.

    Attributes
    ----------
    alarms : list of cloudwatch.Alarm
        The pattern's own and those made here.

    Raises
    ------
    TypeError
        If ``pattern`` is no pattern of this library, or ``alarm_topic`` no topic.
    ValueError
        If it is ``CloudFrontToLambda``: an alarm sees the metrics of its own Region only; if ``alarm_topic`` stands in
        this stack, but an alarm of the pattern's own in another that has what is watched here, such as the function or
        the queue: the two would need each other; or if alarms cannot notify the topic: it is of another Region or
        encrypted with the AWS-managed key.
    """

    def __init__(self, scope: Construct, id: str, *, pattern: Pattern, alarm_topic: AnyTopic | None = None) -> None:
        super().__init__(scope, id)
        model_of(pattern)  # raises for what is no pattern
        if isinstance(pattern, CloudFrontToLambda):
            raise ValueError(
                f"{self.node.path}: expected a pattern whose function runs in one Region, got {pattern.node.path}; the "
                "metrics of an edge function are in the Regions of the edges: set alarms there"
            )
        self.alarms: list[cloudwatch.Alarm] = list(pattern.alarms)
        watched = list(watches(pattern))
        needed = _stacks_behind(watched)
        here = Stack.of(self)
        for alarm in self.alarms:
            if any(apart(stack, here) is apart(alarm.stack, here) for stack in needed):
                refuse_circle(self, alarm_topic, alarm)
        if alarm_topic is not None:
            for alarm in self.alarms:
                notify(alarm, alarm_topic)
        for watch in watched:
            alarm = WatchedAlarm(
                self,
                watch.name,
                metric=watch.metric,
                threshold=watch.threshold,
                evaluation_periods=watch.periods,
                description=f"{invoked_by(pattern).node.path}: {watch.meaning}",
                alarm_topic=alarm_topic,
            )
            self.alarms.append(alarm)


def _stacks_behind(watched: Sequence[Watch]) -> list[Stack]:
    """Return the stacks that metrics name resources of."""
    names = (str(name) for watch in watched for name in (watch.metric.dimensions or {}).values())
    return [Stack.of(resource) for name in names if (resource := resource_behind(name)) is not None]


class InvocationDashboard(cloudwatch.Dashboard):
    """A dashboard of an app's functions, by invocation model; of a state machine where a pattern has no function.

    Parameters
    ----------
    scope, id
        Where the dashboard stands in the construct tree.
    patterns
        What to show, in this order within each model.

    Raises
    ------
    TypeError
        If one is no pattern of this library.
    """

    def __init__(self, scope: Construct, id: str, *, patterns: Sequence[Pattern]) -> None:
        super().__init__(scope, id)
        models = [(model_of(pattern), pattern) for pattern in patterns]
        for model in InvocationModel:
            shown = [pattern for its, pattern in models if its is model]
            if not shown:
                continue
            self.add_widgets(cloudwatch.TextWidget(markdown=f"## {model.value.capitalize()}", width=24, height=1))
            for pattern in shown:
                self.add_widgets(*_widgets(pattern))
            alarms = list(dict.fromkeys(alarm for pattern in shown for alarm in pattern.alarms))
            if alarms:
                self.add_widgets(cloudwatch.AlarmStatusWidget(alarms=alarms, width=24))


def _widgets(pattern: Pattern) -> Iterator[cloudwatch.IWidget]:
    target = invoked_by(pattern)
    title = target.node.path
    if is_state_machine(target):
        count, duration = target.metric_started(), target.metric_time()
    else:
        function = owned_function(cast(AnyFunction, target)) or cast(AnyFunction, target)
        count, duration = function.metric_invocations(), function.metric_duration()
    metrics: dict[str, list[cloudwatch.IMetric]] = {"count": [count], "milliseconds": [], "seconds": []}
    for watch in watches(pattern):
        metrics[watch.unit].append(watch.metric)
    yield cloudwatch.GraphWidget(title=f"{title}: invocations", left=metrics["count"], width=8)
    yield cloudwatch.GraphWidget(title=f"{title}: duration", left=[duration], width=8)
    left, right = metrics["milliseconds"], metrics["seconds"]  # on one axis, they could not be told apart
    if left or right:
        yield cloudwatch.GraphWidget(title=f"{title}: waiting", left=left, right=right, width=8)
