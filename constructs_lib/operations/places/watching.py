"""Who reads what arrives in a place, and which alarms tell of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.failures.alarms import alarms
from constructs_lib.graph.invokers.mappings import QUEUE, flag, mappings
from constructs_lib.graph.node import Node
from constructs_lib.operations.places.arns import arn_of, function_arn
from constructs_lib.operations.places.place import Place

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_METRICS: Final = ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage")
_NAME: Final = ":function:"
_PEOPLE: Final = ("email", "email-json", "sms")
"""Protocols of subscriptions whose endpoints are addresses of people."""


@dataclass(frozen=True)
class Alarm:
    """An alarm on the depth of a queue, or on the age of its oldest message."""

    name: str
    has_actions: bool
    """Whether it does anything when it goes off."""


class Watchers:
    """Who reads, and what watches, the places of a configuration.

    Parameters
    ----------
    world
        The configuration.
    arns
        The ARNs of its resources, by logical id.
    """

    def __init__(self, world: "World", arns: Mapping[str, str]) -> None:
        self._world = world
        self._arns = arns
        self._queues = {arns[one.logical_id]: one for one in world.of_type(QUEUE) if one.logical_id in arns}
        self._readers: dict[str, dict[str, None]] = defaultdict(dict)
        for arn, reader in (*self._mappings(), *self._pipes(), *self._subscriptions()):
            if arn is not None:
                self._readers[arn][reader] = None

    def alarms(self, place: Place) -> tuple[Alarm, ...]:
        """Return the alarms on a queue that name it; of other places none."""
        queue = self._queues.get(place.arn)
        if queue is None:
            return ()
        found = self._world.once(alarms).by
        named = dict.fromkeys(alarm for metric in _METRICS for alarm in found.get((queue, metric), ()))
        return tuple(_alarm(self._world.properties(one)) for one in named)

    def readers(self, place: Place) -> tuple[str, ...]:
        """Return who reads a queue by a mapping or a pipe, or is subscribed to a topic.

        Others can receive from a queue without anything that names it; they are not seen.
        """
        return tuple(self._readers.get(place.arn, ()))

    def _mappings(self) -> Iterator[tuple[str | None, str]]:
        for mapping in self._world.once(mappings):
            function = function_arn(mapping.properties["FunctionName"], self._arns) or ""
            off = " (turned off)" if mapping.enabled is False else ""
            yield self._arn(mapping.properties["EventSourceArn"]), f"function {function.partition(_NAME)[2]}{off}"

    def _pipes(self) -> Iterator[tuple[str | None, str]]:
        for pipe in self._world.of_type("AWS::Pipes::Pipe"):
            properties = self._world.properties(pipe)
            yield self._arn(properties["Source"]), f"pipe {properties['Name'].text() or pipe.label}"

    def _subscriptions(self) -> Iterator[tuple[str | None, str]]:
        for resource in self._world.of_type("AWS::SNS::Subscription"):
            properties = self._world.properties(resource)
            protocol = properties["Protocol"].text() or "subscription"
            endpoint = "" if protocol in _PEOPLE else self._arn(properties["Endpoint"]) or ""
            yield self._arn(properties["TopicArn"]), f"{protocol} {endpoint.rpartition(':')[2]}".strip()

    def _arn(self, node: Node) -> str | None:
        return arn_of(node.value, self._arns)


def _alarm(properties: Node) -> Alarm:
    acts = flag(properties["ActionsEnabled"], default=True) is not False and any(properties["AlarmActions"].children)
    return Alarm(properties["AlarmName"].text() or properties.resource.label, acts)
