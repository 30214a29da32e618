"""The execution stage of asynchronous invocation: what becomes of an event whose handler keeps failing.

Lambda holds one asynchronous configuration per function and qualifier (``AWS::Lambda::EventInvokeConfig``). So it, its
failure queue and its alarms stand beneath the function, alias or version itself, and patterns that share the function
share them. They are looked up in the construct tree, never kept in Python: jsii may hand out a new Python object.
"""

from dataclasses import dataclass
from typing import cast

from aws_cdk import Duration, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct, IConstruct

from constructs_lib.alarms import shared_alarm
from constructs_lib.checks import check_kinds, check_range
from constructs_lib.facts import ASYNC_EVENT_AGE_MAX_SECONDS, ASYNC_EVENT_AGE_MIN_SECONDS, ASYNC_RETRY_ATTEMPTS_MAX
from constructs_lib.failure import (
    FailureQueue,
    check_destination,
    complete_dead_letter_target,
    queue_behind,
    warn_if_not_sendable,
    watch,
)
from constructs_lib.grants import require_role
from constructs_lib.timeouts import is_durable, owned_function
from constructs_lib.types import AnyDestination, AnyFunction, AnyQueue, AnyTopic

_CONFIG_ID = "EventInvokeConfig"  # the child that CDK's configure_async_invoke makes
_QUEUE_ID = "FailureQueue"


@dataclass(frozen=True)
class ExecutionCapture:
    """Where the events of a function end whose execution failed, and what watches that place."""

    failure_queue: AnyQueue | None
    """``None`` if the events do not end in a queue of this app."""
    alarms: list[cloudwatch.Alarm]


def catch_failed_executions(
    function: AnyFunction,
    *,
    on_failure: AnyDestination | None = None,
    on_success: AnyDestination | None = None,
    retry_attempts: int | None = None,
    max_event_age: Duration | None = None,
    alarm_topic: AnyTopic | None = None,
) -> ExecutionCapture:
    """Configure the asynchronous invocation of a function, or agree with the configuration it already has.

    Without ``on_failure``, a function with a dead-letter queue or topic keeps that as its only failure target; any
    other gets a failure queue.

    Raises
    ------
    ValueError
        If the function was imported without its role, if a target is FIFO, if ``on_success`` is a bucket, or if the
        function is already configured in another way.
    """
    check_kinds(function, on_failure=on_failure, on_success=on_success, alarm_topic=alarm_topic)
    check_range(function, "retry_attempts", retry_attempts, 0, ASYNC_RETRY_ATTEMPTS_MAX)
    check_range(function, "max_event_age", max_event_age, ASYNC_EVENT_AGE_MIN_SECONDS, ASYNC_EVENT_AGE_MAX_SECONDS)
    require_role(function, "send failed events to their target")
    owned = owned_function(function)
    has_dead_letter_target = owned is not None and complete_dead_letter_target(owned)
    if owned is not None and is_durable(owned):
        _check_durable(owned, has_dead_letter_target, on_failure or on_success)
    config = function.node.try_find_child(_CONFIG_ID)
    if config is not None:
        _refuse_other_settings(function, config, on_failure, on_success, retry_attempts, max_event_age)
    else:
        if on_failure is None and not has_dead_letter_target:
            on_failure = destinations.SqsDestination(FailureQueue(*_place(function, _QUEUE_ID)))
        if any(setting is not None for setting in (on_failure, on_success, retry_attempts, max_event_age)):
            function.configure_async_invoke(
                on_failure=on_failure,
                on_success=on_success,
                retry_attempts=retry_attempts,
                max_event_age=max_event_age,
            )
            config = function.node.find_child(_CONFIG_ID)
            if owned is None and function.role is not None:  # CDK orders this for functions of its own only
                config.node.add_dependency(function.role)
    on_failure_arn = _check_targets(function, config, has_dead_letter_target)
    return _watch(function, on_failure_arn, alarm_topic)


def max_event_age_seconds(function: AnyFunction) -> float:
    """Return for how long Lambda keeps an event of a function; if that is not known, for how long by default."""
    config = function.node.try_find_child(_CONFIG_ID)
    age = None if config is None else _resource(config).maximum_event_age_in_seconds
    return ASYNC_EVENT_AGE_MAX_SECONDS if age is None or Token.is_unresolved(age) else age


def _check_durable(function: lambda_.Function, has_dead_letter_target: bool, destination: object) -> None:
    # AWS: lambda/durable-invoking
    if destination is not None or not has_dead_letter_target:
        raise ValueError(
            f"{function.node.path}: expected a durable function with a dead-letter queue and no destinations, got "
            f"{'a destination' if destination is not None else 'neither'}; Lambda does not use destinations of durable "
            "functions: pass dead_letter_queue=FailureQueue(...) to the function"
        )


def _refuse_other_settings(
    function: AnyFunction,
    config: IConstruct,
    on_failure: AnyDestination | None,
    on_success: AnyDestination | None,
    retry_attempts: int | None,
    max_event_age: Duration | None,
) -> None:
    wanted = {
        "on_failure": on_failure and _bind(function, on_failure, lambda_.DestinationType.FAILURE),
        "on_success": on_success and _bind(function, on_success, lambda_.DestinationType.SUCCESS),
        "retry_attempts": retry_attempts,
        "max_event_age": max_event_age and max_event_age.to_seconds(),
    }
    resource = _resource(config)
    found = {
        "on_failure": _destination(resource, "on_failure"),
        "on_success": _destination(resource, "on_success"),
        "retry_attempts": resource.maximum_retry_attempts,
        "max_event_age": resource.maximum_event_age_in_seconds,
    }
    resolve = Stack.of(function).resolve
    for name, value in wanted.items():
        if value is not None and resolve(value) != resolve(found[name]):
            raise ValueError(
                f"{function.node.path}: expected the {name} that the function already has, {resolve(found[name])}, "
                f"got {resolve(value)}; Lambda keeps one asynchronous configuration per function and qualifier: set "
                f"{name} only on the first pattern that uses this function, or invoke another alias"
            )


def _check_targets(function: AnyFunction, config: IConstruct | None, has_dead_letter_target: bool) -> str | None:
    on_failure = on_success = None
    if config is not None:
        on_failure = _destination(_resource(config), "on_failure")
        on_success = _destination(_resource(config), "on_success")
    if on_failure is None and not has_dead_letter_target:
        raise ValueError(
            f"{function.node.path}: expected configure_async_invoke to name an on_failure destination, got none; "
            "name one, or leave that call out and give its settings to the pattern"
        )
    for parameter, arn in (("on_failure", on_failure), ("on_success", on_success)):
        if arn is not None:
            check_destination(arn, parameter, owned_function(function) or function)
            warn_if_not_sendable(function, arn)
    return on_failure


def _watch(function: AnyFunction, on_failure_arn: str | None, alarm_topic: AnyTopic | None) -> ExecutionCapture:
    owned = owned_function(function)
    dead_letter_queue = None if owned is None else owned.dead_letter_queue
    queue = (None if on_failure_arn is None else queue_behind(on_failure_arn)) or dead_letter_queue
    alarms = [watch(each, alarm_topic) for each in (queue, dead_letter_queue) if each is not None]
    if on_failure_arn is not None:
        alarms.append(_watch_loss(function, "DestinationDeliveryFailures", alarm_topic))
    if owned is not None and (dead_letter_queue or owned.dead_letter_topic):
        alarms.append(_watch_loss(owned, "DeadLetterErrors", alarm_topic))
    return ExecutionCapture(failure_queue=queue, alarms=list(dict.fromkeys(alarms)))


def _watch_loss(function: AnyFunction, metric: str, alarm_topic: AnyTopic | None) -> cloudwatch.Alarm:
    """Watch the metric with which Lambda counts failed events that it could not hand to their target."""
    scope, alarm_id = _place(function, f"{metric}Alarm")
    return shared_alarm(
        scope,
        alarm_id,
        metric=(owned_function(function) or function).metric(metric, statistic="Sum", period=Duration.minutes(5)),
        description=f"Lambda could not hand failed events of {function.node.path} to their target: they are lost.",
        alarm_topic=alarm_topic,
    )


def _place(function: AnyFunction, id: str) -> tuple[Construct, str]:
    """Return where to put something beneath a function, or beside it if Python does not know it as a construct."""
    if isinstance(function, Construct):
        return function, id
    return cast(Construct, function.node.scope), f"{function.node.id}{id}"


def _bind(function: AnyFunction, destination: AnyDestination, kind: lambda_.DestinationType) -> str:
    scope, _ = _place(function, "")
    return destination.bind(scope, function, type=kind).destination


def _resource(config: IConstruct) -> lambda_.CfnEventInvokeConfig:
    return cast(lambda_.CfnEventInvokeConfig, config.node.default_child)


def _destination(resource: lambda_.CfnEventInvokeConfig, name: str) -> str | None:
    target = getattr(resource.destination_config, name, None)
    return None if target is None else cast(str, target.destination)
