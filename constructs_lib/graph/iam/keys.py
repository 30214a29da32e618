"""The key that encrypts a queue, a topic or a bucket."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Reference

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

KEY: Final = "AWS::KMS::Key"

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


def keys_of(world: "World", resource: Resource) -> list[Resource]:
    """Return the keys of the app that encrypt a resource, through an alias or not."""
    found = []
    for place in key_places(world, resource):
        value = place.value
        if isinstance(value, Reference) and value.resource.type == "AWS::KMS::Alias":
            value = world.properties(value.resource)["TargetKeyId"].value
        if isinstance(value, Reference) and value.resource.type == KEY:
            found.append(value.resource)
    return found
