"""The execution stage of asynchronous invocation: what becomes of an event whose handler keeps failing.

Lambda holds one asynchronous configuration per function and qualifier (``AWS::Lambda::EventInvokeConfig``). So it, its
failure queue and its alarms stand beneath the function, alias or version itself, and patterns that share the function
share them. They are looked up in the construct tree, never kept in Python: jsii may hand out a new Python object.
"""

from dataclasses import dataclass
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct, IConstruct

from constructs_lib.alarms import WatchedAlarm, notify
from constructs_lib.failure import FailureQueue, check_destination, complete_dead_letter_target, watch
from constructs_lib.grants import require_role
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyDestination, AnyFunction, AnyQueue, AnyTopic

_CONFIG_ID = "EventInvokeConfig"  # the child that CDK's configure_async_invoke makes
_QUEUE_ID = "FailureQueue"
_METRIC = "DestinationDeliveryFailures"
_ALARM_ID = "DeliveryFailuresAlarm"


@dataclass(frozen=True)
class ExecutionCapture:
    """Where the events of a function end whose execution failed, and what watches that place."""

    failure_queue: AnyQueue | None
    """``None`` if the events do not end in a queue of this app's making."""
    alarms: list[cloudwatch.Alarm]


def catch_failed_executions(
    function: AnyFunction,
    *,
    on_failure: AnyDestination | None,
    on_success: AnyDestination | None,
    retry_attempts: int | None,
    max_event_age: Duration | None,
    alarm_topic: AnyTopic | None,
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
    require_role(function, "send failed events to their target")
    owned = owned_function(function)
    has_dead_letter_target = owned is not None and complete_dead_letter_target(owned)
    if owned is not None and _is_durable(owned):
        _check_durable(owned, has_dead_letter_target, on_failure or on_success)
    config = function.node.try_find_child(_CONFIG_ID)
    if config is not None:
        _refuse_other_settings(function, config, on_failure, on_success, retry_attempts, max_event_age)
    else:
        if on_failure is None and not has_dead_letter_target:
            on_failure = destinations.SqsDestination(FailureQueue(_scope(function), _QUEUE_ID))
        if any(setting is not None for setting in (on_failure, on_success, retry_attempts, max_event_age)):
            function.configure_async_invoke(
                on_failure=on_failure,
                on_success=on_success,
                retry_attempts=retry_attempts,
                max_event_age=max_event_age,
            )
            config = function.node.find_child(_CONFIG_ID)
            if owned is None:  # CDK lets a function wait for its role's policies, but knows no such order for imports
                config.node.add_dependency(function.role)
    _check_targets(function, config, has_dead_letter_target)
    return _watch(function, alarm_topic)


def _is_durable(function: lambda_.Function) -> bool:
    return getattr(function.node.default_child, "durable_config", None) is not None


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


def _check_targets(function: AnyFunction, config: IConstruct | None, has_dead_letter_target: bool) -> None:
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
            check_destination(arn, parameter, function.node.path)


def _watch(function: AnyFunction, alarm_topic: AnyTopic | None) -> ExecutionCapture:
    owned = owned_function(function)
    queue = cast(AnyQueue | None, function.node.try_find_child(_QUEUE_ID) or (owned and owned.dead_letter_queue))
    alarm = function.node.try_find_child(_ALARM_ID)
    if alarm is None:
        alarm = WatchedAlarm(
            _scope(function),
            _ALARM_ID,
            metric=(owned or function).metric(_METRIC, statistic="Sum", period=Duration.minutes(5)),
            threshold=1,
            description=f"Lambda could not hand failed events of {function.node.path} to their target: they are lost.",
        )
    alarms = [cast(cloudwatch.Alarm, alarm)]
    if alarm_topic is not None:
        notify(alarms[0], alarm_topic)
    if queue is not None:
        alarms.append(watch(queue, alarm_topic))
    return ExecutionCapture(failure_queue=queue, alarms=alarms)


def _bind(function: AnyFunction, destination: AnyDestination, kind: lambda_.DestinationType) -> str:
    return destination.bind(_scope(function), function, type=kind).destination


def _resource(config: IConstruct) -> lambda_.CfnEventInvokeConfig:
    return cast(lambda_.CfnEventInvokeConfig, config.node.default_child)


def _destination(resource: lambda_.CfnEventInvokeConfig, name: str) -> str | None:
    target = getattr(resource.destination_config, name, None)
    return None if target is None else cast(str, target.destination)


def _scope(function: AnyFunction) -> Construct:
    return cast(Construct, function)  # IFunction extends IConstruct; jsii's Python types lose that it is a Construct
