"""Whether a role certainly cannot do something, by its own policies and by those of what it is done to."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constructs_lib.graph.iam.coverage import Asked
from constructs_lib.graph.iam.invoke_grants import invoke_grants
from constructs_lib.graph.iam.keys import keys_of
from constructs_lib.graph.iam.resource_policies import allows_role, is_role
from constructs_lib.graph.iam.roles import allowed
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.invokers.targets import FUNCTION
from constructs_lib.graph.invokers.unseen import known_elsewhere
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


def lacks(world: "World", role: Resource, action: str, asked: Asked) -> bool:
    """Say whether a role certainly cannot do something.

    Parameters
    ----------
    world, role
        The role, and the world it is looked at in.
    action
        As IAM names it: ``sqs:SendMessage``.
    asked
        What it is to be done to.
    """
    # Another stack may attach a policy to a role that is exported.
    if known_elsewhere(world, role):
        return False
    if allowed(world, role, action, asked) is not Verdict.NO:
        return False
    if asked.resource.type != FUNCTION:
        return allows_role(world, asked.resource, action, role) is Verdict.NO
    principals = (one for grant in invoke_grants(world, asked.resource) for one in grant.principals)
    return all(is_role(one, role) is Verdict.NO for one in principals)


def missing(world: "World", role: Resource, wanted: Iterable[tuple[str, Asked]]) -> Iterator[tuple[str, Asked]]:
    """Yield those of several actions that a role certainly cannot do."""
    for action, asked in wanted:
        if lacks(world, role, action, asked):
            yield action, asked


def with_key(world: "World", resource: Resource, *actions: str) -> Iterator[tuple[str, Asked]]:
    """Yield the actions on the key of a resource, when it has one of the app."""
    for key in keys_of(world, resource):
        for action in actions:
            yield action, Asked(key)
