"""What belongs to some functions: the functions, what invokes them, and where their failed events go."""

from collections.abc import Collection, Iterable

from constructs_lib.graph.app import App
from constructs_lib.graph.failures.asynchronous import async_configs
from constructs_lib.graph.failures.failure_queues import failure_places
from constructs_lib.graph.iam.keys import keys_of
from constructs_lib.graph.iam.roles import execution_role
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.targets import FUNCTION, lambda_target
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World

_POLICY = "AWS::Lambda::ResourcePolicy"


def related(app: App, functions: Collection[str]) -> set[Resource]:
    """Return the resources that findings about some functions can be for.

    Parameters
    ----------
    app
        The live configuration.
    functions
        The names of the functions.

    Returns
    -------
    set
        The functions, their configurations, policies, roles and invokers, the sources of these, the failure targets
        of all of them, and the keys of the queues.
    """
    world = World(app)
    ours = [one for one in world.of_type(FUNCTION) if world.properties(one)["FunctionName"].text() in functions]
    found = {one for function in ours for one in _of(world, function)}
    for policy in world.of_type(_POLICY):
        target = lambda_target(world.properties(policy)["ResourceArn"])
        if target is not None and target.function in ours:
            found.add(policy)
    _add_targets(world, found)
    return found | {key for one in found for key in keys_of(world, one)}


def _of(world: World, function: Resource) -> Iterable[Resource]:
    yield function
    role = execution_role(world, function)
    if role is not None:
        yield role
    for config in async_configs(world, function):
        yield config.properties.resource
    for one in world.once(invocations).get(function, ()):
        yield one.resource
        if one.source is not None:
            yield one.source


def _add_targets(world: World, found: set[Resource]) -> None:
    """Add the failure targets, and the failure targets of these."""
    places = world.once(failure_places)
    more = True
    while more:
        targets = {one.target for one in places if one.resource in found and one.target is not None}
        more = not targets <= found
        found |= targets
