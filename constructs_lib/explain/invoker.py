"""Who sends the events of an invocation, as far as the templates show."""

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.iam.roles import execution_role
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.services import CALLER
from constructs_lib.graph.invokers.targets import FUNCTION
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Reference

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_ALLOWING: Final = ("AWS::Lambda::Permission", "AWS::Lambda::ResourcePolicy", "AWS::IAM::")


def only_allowed(one: Invocation) -> bool:
    """Say whether the templates show only that somebody may invoke, not that somebody does."""
    return one.resource.type.startswith(_ALLOWING)


def senders(world: "World", one: Invocation) -> tuple[str, tuple[Resource, ...]]:
    """Return the name of the service, and the resources that send the events or else allow that."""
    functions = _with_role(world, one) if one.service is CALLER else ()
    if functions:
        return "the AWS SDK", functions
    return one.service.name, (one.source or one.resource,)


def _with_role(world: "World", one: Invocation) -> tuple[Resource, ...]:
    """Return the functions whose role has the policy that allows to invoke."""
    if not one.resource.type.startswith("AWS::IAM::"):
        return ()
    properties = world.properties(one.resource)
    values = [place.value for place in (*properties["Roles"].children, properties["RoleName"])]
    roles = [one.resource, *(value.resource for value in values if isinstance(value, Reference))]
    by_role = world.once(_functions)
    return tuple(function for role in roles for function in by_role.get(role, ()))


def _functions(world: "World") -> dict[Resource, list[Resource]]:
    found: dict[Resource, list[Resource]] = defaultdict(list)
    for function in world.of_type(FUNCTION):
        role = execution_role(world, function)
        if role is not None:
            found[role].append(function)
    return found
