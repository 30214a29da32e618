"""The key that encrypts a queue, a topic or a bucket."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.nearest import nearest
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import Reference

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

KEY: Final = "AWS::KMS::Key"
ALIAS: Final = "AWS::KMS::Alias"

_PLACES: Final = {
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::Kinesis::Stream": "StreamEncryption.KeyId",
    "AWS::S3::Bucket": "BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault"
    ".KMSMasterKeyID",
}


def key_places(world: "World", resource: Resource) -> list[Node]:
    """Return the properties that name the key of a resource."""
    pattern = _PLACES.get(resource.type)
    return [node for _, node in world.properties(resource).select(pattern)] if pattern else []


def _named(world: "World", place: Node) -> Resource | None:
    """Return the alias of the app that a property names as a text, or by an ARN."""
    name = (place.text() or "").rpartition(":")[2]
    found = nearest(place.resource.template, world.once(_aliases).get(name, ()))
    return found if isinstance(found, Resource) else None


def _aliases(world: "World") -> dict[str, list[tuple[Template, Resource]]]:
    found: dict[str, list[tuple[Template, Resource]]] = {}
    for alias in world.of_type(ALIAS):
        found.setdefault(world.properties(alias)["AliasName"].text() or "", []).append((alias.template, alias))
    return found


def keys_of(world: "World", resource: Resource) -> list[Resource]:
    """Return the keys of the app that encrypt a resource, through an alias or not."""
    found = []
    for place in key_places(world, resource):
        value = place.value
        alias = value.resource if isinstance(value, Reference) else _named(world, place)
        if alias is not None and alias.type == ALIAS:
            value = world.properties(alias)["TargetKeyId"].value
        if isinstance(value, Reference) and value.resource.type == KEY:
            found.append(value.resource)
    return found
