"""Whose failed events go to a place, by what names it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from constructs_lib.graph.failures.failure_queues import FailurePlace
from constructs_lib.graph.invokers.mappings import QUEUE, mappings
from constructs_lib.graph.node import Node
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.arns import arn_of, function_arn
from constructs_lib.operations.places.place import Use

LAMBDA_KEYS: Final = "aws/lambda/"
"""With what Lambda's keys begin in a bucket. Source: lambda/latest/dg/invocation-async-retain-records.html."""


@dataclass(frozen=True)
class Found:
    """A use, and in a bucket with what the keys of its events begin."""

    use: Use
    prefix: str = ""


@dataclass(frozen=True, eq=False)
class _Named:
    """A property that names a place."""

    place: FailurePlace
    arns: Mapping[str, str]

    @property
    def owner(self) -> str | None:
        return self.arns.get(self.place.resource.logical_id)

    @property
    def properties(self) -> Node:
        return self.place.above.world.properties(self.place.resource)

    def arn(self, name: str) -> str | None:
        return arn_of(self.properties[name].value, self.arns)

    def functions(self, node: Node) -> tuple[str, ...]:
        function = function_arn(node, self.arns)
        return (function,) if function else ()


def found_use(place: FailurePlace, arns: Mapping[str, str]) -> Found | None:
    """Return the use that a property makes of a place; None when it does not tell whose it is."""
    named = _Named(place, arns)
    if place.resource.type == "AWS::Lambda::EventInvokeConfig":  # it has no ARN
        return _config(named)
    make = _MAKERS.get(place.resource.type, _other)
    return make(named, named.owner) if named.owner is not None else None


def _config(named: _Named) -> Found | None:
    function = function_arn(named.properties["FunctionName"], named.arns, named.properties["Qualifier"].text())
    if function is None:
        return None
    # aws/lambda/async/<function>/, whatever the qualifier: invocation-async-retain-records.html.
    name = function.split(":")[6]
    return Found(Use(Origin.DESTINATION, function, (function,)), f"{LAMBDA_KEYS}async/{name}/")


def _function(_: _Named, owner: str) -> Found:
    return Found(Use(Origin.FUNCTION_DLQ, owner, (owner,)))


def _mapping(named: _Named, owner: str) -> Found:
    world = named.place.above.world
    (mapping,) = (one for one in world.once(mappings) if one.resource is named.place.resource)
    use = Use(
        Origin.KAFKA_BATCH if mapping.service == "kafka" else Origin.STREAM_BATCH,
        owner,
        named.functions(mapping.properties["FunctionName"]),
        named.arn("EventSourceArn"),
        partial_batches=mapping.reports_failures is True,
    )
    # aws/lambda/<UUID of the mapping>/<shard>/: kinesis-on-failure-destination.html.
    return Found(use, f"{LAMBDA_KEYS}{owner.rpartition(':')[2]}/")


def _queue(named: _Named, owner: str) -> Found:
    world = named.place.above.world
    polling = (one.properties["FunctionName"] for one in world.once(mappings) if one.queue is named.place.resource)
    functions = dict.fromkeys(function for one in polling for function in named.functions(one))
    return Found(Use(Origin.SOURCE_QUEUE, owner, tuple(functions), owner))


def _subscription(named: _Named, owner: str) -> Found:
    is_lambda = named.properties["Protocol"].text() == "lambda"
    functions = named.functions(named.properties["Endpoint"]) if is_lambda else ()
    return Found(Use(Origin.SUBSCRIPTION, owner, functions, named.arn("TopicArn")))


def _rule(named: _Named, owner: str) -> Found:
    # Targets.<number>.DeadLetterConfig
    target = named.properties["Targets"].children
    called = next(one for one in target if one.path == named.place.above.path[:2])
    return Found(Use(Origin.RULE, owner, named.functions(called["Arn"]), owner))


def _schedule(named: _Named, owner: str) -> Found:
    return Found(Use(Origin.SCHEDULE, owner, named.functions(named.properties.get("Target.Arn")), owner))


def _other(_: _Named, owner: str) -> Found:
    # A bus, a pipe or an IoT rule: what each writes there has a format of its own.
    return Found(Use(Origin.UNKNOWN, owner, source=owner))


_MAKERS: Final[Mapping[str, Callable[[_Named, str], Found]]] = {
    QUEUE: _queue,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::SNS::Subscription": _subscription,
    "AWS::Events::Rule": _rule,
    "AWS::Scheduler::Schedule": _schedule,
}
