"""What Lambda does with an asynchronous event that fails: retries, and the failure target of the execution."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.graph.node import Node
from constructs_lib.graph.targets import LATEST, Qualifier, Target, lambda_target, qualifier
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


@dataclass(frozen=True, eq=False)
class AsyncConfig:
    """An ``AWS::Lambda::EventInvokeConfig``."""

    function: Resource | None
    """None when the function is not in the app, or unknown: then it may be any."""
    qualifier: Qualifier
    properties: Node

    @property
    def on_failure(self) -> Node:
        """The on-failure destination."""
        return self.properties.get("DestinationConfig.OnFailure.Destination")

    def applies_to(self, target: Target) -> bool:
        """Say whether it is, or may be, for the target or its unpublished version."""
        return self.qualifier in (target.qualifier, LATEST, UNKNOWN) or target.qualifier is UNKNOWN


def async_configs(world: "World", function: Resource) -> Sequence[AsyncConfig]:
    """Return the asynchronous configurations of a function, and those whose function is unknown."""
    configs = world.once(_by_function)
    return [*configs.get(function, ()), *configs.get(None, ())]


def all_async_configs(world: "World") -> Sequence[AsyncConfig]:
    """Return the asynchronous configurations, those of functions outside the app too; ask with ``world.once``."""
    found = []
    for resource in world.of_type("AWS::Lambda::EventInvokeConfig"):
        properties = world.properties(resource)
        target = lambda_target(properties["FunctionName"])
        name = qualifier(world, properties["Qualifier"].value)
        found.append(AsyncConfig(target.function if target else None, name, properties))
    return found


def dead_letter_target(world: "World", function: Resource) -> Node:
    """Return the target of the function's dead-letter configuration."""
    return world.properties(function).get("DeadLetterConfig.TargetArn")


def failure_targets(world: "World", target: Target) -> Sequence[Node]:
    """Return where failed events of an asynchronous invocation end; empty when they are discarded."""
    targets = [config.on_failure for config in async_configs(world, target.function) if config.applies_to(target)]
    return [node for node in (dead_letter_target(world, target.function), *targets) if not node.absent]


def _by_function(world: "World") -> dict[Resource | None, list[AsyncConfig]]:
    configs: dict[Resource | None, list[AsyncConfig]] = defaultdict(list)
    for config in world.once(all_async_configs):
        # A literal name that is no function of the app is a function elsewhere, not an unknown one.
        if config.function is not None or config.properties["FunctionName"].text() is None:
            configs[config.function].append(config)
    return configs
