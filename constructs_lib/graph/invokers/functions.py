"""Questions about a function."""

from typing import TYPE_CHECKING

from constructs_lib.facts import FUNCTION_TIMEOUT_DEFAULT_SECONDS
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


def timeout(world: "World", function: Resource) -> float | None:
    """Return the timeout of a function in seconds; None when unknown."""
    return world.properties(function)["Timeout"].number(FUNCTION_TIMEOUT_DEFAULT_SECONDS)
