"""What Lambda does with an asynchronous event that fails: retries, and the failure target of the execution."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.graph.arn import VERSION
from constructs_lib.graph.invokers.targets import LATEST, Qualifier, Target, find_target, qualifier
from constructs_lib.graph.invokers.unseen import reachable
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN, Reference, Unknown

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


@dataclass(frozen=True, eq=False)
class AsyncConfig:
    """An ``AWS::Lambda::EventInvokeConfig``."""

    function: Resource | Unknown | None
    """None when the function is not in the app."""
    qualifier: Qualifier
    properties: Node

    @property
    def on_failure(self) -> Node:
        """The on-failure destination."""
        return self.properties.get("DestinationConfig.OnFailure.Destination")

    def applies_to(self, target: Target) -> bool:
        """Say whether it is, or may be, for the target or its unpublished version."""
        return self.qualifier == LATEST or may_equal(self.qualifier, target.qualifier)


def async_configs(world: "World", function: Resource) -> Sequence[AsyncConfig]:
    """Return the asynchronous configurations that are, or may be, of a function."""
    configs = world.once(_by_function)
    return [*configs.get(function, ()), *(configs.get(UNKNOWN, ()) if reachable(world, function) else ())]


def all_async_configs(world: "World") -> Sequence[AsyncConfig]:
    """Return the asynchronous configurations, those of functions outside the app too; ask with ``world.once``."""
    found = []
    for resource in world.of_type("AWS::Lambda::EventInvokeConfig"):
        properties = world.properties(resource)
        target = find_target(properties["FunctionName"])
        name = qualifier(world, properties["Qualifier"].value)
        found.append(AsyncConfig(target.function if isinstance(target, Target) else target, name, properties))
    return found


def dead_letter_target(world: "World", function: Resource) -> Node:
    """Return the target of the function's dead-letter configuration."""
    return world.properties(function).get("DeadLetterConfig.TargetArn")


def failure_targets(world: "World", target: Target) -> Sequence[Node]:
    """Return where failed events of an asynchronous invocation end; empty when they are discarded."""
    targets = [config.on_failure for config in async_configs(world, target.function) if config.applies_to(target)]
    return [node for node in (dead_letter_target(world, target.function), *targets) if not node.absent]


def _by_function(world: "World") -> dict[Resource | Unknown | None, list[AsyncConfig]]:
    configs: dict[Resource | Unknown | None, list[AsyncConfig]] = defaultdict(list)
    for config in world.once(all_async_configs):
        configs[config.function].append(config)
    return configs


def may_equal(one: Qualifier, other: Qualifier) -> bool:
    """Say whether two qualifiers of a function are, or may be, the same."""
    if one == other or UNKNOWN in (one, other):
        return True
    for reference, name in ((one, other), (other, one)):
        # The number of a version is not known before the deployment, nor always the name of an alias.
        if isinstance(reference, Reference) and isinstance(name, str):
            return name != LATEST and name.isdecimal() is (reference.resource.type == VERSION)
    return False
