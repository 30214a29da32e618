"""Who invokes whom: all invocations of the functions of an app."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from constructs_lib.graph.invokers.apis import api_invocations
from constructs_lib.graph.invokers.evidence import property_invocations
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invoke_calls import call_invocations
from constructs_lib.graph.invokers.permissions import permission_invocations
from constructs_lib.graph.invokers.policies import policy_invocations
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


def invocations(world: "World") -> Mapping[Resource, Sequence[Invocation]]:
    """Return the invocations of each function that is invoked; ask with ``world.once``.

    A permission counts only for a service of which nothing else is known to invoke the function.
    """
    found: dict[Resource, list[Invocation]] = defaultdict(list)
    stated = chain(property_invocations(world), api_invocations(world), call_invocations(world))
    for invocation in stated:
        # What is deployed under a condition can be named where the condition does not hold.
        if world.exists(invocation.function):
            found[invocation.function].append(invocation)
    accounted = {(function, one.service) for function, several in found.items() for one in several}
    for invocation in chain(permission_invocations(world), policy_invocations(world)):
        key = (invocation.function, invocation.service)
        if key not in accounted and world.exists(invocation.function):
            accounted.add(key)
            found[invocation.function].append(invocation)
    return dict(found)
