"""Invocations that need a permission of the function, or a role of the invoker, and whether they have it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.iam.invoke_grants import PERMISSION, RESOURCE_POLICY, InvokeGrant, invoke_grants
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.services import Service
from constructs_lib.graph.invokers.unseen import configured_unseen
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Reference

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_BY_PERMISSION: Final = frozenset(
    {
        services.ALARM,
        services.API_GATEWAY,
        services.CODECOMMIT,
        services.COGNITO,
        services.CONFIG,
        services.EVENTBRIDGE,
        services.IOT,
        services.LOAD_BALANCER,
        services.LOGS,
        services.S3,
        services.SES,
        services.SNS,
    }
)
"""Services that invoke by a permission of the function (facts V1 to V30, Y14, Y15)."""
_STATING: Final = frozenset(
    {
        # A permission that is all that is known of an invoker is what it needs.
        PERMISSION,
        RESOURCE_POLICY,
        *(f"AWS::IAM::{kind}" for kind in ("Role", "Policy", "ManagedPolicy", "RolePolicy", "User", "Group")),
        # Organizations deploys it to other accounts.
        "AWS::Config::OrganizationConfigRule",
    }
)
"""Evidence of invocations that need no permission, or none that is in the app."""
_ROLE_OF: Final[Mapping[Service, Sequence[str]]] = {
    services.EVENTBRIDGE: ("RoleArn",),
    services.API_GATEWAY: (
        "Credentials",
        "credentials",
        "CredentialsArn",
        "AuthorizerCredentials",
        "authorizerCredentials",
        "AuthorizerCredentialsArn",
    ),
    services.SCHEDULER: ("RoleArn",),
    services.PIPES: ("RoleArn",),
    services.STEP_FUNCTIONS: ("RoleArn",),
    services.APPSYNC: ("ServiceRoleArn",),
}
"""Where an invoker names the role that it invokes with, beside the function or among its properties."""


@dataclass(frozen=True, eq=False)
class NeedOfPermission:
    """An invocation that needs a permission, and the permissions that are or may be for its source."""

    invocation: Invocation
    source: Resource | None
    """What the permission has to name; None when it is not in the app."""
    grants: Sequence[InvokeGrant]
    """Whatever their qualifier."""

    @property
    def has_qualifier(self) -> bool:
        """Whether one of the permissions is, or may be, for the qualifier that is invoked."""
        return any(one.is_for(self.invocation.qualifier) for one in self.grants)


def needs(world: "World") -> list[NeedOfPermission]:
    """Return the invocations that need a permission, once for each source and qualifier; ask with ``world.once``."""
    first: dict[object, Invocation] = {}
    for function, several in world.once(invocations).items():
        if configured_unseen(world, function):
            continue
        for one in several:
            if one.service not in _BY_PERMISSION or one.resource.type in _STATING or _role(one) is not None:
                continue
            key = (function, one.qualifier, one.service, _source(one) or one.resource)
            if key not in first or _place(one) < _place(first[key]):
                first[key] = one
    return [_need(world, one) for one in first.values()]


def _need(world: "World", invocation: Invocation) -> NeedOfPermission:
    source = _source(invocation)
    principal = invocation.service.principal
    grants = invoke_grants(world, invocation.function)
    return NeedOfPermission(invocation, source, [one for one in grants if one.may_allow(world, principal, source)])


def _place(invocation: Invocation) -> tuple[str, ...]:
    resource = invocation.resource
    return str(resource.template.path), resource.logical_id, invocation.evidence.dotted


def by_role(world: "World") -> Iterator[tuple[Invocation, Node]]:
    """Yield the invocations that need the permissions of a role, each with the property that names the role."""
    for several in world.once(invocations).values():
        for one in several:
            role = _role(one)
            # Whether EventBridge uses the role of a target or the function's policy is not documented for functions.
            if role is not None and one.service is not services.EVENTBRIDGE:
                yield one, role


def _role(invocation: Invocation) -> Node | None:
    world = invocation.evidence.world
    for name in _ROLE_OF.get(invocation.service, ()):
        for place in (invocation.settings, world.properties(invocation.resource)):
            if not place[name].absent:
                return place[name]
    return None


def _source(invocation: Invocation) -> Resource | None:
    """Return what the permission has to name as the source: for a part of an API, the API."""
    resource = invocation.resource
    if invocation.service is not services.API_GATEWAY or resource.type.endswith(("::RestApi", "::Api")):
        return invocation.source
    properties = invocation.evidence.world.properties(resource)
    for name in ("RestApiId", "ApiId"):
        value = properties[name].value
        if isinstance(value, Reference) and value.resource.type.endswith(("::RestApi", "::Api")):
            return value.resource
    return None
