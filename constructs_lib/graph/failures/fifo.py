"""Whether a queue or a topic is FIFO."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.invokers.mappings import QUEUE, flag
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import Value

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

TOPIC: Final = "AWS::SNS::Topic"

_PROPERTY: Final = {QUEUE: "FifoQueue", TOPIC: "FifoTopic"}


def is_fifo(world: "World", here: Template, value: Value) -> bool | None:
    """Say whether what a value denotes in a template is a FIFO queue or topic; None when unknown.

    Of one outside the app the name tells it: that of a FIFO one ends with ``.fifo``.
    """
    resource = resource_of(world, here, value)
    if resource is None:
        return value.endswith(".fifo") if isinstance(value, str) and ":" in value else None
    return fifo_resource(world, resource)


def fifo_resource(world: "World", resource: Resource) -> bool | None:
    """Say whether a resource is a FIFO queue or topic; None when unknown."""
    if resource.type not in _PROPERTY:
        return None
    return flag(world.properties(resource)[_PROPERTY[resource.type]], default=False)
