"""IAM policies that let a role or a user invoke a function, as evidence of callers that use an SDK."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.iam.statements import INVOKE, allowing, listed, principals
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.services import CALLER, Service, service_of_principal
from constructs_lib.graph.invokers.targets import Target, target_of
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Reference

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_ROLE: Final = "AWS::IAM::Role"

_POLICIES: Final = (
    (_ROLE, "Policies.*.PolicyDocument"),
    ("AWS::IAM::User", "Policies.*.PolicyDocument"),
    ("AWS::IAM::Group", "Policies.*.PolicyDocument"),
    *(
        (f"AWS::IAM::{kind}", "PolicyDocument")
        for kind in ("Policy", "ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy")
    ),
)


def policy_invocations(world: "World") -> Iterator[Invocation]:
    """Yield an invocation of unknown model for each function that a policy allows to invoke.

    A role that only a service can assume stands for that service.
    """
    for properties, place in policy_documents(world):
        for target in _targets(place):
            for service in _callers(properties):
                yield Invocation(target, None, service, place, properties)


def policy_documents(world: "World") -> Iterator[tuple[Node, Node]]:
    """Yield the policies of roles, users and groups, each after the properties of the resource that holds it."""
    for resource_type, pattern in _POLICIES:
        for resource in world.of_type(resource_type):
            properties = world.properties(resource)
            for _, place in properties.select(pattern):
                yield properties, place


def _targets(place: Node) -> Iterator[Target]:
    for document, statement in allowing(place, INVOKE):
        for arn in listed(statement.get("Resource")):
            target = target_of(place.world, place.resource.template, document.value(arn))
            if isinstance(target, Target):
                yield target


def _callers(properties: Node) -> list[Service]:
    """Return who has the policy: the services that can assume its roles, or anybody."""
    resource = properties.resource
    if resource.type == _ROLE:
        return _assuming(properties)
    roles = [*properties["Roles"].children, properties["RoleName"]]
    references = [one.value for one in roles if isinstance(one.value, Reference)]
    found = [_assuming(properties.world.properties(one.resource)) for one in references]
    return [service for several in found for service in several] or [CALLER]


def _assuming(role: Node) -> list[Service]:
    names = [
        name
        for _, statement in allowing(role["AssumeRolePolicyDocument"], "sts:assumerole")
        for name in principals(statement)
    ]
    return [(service_of_principal(name) if isinstance(name, str) else None) or CALLER for name in names] or [CALLER]
