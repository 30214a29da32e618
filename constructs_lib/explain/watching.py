"""Who notices a failed event at the place where it ends."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.explain.wording import named
from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.failures.alarms import APIS, alarms
from constructs_lib.graph.failures.fifo import TOPIC
from constructs_lib.graph.invokers.mappings import QUEUE, flag, mappings
from constructs_lib.graph.invokers.subscriptions import subscriptions
from constructs_lib.graph.invokers.targets import FUNCTION, lambda_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Structure

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

WITHOUT_ACTIONS: Final = "without actions"
"""What is said of an alarm that tells nobody."""

_DEPTH: Final = "ApproximateNumberOfMessagesVisible"
_AGE: Final = "ApproximateAgeOfOldestMessage"

_FAILED_EXECUTIONS: Final = ("ExecutionsFailed", "ExecutionsTimedOut")
_API_ERRORS: Final = ("5XXError", "5xx", "ExecutionError", "IntegrationError")
"""Of a REST, an HTTP and a WebSocket API."""

_NAMESPACES: Final = {
    QUEUE: "AWS/SQS",
    FUNCTION: "AWS/Lambda",
    "AWS::StepFunctions::StateMachine": "AWS/States",
    **dict.fromkeys(APIS, "AWS/ApiGateway"),
}


def watchers(world: "World", place: Resource) -> tuple[str, ...] | None:
    """Return who watches a queue, or whom a topic tells; None for other places, of which the templates say nothing."""
    if place.type == QUEUE:
        return (*alarmed(world, place), *world.once(_consumers).get(place, ()))
    if place.type == TOPIC:
        return tuple(world.once(_subscribers).get(place, ()))
    return None


def backlog(world: "World", queue: Resource) -> tuple[str, ...]:
    """Return the alarms on how much waits in a queue, or how long."""
    metrics = {name: by for name, by in _watched(world, queue).items() if name in (_DEPTH, _AGE)}
    return (*_listed(world, metrics), *_open_alarm(world, queue))


def alarmed(world: "World", queue: Resource) -> tuple[str, ...]:
    """Return the same alarms as those who notice what fails."""
    return tuple(f"alarm {one}" for one in backlog(world, queue))


def execution_alarms(world: "World", machine: Resource) -> tuple[str, ...]:
    """Return the alarms on failed executions of a state machine."""
    metrics = {name: by for name, by in _watched(world, machine).items() if name in _FAILED_EXECUTIONS}
    return tuple(f"alarm {one}" for one in (*_listed(world, metrics), *_open_alarm(world, machine)))


def api_alarms(world: "World", api: Resource) -> tuple[str, ...]:
    """Return the alarms on the errors of an API that are not the client's own."""
    metrics = {name: by for name, by in _watched(world, api).items() if name in _API_ERRORS}
    return tuple(f"alarm {one}" for one in (*_listed(world, metrics), *_open_alarm(world, api)))


def alarms_on(world: "World", function: Resource) -> tuple[str, ...]:
    """Return the alarms on the metrics of a function, each with its metric."""
    return (*_listed(world, _watched(world, function)), *_open_alarm(world, function))


def _watched(world: "World", resource: Resource) -> dict[str, list[Resource]]:
    found = world.once(alarms)
    metrics = sorted(found.of_resource.get(resource, ()))
    return {name: found.by[resource, name] for name in metrics}


def _listed(world: "World", metrics: Mapping[str, list[Resource]]) -> Iterator[str]:
    for name, by in metrics.items():
        for alarm in by:
            yield f"{alarm.label} on {name}" + (f" ({WITHOUT_ACTIONS})" if _is_silent(world, alarm) else "")


def _is_silent(world: "World", alarm: Resource) -> bool:
    """Say whether an alarm certainly does nothing when it goes off."""
    properties = world.properties(alarm)
    actions = properties["AlarmActions"]
    none = actions.absent or (isinstance(actions.value, Structure) and not list(actions.children))
    return none or flag(properties["ActionsEnabled"], default=True) is False


def _open_alarm(world: "World", resource: Resource) -> Iterator[str]:
    if _NAMESPACES[resource.type] in world.once(alarms).open:
        yield "one of which the templates do not tell what it watches, perhaps"


def _consumers(world: "World") -> dict[Resource, list[str]]:
    found: dict[Resource, list[str]] = defaultdict(list)
    for mapping in world.once(mappings):
        if mapping.queue is not None and mapping.enabled is not False:
            found[mapping.queue].append(f"consumer function {mapping.consumer}" if mapping.function else "a consumer")
    for pipe in world.of_type("AWS::Pipes::Pipe"):
        source = resource_of(world, pipe.template, world.properties(pipe)["Source"].value)
        if source is not None:
            found[source].append(f"consumer {named(pipe)}")
    return found


def _subscribers(world: "World") -> dict[Resource, list[str]]:
    found: dict[Resource, list[str]] = defaultdict(list)
    for one in world.once(subscriptions):
        resource = one.settings.resource
        topic = resource if one.inline else resource_of(world, resource.template, one.settings["TopicArn"].value)
        if topic is not None:
            found[topic].append(f"subscriber {_endpoint(world, one.settings)}")
    return found


def _endpoint(world: "World", settings: Node) -> str:
    place = settings["Endpoint"]
    target = lambda_target(place)
    resource = target.function if target else resource_of(world, place.resource.template, place.value)
    if resource is not None:
        return named(resource)
    protocol = settings["Protocol"].text()
    return f"by {protocol}" if protocol else "of which the templates do not tell more"
