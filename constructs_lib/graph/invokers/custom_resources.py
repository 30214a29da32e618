"""Handlers of custom resources that CDK makes, which a user cannot configure."""

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_SINGLETON: Final = re.compile(r"[0-9A-Fa-f]{32}|CustomResourceProviderHandler")
"""In the logical id of a ``SingletonFunction``, which has a UUID in it, or of a ``CustomResourceProvider``."""


def is_framework(world: "World", function: Resource) -> bool:
    """Say whether a function is one of CDK's provider framework, which answers CloudFormation by itself."""
    return (world.properties(function)["Handler"].text() or "").startswith("framework.")


def made_by_cdk(world: "World", function: Resource) -> bool:
    """Say whether CDK, not its user, wrote the function: the provider framework or one of CDK's own handlers."""
    return is_framework(world, function) or _SINGLETON.search(function.logical_id) is not None
