"""Alarms and a dashboard by invocation model."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import WatchedAlarm, notify
from constructs_lib.catalog import model_of
from constructs_lib.facts import REST_API_TIMEOUT_DEFAULT_SECONDS, InvocationModel
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyTopic

_PERIOD = Duration.minutes(5)
_WAITING_MINUTES = 15
_SLOW_MILLISECONDS = REST_API_TIMEOUT_DEFAULT_SECONDS * 900  # 90 % of what every kind of API waits, about


class Pattern(Protocol):
    """What every pattern of this library has."""

    @property
    def function(self) -> AnyFunction:
        """The function that is invoked."""

    @property
    def alarms(self) -> list[cloudwatch.Alarm]:
        """The alarms that the pattern has by itself."""


class _Watch(NamedTuple):
    name: str
    metric: cloudwatch.Metric
    threshold: float
    meaning: str
    periods: int = 3


class InvocationAlarms(Construct):
    """The alarms that a pattern's invocation model needs, in one call, wired to one topic.

    Each but ``AsyncEventsDropped`` goes off after three periods of five minutes in a row, so that a single retry wakes
    nobody. The alarms that the
    pattern has by itself (waiting failed events, failed events that reached no target, server errors) notify the topic,
    too.

    - every model: ``Errors`` and ``Throttles`` of the function;
    - asynchronous: ``AsyncEventAge`` of 15 minutes, and ``AsyncEventsDropped``;
    - SQS: ``ApproximateAgeOfOldestMessage`` of 15 minutes;
    - REST API: ``Latency`` (99th percentile) of 90 % of the time that the API waits.

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
        If ``pattern`` is no pattern of this library, or has no function.
    """

    def __init__(self, scope: Construct, id: str, *, pattern: Pattern, alarm_topic: AnyTopic | None = None) -> None:
        super().__init__(scope, id)
        model_of(pattern)  # raises for what is no pattern
        if not hasattr(pattern, "function"):
            raise TypeError(
                f"{self.node.path}: expected a pattern with a function, got {type(pattern).__name__}; its "
                "own alarms are in its attribute alarms"
            )
        self.alarms = list(pattern.alarms)
        if alarm_topic is not None:
            for alarm in self.alarms:
                notify(alarm, alarm_topic)
        path = pattern.function.node.path
        for watch in _watches(pattern):
            alarm = WatchedAlarm(
                self,
                watch.name,
                metric=watch.metric,
                threshold=watch.threshold,
                evaluation_periods=watch.periods,
                description=f"{path}: {watch.meaning}",
                alarm_topic=alarm_topic,
            )
            self.alarms.append(alarm)


class InvocationDashboard(cloudwatch.Dashboard):
    """A dashboard of an app's functions, by invocation model.

    Parameters
    ----------
    scope, id
        Where the dashboard stands in the construct tree.
    patterns
        What to show, in this order within each model.
    """

    def __init__(self, scope: Construct, id: str, *, patterns: Sequence[Pattern]) -> None:
        super().__init__(scope, id)
        for model in InvocationModel:
            shown = [pattern for pattern in patterns if model_of(pattern) is model]
            if not shown:
                continue
            self.add_widgets(cloudwatch.TextWidget(markdown=f"## {model.value.capitalize()}", width=24, height=1))
            for pattern in shown:
                function = owned_function(pattern.function) or pattern.function
                title = pattern.function.node.path
                counts = [function.metric_invocations(), function.metric_errors(), function.metric_throttles()]
                waits = [watch.metric for watch in _watches(pattern) if watch.name not in ("Errors", "Throttles")]
                widgets: list[cloudwatch.IWidget] = [
                    cloudwatch.GraphWidget(title=f"{title}: invocations", left=counts, width=8),
                    cloudwatch.GraphWidget(title=f"{title}: duration", left=[function.metric_duration()], width=8),
                ]
                if waits:
                    widgets.append(cloudwatch.GraphWidget(title=f"{title}: waiting", left=waits, width=8))
                self.add_widgets(*widgets)
            alarms = [alarm for pattern in shown for alarm in pattern.alarms]
            if alarms:
                self.add_widgets(cloudwatch.AlarmStatusWidget(alarms=alarms, width=24))


def _watches(pattern: Pattern) -> Iterator[_Watch]:
    function = owned_function(pattern.function) or pattern.function
    yield _Watch("Errors", function.metric_errors(period=_PERIOD, statistic="Sum"), 1, "executions fail")
    yield _Watch("Throttles", function.metric_throttles(period=_PERIOD, statistic="Sum"), 1, "concurrency runs out")
    if model_of(pattern) is InvocationModel.ASYNCHRONOUS:
        age = function.metric("AsyncEventAge", period=_PERIOD, statistic="Maximum")
        yield _Watch("AsyncEventAge", age, _WAITING_MINUTES * 60_000, f"events wait for {_WAITING_MINUTES} minutes")
        dropped = function.metric("AsyncEventsDropped", period=_PERIOD, statistic="Sum")
        meaning = "events are given up; they are lost or in the failure target"
        yield _Watch("AsyncEventsDropped", dropped, 1, meaning, periods=1)
    queue = getattr(pattern, "queue", None)
    if queue is not None:
        age = queue.metric_approximate_age_of_oldest_message(period=_PERIOD, statistic="Maximum")
        yield _Watch("OldestMessage", age, _WAITING_MINUTES * 60, f"messages wait for {_WAITING_MINUTES} minutes")
    api = getattr(pattern, "api", None)
    if api is not None and hasattr(api, "metric_latency"):
        latency = api.metric_latency(period=_PERIOD, statistic="p99")
        yield _Watch("Latency", latency, _SLOW_MILLISECONDS, "requests come close to the time that the API waits")
