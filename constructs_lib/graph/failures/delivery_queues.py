"""The dead-letter queues to which a service sends by itself what it could not deliver, without a role."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.failures.failure_queues import FailurePlace, failure_places
from constructs_lib.graph.invokers.mappings import QUEUE
from constructs_lib.graph.invokers.services import EVENTBRIDGE, SNS, Service
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_SUBSCRIPTION: Final = "AWS::SNS::Subscription"
_SENDERS: Final = {_SUBSCRIPTION: SNS, "AWS::Events::Rule": EVENTBRIDGE}


@dataclass(frozen=True, eq=False)
class DeliveryQueue:
    """A queue of the app that a subscription or a rule names."""

    place: FailurePlace
    queue: Resource
    service: Service
    """Who sends."""
    source: Resource | None
    """What the service sends for: the topic of a subscription, or the rule; None when it is not in the app."""


def delivery_queues(world: "World") -> Iterator[DeliveryQueue]:
    """Yield the queues, once for each place that names one."""
    for place in world.once(failure_places):
        service = _SENDERS.get(place.resource.type)
        if service is None or place.target is None or place.target.type != QUEUE:
            continue
        source: Resource | None = place.resource
        if place.resource.type == _SUBSCRIPTION:
            topic = world.properties(place.resource)["TopicArn"].value
            source = resource_of(world, place.resource.template, topic)
        yield DeliveryQueue(place, place.target, service, source)
