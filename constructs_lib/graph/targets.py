"""The function, and its qualifier, that a value denotes."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import ALIAS, VERSION, named, qualifier_of
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN, Reference, Scalar, Unknown, Value, fold, unfold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

FUNCTION: Final = "AWS::Lambda::Function"
LATEST: Final = "$LATEST"

Qualifier = str | Reference | Unknown
"""``$LATEST``, the name of an alias, the number of a version, or a reference to either."""

# API Gateway and OpenAPI documents wrap the ARN of the function in the URI of the Invoke API.
_URI: Final = re.compile(r"/functions/(.+?)/(?:response-streaming-)?invocations")


@dataclass(frozen=True)
class Target:
    """What an invoker calls."""

    function: Resource
    qualifier: Qualifier = LATEST


def lambda_target(node: Node) -> Target | None:
    """Return the function of the app that a place denotes, aliases and versions followed; None when it is none."""
    return target_of(node.world, node.value)


def target_of(world: "World", value: Value) -> Target | None:
    """Return the function of the app that a value denotes: a reference, an ARN, a name or an invocation URI."""
    text, holes = fold(value)
    uri = _URI.search(text)
    fields = (uri[1] if uri else text).split(":")
    region = account = ""
    if fields[0] == "arn":
        if len(fields) < 7 or fields[2] != "lambda" or fields[5] != "function":
            return None
        region, account = fields[3:5]
    if "function" in fields:
        fields = fields[fields.index("function") + 1 :]
    resource = named(world, "lambda", unfold(fields[0], holes), region, account) if fields else None
    if resource is None:
        return None
    target = _follow(world, resource)
    if target is None or len(fields) < 2:
        return target
    return Target(target.function, qualifier(world, unfold(fields[1], holes)))


def qualifier(world: "World", value: Value) -> Qualifier:
    """Return the qualifier that a value denotes; the unpublished version when it is absent."""
    if value is None:
        return LATEST
    if isinstance(value, Reference) and value.resource.type in (ALIAS, VERSION):
        return qualifier_of(world, value.resource)
    return str(value) if isinstance(value, Scalar) else UNKNOWN


def _follow(world: "World", resource: Resource) -> Target | None:
    if resource.type == FUNCTION:
        return Target(resource)
    if resource.type not in (ALIAS, VERSION):
        return None
    target = world.properties(resource)["FunctionName"].value
    # Neither an alias nor a version is of another alias: looking no further keeps a cycle from being followed.
    function = _plain_function(world, target)
    return Target(function, qualifier_of(world, resource)) if function else None


def _plain_function(world: "World", value: Value) -> Resource | None:
    text, holes = fold(value)
    fields = text.split(":")
    function = named(world, "lambda", unfold(fields[6] if len(fields) > 6 else fields[-1], holes))
    return function if function is not None and function.type == FUNCTION else None
