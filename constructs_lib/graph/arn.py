"""The fields of the ARN that a reference denotes, and the resource that a name or ARN denotes."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.template import UNKNOWN_PARTITION, Resource
from constructs_lib.graph.values import UNKNOWN, Reference, Scalar, Text, Value, fold, unfold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

ALIAS: Final = "AWS::Lambda::Alias"
VERSION: Final = "AWS::Lambda::Version"

_QUALIFIED: Final = {ALIAS: "Name", VERSION: "Version"}

_REF_IS_ARN: Final = {ALIAS, VERSION, "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}

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

_KIND_BEFORE_NAME: Final = {"lambda", "kinesis", "dynamodb"}
"""Their ARNs end with ``function:name``, ``stream/name`` or ``table/name``, the others with the name alone."""


def arn_fields(world: "World", reference: Reference) -> list[Value]:
    """Return the fields of the ARN that a reference denotes, as ``Fn::Split`` at its colons yields them.

    A field that names the resource is a reference to it. An alias and a version have an eighth field, the qualifier.
    There are no fields when the reference is no ARN.
    """
    resource = reference.resource
    if not (reference.attribute or "").endswith("Arn") and resource.type not in _REF_IS_ARN:
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


def resource_of(world: "World", value: Value) -> Resource | None:
    """Return the resource of the app that a reference, or an ARN with a physical name, denotes."""
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
    return named(world, service, unfold(name, holes), region, account)


def service_of(value: Value) -> str | None:
    """Return the service in an ARN that is a text; None when it is unknown."""
    fields = fold(value)[0].split(":")
    return fields[2] if len(fields) > 2 and fields[0] == "arn" and fields[2].isascii() else None


def named(world: "World", service: str, name: Value, region: str = "", account: str = "") -> Resource | None:
    """Return the one resource of a service that has the physical name; None when there is none or no telling."""
    if isinstance(name, Reference):
        return name.resource
    if not isinstance(name, Scalar):
        return None
    found = [
        resource
        for resource in world.once(_by_name).get(str(name), ())
        if resource.type in _TYPES_OF_SERVICE.get(service, ())
        and _may_equal(region, resource.template.environment.region)
        and _may_equal(account, resource.template.environment.account)
    ]
    return found[0] if len(found) == 1 else None


def _may_equal(one: str, other: str) -> bool:
    return not one or not one.isascii() or one == other or one.startswith("${") or other.startswith("${")


def _by_name(world: "World") -> dict[str, list[Resource]]:
    names: dict[str, list[Resource]] = {}
    for resource in world.of_type(*_PHYSICAL_NAMES):
        name = world.properties(resource)[_PHYSICAL_NAMES[resource.type]].text()
        if name is not None:
            names.setdefault(name, []).append(resource)
    return names
