"""Who reads what arrives in a place, and which alarms tell of it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.failures.alarms import alarms
from constructs_lib.graph.invokers.mappings import QUEUE, flag, mappings
from constructs_lib.graph.node import Node
from constructs_lib.operations.places.arns import arn_of, function_arn
from constructs_lib.operations.places.place import Kind, Place

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_METRICS: Final = ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage")
_NAME: Final = ":function:"
_PEOPLE: Final = ("email", "email-json", "sms")
"""Protocols of subscriptions whose endpoints are addresses of people."""
_UNREAD_ALARMS: Final = {"cloudwatch:DescribeAlarms", "alarms"}
_UNREAD_READERS: Final = {
    Kind.QUEUE: {"lambda:ListEventSourceMappings", "mappings", "pipes:ListPipes", "pipes"},
    Kind.TOPIC: {"sns:ListSubscriptions", "subscriptions"},
}
"""What is not read, as ``Live.unread`` names it, when there may be others than those that are known."""


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
    unread
        What of it could not be read. Default: all was.
    """

    def __init__(self, world: "World", arns: Mapping[str, str], unread: Collection[str] = ()) -> None:
        self._world = world
        self._unread = frozenset(unread)
        self._arns = arns
        self._queues = {arns[one.logical_id]: one for one in world.of_type(QUEUE) if one.logical_id in arns}
        self._readers: dict[str, dict[str, None]] = defaultdict(dict)
        for arn, reader in (*self._mappings(), *self._pipes(), *self._subscriptions()):
            if arn is not None:
                self._readers[arn][reader] = None

    def alarms(self, place: Place) -> tuple[Alarm, ...] | None:
        """Return the alarms on a queue that name it; of other places none. None when that is unknown.

        It is unknown of a queue that is not read, as one of another account.
        """
        if place.kind is not Kind.QUEUE:
            return ()
        queue = self._queues.get(place.arn)
        if queue is None or self._unread & _UNREAD_ALARMS:
            return None
        found = self._world.once(alarms).by
        named = dict.fromkeys(alarm for metric in _METRICS for alarm in found.get((queue, metric), ()))
        return tuple(_alarm(self._world.properties(one)) for one in named)

    def readers(self, place: Place) -> tuple[str, ...] | None:
        """Return who reads a queue by a mapping or a pipe, or is subscribed to a topic.

        None when nobody is known to, and AWS refused to tell of some. Others can receive from a queue without anything
        that names it; they are not seen.
        """
        found = tuple(self._readers.get(place.arn, ()))
        return None if not found and self._unread & _UNREAD_READERS.get(place.kind, set()) else found

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
