"""Whether the ``Resource`` of a policy statement is, or covers, a resource of the app."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import REF_IS_ARN, named, physical_name
from constructs_lib.graph.iam import globs
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.invokers.targets import FUNCTION, Target, is_opaque, target_of
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Reference, Scalar, Text, Unknown, Value, fold, unfold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

STREAM_KEY: Final = "/stream/"
"""What the ARN of a table's stream has after that of the table."""

_SERVICES: Final = {
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::SNS::Topic": ("sns", ""),
    "AWS::S3::Bucket": ("s3", ""),
    "AWS::Kinesis::Stream": ("kinesis", "stream/"),
    "AWS::Kinesis::StreamConsumer": ("kinesis", "stream/"),
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::DynamoDB::GlobalTable": ("dynamodb", "table/"),
    "AWS::Events::EventBus": ("events", "event-bus/"),
    "AWS::KMS::Key": ("kms", "key/"),
}
"""The service in the ARN of a resource, and what stands before its name."""
_NOT_BY_NAME: Final = ("AWS::KMS::Key", "AWS::Events::EventBus", "AWS::Kinesis::StreamConsumer")
"""What is not looked up by its name."""
_NAME: Final = re.compile(r"[^/:]*")


@dataclass(frozen=True)
class Asked:
    """What a statement is asked about: a resource, or what lies below it."""

    resource: Resource
    key: str = ""
    """A pattern of what follows the ARN of the resource: ``/in/*`` for the objects of a bucket with a prefix."""


def coverage(world: "World", here: Template, value: Value, asked: Asked) -> Verdict:
    """Say whether a value in a policy, wildcards included, denotes or covers what is asked about."""
    key = below(world, here, value, asked.resource)
    if not isinstance(key, str):
        return Verdict.NO if key is None else Verdict.MAYBE
    if globs.covers(key, asked.key):
        return Verdict.YES
    return Verdict.MAYBE if globs.overlap(key, asked.key) else Verdict.NO


def below(world: "World", here: Template, value: Value, resource: Resource) -> str | Unknown | None:
    """Return the pattern of what of a resource a value in a policy denotes.

    Returns
    -------
    str or Unknown or None
        What follows the ARN of the resource: empty for the resource itself, ``/*`` for all that is in it. None when
        the value certainly denotes something else.
    """
    if not isinstance(value, Scalar | Text | Reference):
        return UNKNOWN
    if value == "*":
        return "*"
    text, holes = fold(value)
    if text[:1] in holes:
        return _of_reference(world, here, holes[text[0]], _key(text[1:], holes), resource)
    fields = text.split(":", 5)
    service, kind = _SERVICES.get(resource.type, ("", ""))
    if len(fields) < 6 or not fields[2].isascii() or not service or "*" in fields[2]:
        return UNKNOWN if "*" in text or holes else None
    if fields[2] != service:
        return None
    if not fields[5].startswith(kind):
        return UNKNOWN if any(one in holes or one in "*?" for one in fields[5][: len(kind)]) else None
    rest = fields[5].removeprefix(kind)
    name = _NAME.match(rest)
    assert name is not None  # it matches nothing, too
    key = _key(rest[name.end() :], holes)
    return _of_name(world, here, unfold(name[0], holes), key, resource, (service, *fields[3:5]))


def _of_reference(
    world: "World", here: Template, part: Reference | Unknown, key: str | Unknown, resource: Resource
) -> str | Unknown | None:
    if part is UNKNOWN or is_opaque(part.resource):
        return UNKNOWN
    if part.resource is not resource:
        # Whether what allows to invoke a function is for its aliases as well is not decided here.
        target = target_of(world, here, part) if resource.type == FUNCTION else None
        return UNKNOWN if isinstance(target, Target) and target.function is resource else None
    if part.attribute == "StreamArn":
        return STREAM_KEY + "*"
    is_arn = (part.attribute or "").endswith("Arn") or resource.type in REF_IS_ARN
    return key if is_arn else UNKNOWN


def _of_name(
    world: "World", here: Template, name: Value, key: str | Unknown, resource: Resource, place: tuple[str, ...]
) -> str | Unknown | None:
    if isinstance(name, Reference):
        if name.resource is resource:
            return key
        return UNKNOWN if is_opaque(name.resource) else None
    if not isinstance(name, str) or not any(one in name for one in "*?"):
        service, region, account = place
        known = named(world, here, service, name, region, account)
        if known is resource:
            return key
        return UNKNOWN if known is UNKNOWN or resource.type in _NOT_BY_NAME else None
    own = physical_name(world, resource)
    if key is UNKNOWN or ((own is None or "${" in own) and name != "*"):
        return UNKNOWN
    if name == "*":
        return "*" + key
    # A wildcard at the end of the name matches what follows as well.
    return ("*" if name.endswith("*") else "") + key if globs.covers(name, own or "") else None


def _key(text: str, holes: "dict[str, Reference | Unknown]") -> str | Unknown:
    return UNKNOWN if any(one in holes for one in text) else text
