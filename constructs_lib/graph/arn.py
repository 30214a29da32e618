"""The fields of the ARN that a reference denotes, and the resource that a name or ARN denotes."""

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.nearest import nearest
from constructs_lib.graph.template import UNKNOWN_PARTITION, Resource, Template
from constructs_lib.graph.values import UNKNOWN, Reference, Scalar, Text, Unknown, Value, fold, unfold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

ALIAS: Final = "AWS::Lambda::Alias"
VERSION: Final = "AWS::Lambda::Version"

_QUALIFIED: Final = {ALIAS: "Name", VERSION: "Version"}

REF_IS_ARN: Final = {ALIAS, VERSION, "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}

_PHYSICAL_NAMES: Final = {
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::DynamoDB::GlobalTable": "TableName",
}
_TYPES_OF_SERVICE: Final = {
    "lambda": ("AWS::Lambda::Function",),
    "sqs": ("AWS::SQS::Queue",),
    "sns": ("AWS::SNS::Topic",),
    "s3": ("AWS::S3::Bucket",),
    "kinesis": ("AWS::Kinesis::Stream",),
    "dynamodb": ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
}

_NAME: Final = re.compile(r"[\w.${}-]+")

_KIND_BEFORE_NAME: Final = {"lambda", "kinesis", "dynamodb"}
"""Their ARNs end with ``function:name``, ``stream/name`` or ``table/name``, the others with the name alone."""


def arn_fields(world: "World", reference: Reference) -> list[Value]:
    """Return the fields of the ARN that a reference denotes, as ``Fn::Split`` at its colons yields them.

    A field that names the resource is a reference to it. An alias and a version have an eighth field, the qualifier.
    There are no fields when the reference is no ARN.
    """
    resource = reference.resource
    if not (reference.attribute or "").endswith("Arn") and resource.type not in REF_IS_ARN:
        return []
    environment = resource.template.environment
    named = Reference(resource)
    fields: list[Value] = ["arn", UNKNOWN_PARTITION, UNKNOWN, environment.region, environment.account, named, named]
    if resource.type in _QUALIFIED:
        function = world.properties(resource)["FunctionName"].value
        return [*fields[:5], "function", function, qualifier_of(world, resource)]
    return fields


def qualifier_of(world: "World", resource: Resource) -> "str | Reference":
    """Return the qualifier that an alias or a version stands for."""
    name = world.properties(resource)["Name"].text() if resource.type == ALIAS else None
    return name if name is not None else Reference(resource, _QUALIFIED[resource.type])


def resource_of(world: "World", here: Template, value: Value) -> Resource | None:
    """Return the resource of the app that a reference, or an ARN with a physical name, denotes in a template."""
    if isinstance(value, Reference):
        return value.resource
    if not isinstance(value, str | Text):
        return None
    text, holes = fold(value)
    fields = text.split(":")
    if len(fields) < 6 or fields[0] != "arn":
        return None
    _, _, service, region, account, *rest = fields
    names = "/".join(rest).split("/")
    name = names[1] if service in _KIND_BEFORE_NAME and len(names) > 1 else names[0]
    resource = named(world, here, service, unfold(name, holes), region, account)
    return resource if isinstance(resource, Resource) else None


def service_of(value: Value) -> str | None:
    """Return the service in an ARN that is a text; None when it is unknown."""
    fields = fold(value)[0].split(":")
    return fields[2] if len(fields) > 2 and fields[0] == "arn" and fields[2].isascii() else None


def named(
    world: "World", here: Template, service: str, name: Value, region: str = "", account: str = ""
) -> Resource | Unknown | None:
    """Return the resource of a service that a physical name denotes in a template.

    ``UNKNOWN`` is any resource of the service, or one elsewhere; None is certainly no resource of the app.
    """
    if isinstance(name, Reference):
        return name.resource
    if isinstance(name, Text | Unknown):
        return UNKNOWN
    types = _TYPES_OF_SERVICE.get(service, ())
    if not isinstance(name, Scalar) or not _NAME.fullmatch(str(name)):
        return None
    names, open_types = world.once(_by_name)
    same = [(one.template, one) for one in names.get(str(name), ()) if one.type in types]
    found = nearest(here, same, region, account)
    if found is None and ("${" in str(name) or not open_types.isdisjoint(types)):
        return UNKNOWN
    return found


def physical_name(world: "World", resource: Resource) -> str | None:
    """Return the name that a template gives a resource; None when CloudFormation makes one up, or it is not known."""
    name = _PHYSICAL_NAMES.get(resource.type)
    return world.properties(resource)[name].text() if name else None


def _by_name(world: "World") -> tuple[dict[str, list[Resource]], set[str]]:
    """Return the resources by physical name, and the types of those whose name is not known."""
    names: dict[str, list[Resource]] = {}
    open_types = set()
    for resource in world.of_type(*_PHYSICAL_NAMES):
        place = world.properties(resource)[_PHYSICAL_NAMES[resource.type]]
        name = place.text()
        if name is not None:
            names.setdefault(name, []).append(resource)
        # What CloudFormation makes up is no name that somebody writes down.
        if not place.absent and (name is None or "${" in name):
            open_types.add(resource.type)
    return names, open_types
