"""What a pipe does with events that it cannot hand on: the same as their source."""

from typing import TYPE_CHECKING

from constructs_lib.explain.model import Attempts, End
from constructs_lib.explain.places import untold
from constructs_lib.explain.polling import of_queue
from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.mappings import QUEUE

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


def of_source(world: "World", one: Invocation) -> tuple[Attempts, list[End]]:
    """Return how often an event is tried, and where it ends, when the pipe reads no stream."""
    source = resource_of(world, one.resource.template, world.properties(one.resource)["Source"].value)
    if source is not None and source.type == QUEUE and world.exists(source):
        return of_queue(world, source)
    return Attempts("as the source of the pipe says"), [untold("as the source of the pipe says")]
