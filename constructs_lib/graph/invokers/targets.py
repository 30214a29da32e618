"""The function, and its qualifier, that a value denotes."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import ALIAS, VERSION, named, qualifier_of
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Reference, Scalar, Unknown, Value, fold, unfold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

FUNCTION: Final = "AWS::Lambda::Function"
LATEST: Final = "$LATEST"

Qualifier = str | Reference | Unknown
"""``$LATEST``, the name of an alias, the number of a version, or a reference to either."""

_OPAQUE: Final = ("AWS::CloudFormation::", "AWS::Serverless::", "AWS::SSM::Parameter")

# API Gateway and OpenAPI documents wrap the ARN of the function in the URI of the Invoke API.
_URI: Final = re.compile(r"/functions/(.+?)/(?:response-streaming-)?invocations")


@dataclass(frozen=True)
class Target:
    """What an invoker calls."""

    function: Resource
    qualifier: Qualifier = LATEST


def lambda_target(node: Node) -> Target | None:
    """Return the function of the app that a place denotes, aliases and versions followed; None when it is none."""
    target = find_target(node)
    return target if isinstance(target, Target) else None


def find_target(node: Node) -> Target | Unknown | None:
    """Return the same, but ``UNKNOWN`` when the place may denote any function, and None when certainly none."""
    return target_of(node.world, node.resource.template, node.value)


def target_of(world: "World", here: Template, value: Value) -> Target | Unknown | None:
    """Return the function that a value denotes in a template: a reference, an ARN, a name or an invocation URI."""
    if value is UNKNOWN:
        return UNKNOWN
    text, holes = fold(value)
    uri = _URI.search(text)
    fields = (uri[1] if uri else text).split(":")
    region = account = ""
    if fields[0] == "arn":
        if len(fields) < 7 or (fields[2], fields[5]) != ("lambda", "function"):
            return UNKNOWN if UNKNOWN in holes.values() else None
        region, account = fields[3:5]
    elif fields[1:2] == ["function"]:
        account = fields[0]
    if "function" in fields:
        fields = fields[fields.index("function") + 1 :]
    resource = named(world, here, "lambda", unfold(fields[0], holes), region, account) if fields else None
    target = _follow(world, resource) if isinstance(resource, Resource) else resource
    if not isinstance(target, Target) or len(fields) < 2:
        return target
    return Target(target.function, qualifier(world, unfold(fields[1], holes)))


def qualifier(world: "World", value: Value) -> Qualifier:
    """Return the qualifier that a value denotes; the unpublished version when it is absent."""
    if value is None:
        return LATEST
    if isinstance(value, Reference) and value.resource.type in (ALIAS, VERSION):
        return qualifier_of(world, value.resource)
    # A stage variable of API Gateway is as open as a parameter.
    return str(value) if isinstance(value, Scalar) and "${" not in str(value) else UNKNOWN


def _follow(world: "World", resource: Resource) -> Target | Unknown | None:
    if resource.type not in (ALIAS, VERSION):
        return _function(resource)
    # Neither an alias nor a version is of another alias: looking no further keeps a cycle from being followed.
    text, holes = fold(world.properties(resource)["FunctionName"].value)
    fields = text.split(":")
    place = fields[3:5] if len(fields) > 6 else []
    name = unfold(fields[6] if len(fields) > 6 else fields[-1], holes)
    named_so = named(world, resource.template, "lambda", name, *place)
    target = _function(named_so) if isinstance(named_so, Resource) else named_so
    return Target(target.function, qualifier_of(world, resource)) if isinstance(target, Target) else target


def _function(resource: Resource) -> Target | Unknown | None:
    if resource.type == FUNCTION:
        return Target(resource)
    return UNKNOWN if is_opaque(resource) else None


def is_opaque(resource: Resource) -> bool:
    """Say whether what a resource returns can be anything, as with a custom resource or a nested stack."""
    return resource.type.startswith(_OPAQUE) or not resource.type.startswith("AWS::")
