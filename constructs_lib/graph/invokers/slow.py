"""Functions that may run longer than their invoker waits."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


def slower_than(
    world: "World", limit: float, waits: Callable[[Invocation], bool]
) -> Iterator[tuple[Resource, float, Sequence[Invocation]]]:
    """Yield the functions whose timeout is above a limit, with the timeout and the invocations that wait.

    Parameters
    ----------
    world
        Where to look.
    limit
        How long the invoker waits, in seconds.
    waits
        Whether an invocation is one that waits no longer.
    """
    for function, several in world.once(invocations).items():
        running = timeout(world, function)
        waiting = [one for one in several if waits(one)]
        if waiting and running is not None and running > limit:
            yield function, running, waiting
