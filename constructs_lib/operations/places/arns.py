"""The ARNs that the live configuration names."""

import re
from collections.abc import Mapping
from typing import Final

from constructs_lib.graph.invokers.targets import LATEST, Target, find_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Reference, Value
from constructs_lib.operations.partitions import partition_of

_AT_AWS: Final = re.compile(
    r"https?://(?:(?:[\w-]+\.)?sqs(?:-fips)?\.(?P<region>[a-z0-9-]+)|(?:(?P<older>[a-z0-9-]+)\.)?queue)"
    r"(?:\.vpce)?\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?::443)?/(?P<account>\d{12})/(?P<name>[^/]+)"
)


def arn_of(value: Value, arns: Mapping[str, str]) -> str | None:
    """Return the ARN that a value is, or that the resource has to which it refers; None when it tells neither."""
    if isinstance(value, Reference):
        return arns.get(value.resource.logical_id)
    if not isinstance(value, str):
        return None
    return queue_arn(value) if value.startswith("http") else value


def function_arn(node: Node, arns: Mapping[str, str], qualifier: str | None = None) -> str | None:
    """Return the ARN of the function that a place names, qualified if it is; None when it names none.

    Parameters
    ----------
    node
        The place.
    arns
        The ARNs of the resources, by logical id.
    qualifier
        The qualifier when it stands elsewhere.
    """
    target = find_target(node)
    if isinstance(target, Target):
        found = arns.get(target.function.logical_id)
        named = target.qualifier if isinstance(target.qualifier, str) else None
    else:
        # One of another account, or one that is deleted.
        text = node.text() or ""
        fields = text.split(":")
        if fields[0] != "arn" or len(fields) < 7 or (fields[2], fields[5]) != ("lambda", "function"):
            return None
        found, named = ":".join(fields[:7]), ":".join(fields[7:]) or None
    name = qualifier or named
    return f"{found}:{name}" if found and name not in (None, LATEST) else found


def queue_arn(url: str) -> str | None:
    """Return the ARN of a queue from its URL at AWS, ``https://sqs.<region>.amazonaws.com/<account>/<name>``.

    SQS also answers at older and at private addresses. Source: general/latest/gr/sqs-service.html.
    """
    found = _AT_AWS.fullmatch(url)
    if found is None:
        return None
    region = found["region"] or found["older"] or "us-east-1"
    return f"arn:{partition_of(region)}:sqs:{region}:{found['account']}:{found['name']}"
