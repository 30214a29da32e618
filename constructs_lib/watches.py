"""What to watch of a pattern, by its invocation model."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol, TypeGuard, cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IConstruct

from constructs_lib.catalog import model_of
from constructs_lib.execution import max_event_age_seconds
from constructs_lib.facts import REST_API_TIMEOUT_DEFAULT_SECONDS, InvocationModel
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyStateMachine

_PERIOD = Duration.minutes(5)
_PERIODS = 3
_WAITING_SECONDS = 900
_SLOW_MILLISECONDS = REST_API_TIMEOUT_DEFAULT_SECONDS * 900  # 90 % of what every kind of API waits, about
# Only asynchronous invocation has these (AWS: lambda/monitoring-metrics-types); streams have the second, too.
_LOSSES = {"DeadLetterErrors", "DestinationDeliveryFailures"}


class Pattern(Protocol):
    """What every pattern of this library has; besides, a ``function``, or else a ``state_machine``."""

    @property
    def alarms(self) -> Sequence[cloudwatch.Alarm]:
        """The alarms that the pattern has by itself."""


class Watch(NamedTuple):
    """A metric and when it is time to look."""

    name: str
    metric: cloudwatch.Metric
    threshold: float
    meaning: str
    periods: int = _PERIODS
    unit: Literal["count", "milliseconds", "seconds"] = "count"


def invoked_by(pattern: Pattern) -> AnyFunction | AnyStateMachine:
    """Return the function of a pattern, or the state machine if there is no function."""
    target = getattr(pattern, "function", None) or getattr(pattern, "state_machine", None)
    return cast(AnyFunction | AnyStateMachine, target)


def is_state_machine(target: IConstruct) -> TypeGuard[AnyStateMachine]:
    """Tell a state machine from a function."""
    return hasattr(target, "state_machine_arn")


def watches(pattern: Pattern) -> Iterator[Watch]:
    """Yield what a pattern's invocation model needs to be watched for, besides its own alarms."""
    target = invoked_by(pattern)
    if is_state_machine(target):
        yield from _of_executions(target)
    else:
        yield from _of_function(cast(AnyFunction, target), asynchronous=_is_asynchronous(pattern))
    queue = getattr(pattern, "queue", None)
    if queue is not None:
        age = queue.metric_approximate_age_of_oldest_message(period=_PERIOD, statistic="Maximum")
        meaning = f"messages wait for {_WAITING_SECONDS // 60} minutes"
        yield Watch("OldestMessage", age, _WAITING_SECONDS, meaning, unit="seconds")
    latency = _latency(getattr(pattern, "api", None))
    if latency is not None:
        meaning = "requests come close to the time that the API waits"
        yield Watch("Latency", latency, _SLOW_MILLISECONDS, meaning, unit="milliseconds")


def _of_function(function: AnyFunction, *, asynchronous: bool) -> Iterator[Watch]:
    metrics = owned_function(function) or function
    yield Watch("Errors", metrics.metric_errors(period=_PERIOD, statistic="Sum"), 1, "executions fail")
    yield Watch("Throttles", metrics.metric_throttles(period=_PERIOD, statistic="Sum"), 1, "concurrency runs out")
    if not asynchronous:
        return
    kept = max_event_age_seconds(function)
    waiting = min(_WAITING_SECONDS, kept / 2)
    # An event that is about to be given up is seen for the rest of its time only.
    periods = max(1, min(_PERIODS, int((kept - waiting) // _PERIOD.to_seconds())))
    age = metrics.metric("AsyncEventAge", period=_PERIOD, statistic="Maximum")
    meaning = f"events wait for {waiting / 60:g} minutes"
    yield Watch("AsyncEventAge", age, waiting * 1000, meaning, periods, "milliseconds")
    dropped = metrics.metric("AsyncEventsDropped", period=_PERIOD, statistic="Sum")
    meaning = "events are given up; they are lost or in the failure target"
    yield Watch("AsyncEventsDropped", dropped, 1, meaning, periods=1)


def _of_executions(machine: AnyStateMachine) -> Iterator[Watch]:
    # AWS: step-functions/procedure-cw-metrics
    for name, metric in {
        "Failed": machine.metric_failed,
        "TimedOut": machine.metric_timed_out,
        "Aborted": machine.metric_aborted,
        "Throttled": machine.metric_throttled,
    }.items():
        count = metric(period=_PERIOD, statistic="Sum")
        # Nothing tries an execution again; what is throttled goes on later.
        periods = _PERIODS if name == "Throttled" else 1
        yield Watch(f"Executions{name}", count, 1, f"{count.metric_name} counts executions", periods)


def _is_asynchronous(pattern: Pattern) -> bool:
    """Tell whether Lambda queues events of a pattern; those that can be either have an alarm on what was lost then."""
    if model_of(pattern) is not InvocationModel.SYNCHRONOUS:
        return model_of(pattern) is InvocationModel.ASYNCHRONOUS
    resources = [cast(cloudwatch.CfnAlarm, alarm.node.default_child) for alarm in pattern.alarms]
    return any(resource.metric_name in _LOSSES for resource in resources)


def _latency(api: Any) -> cloudwatch.Metric | None:
    metric: cloudwatch.Metric | None = None
    if hasattr(api, "metric_latency"):
        metric = api.metric_latency(period=_PERIOD, statistic="p99")
    elif hasattr(api, "metric"):
        # AWS: apigateway/apigateway-websocket-api-logging
        metric = api.metric("IntegrationLatency", period=_PERIOD, statistic="p99")
    return metric
