"""Who may invoke a function by the policy of the function itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.failures.asynchronous import may_equal
from constructs_lib.graph.iam.resource_policies import is_service
from constructs_lib.graph.iam.sources import may_be_source
from constructs_lib.graph.iam.statements import INVOKE, matches, statements
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.invokers.targets import Qualifier, Target, find_target
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

PERMISSION: Final = "AWS::Lambda::Permission"
RESOURCE_POLICY: Final = "AWS::Lambda::ResourcePolicy"


@dataclass(frozen=True, eq=False)
class InvokeGrant:
    """A permission, or a statement of a resource policy, that allows or may allow to invoke a function."""

    resource: Resource
    qualifier: Qualifier
    principals: Sequence[Value]
    sources: Sequence[Value]
    """The ARNs one of which the source must have; empty for any source."""

    def may_allow(self, world: "World", service: str, source: Resource | None) -> bool:
        """Say whether it allows, or may allow, a service to invoke on behalf of a source; None is an unknown one."""
        if max((is_service(one, service) for one in self.principals), default=Verdict.NO) is Verdict.NO:
            return False
        return source is None or not self.sources or any(may_be_source(world, one, source) for one in self.sources)

    def is_for(self, qualifier: Qualifier) -> bool:
        """Say whether it is, or may be, for a qualifier: a permission for a function is not for its aliases."""
        return may_equal(self.qualifier, qualifier)


def invoke_grants(world: "World", function: Resource) -> Sequence[InvokeGrant]:
    """Return what allows or may allow to invoke a function, whatever the qualifier."""
    grants = world.once(_by_function)
    return [*grants.get(function, ()), *grants.get(UNKNOWN, ())]


def _by_function(world: "World") -> dict[Resource | Unknown, list[InvokeGrant]]:
    found: dict[Resource | Unknown, list[InvokeGrant]] = defaultdict(list)
    for resource in world.of_type(PERMISSION):
        properties = world.properties(resource)
        action = properties["Action"].text()
        if action is None or matches(action, INVOKE):
            source = properties["SourceArn"]
            _add(
                found,
                find_target(properties["FunctionName"]),
                resource,
                [properties["Principal"].value],
                [] if source.absent else [source.value],
            )
    for resource in world.of_type(RESOURCE_POLICY):
        properties = world.properties(resource)
        target = find_target(properties["ResourceArn"])
        for statement in statements(properties["PolicyDocument"]):
            if statement.applies("Allow", INVOKE, lambda _: Verdict.YES):
                _add(found, target, resource, statement.principals(), statement.required("aws:sourcearn"))
    return found


def _add(
    found: dict[Resource | Unknown, list[InvokeGrant]],
    target: Target | Unknown | None,
    resource: Resource,
    principals: Sequence[Value],
    sources: Sequence[Value],
) -> None:
    if isinstance(target, Target):
        found[target.function].append(InvokeGrant(resource, target.qualifier, principals, sources))
    elif target is UNKNOWN and not any(one.principals == principals for one in found[UNKNOWN]):
        # One for each principal, for whatever source: there can be many, and every function is asked about them.
        found[UNKNOWN].append(InvokeGrant(resource, UNKNOWN, principals, ()))
