"""Subscriptions to topics, as resources of their own and within a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.failures.fifo import TOPIC, fifo_resource, is_fifo
from constructs_lib.graph.node import Node

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

SUBSCRIPTION: Final = "AWS::SNS::Subscription"


@dataclass(frozen=True, eq=False)
class Subscription:
    """One subscription."""

    settings: Node
    inline: bool
    """Whether it stands within its topic; then it has no redrive policy."""
    fifo: bool | None
    """Whether the topic is FIFO; None when unknown."""

    @property
    def invokes(self) -> bool:
        """Whether it invokes a function."""
        return self.settings["Protocol"].text() == "lambda"


def subscriptions(world: "World") -> Sequence[Subscription]:
    """Return the subscriptions; ask with ``world.once``."""
    found = []
    for resource in world.of_type(SUBSCRIPTION):
        properties = world.properties(resource)
        fifo = is_fifo(world, resource.template, properties["TopicArn"].value)
        found.append(Subscription(properties, False, fifo))
    for topic in world.of_type(TOPIC):
        fifo = fifo_resource(world, topic)
        found += [Subscription(one, True, fifo) for _, one in world.properties(topic).select("Subscription.*")]
    return found
