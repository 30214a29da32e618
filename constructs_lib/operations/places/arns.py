"""The ARNs that the live configuration names."""

from collections.abc import Mapping

from constructs_lib.graph.invokers.targets import LATEST, Target, find_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Reference, Value


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
    """Return the ARN of a queue from its URL at AWS, ``https://sqs.<region>.amazonaws.com/<account>/<name>``."""
    parts = url.split("/")
    host = parts[2].split(".") if len(parts) == 5 else []
    if len(host) < 4 or host[0] != "sqs":
        return None
    partition = "aws-cn" if host[-1] == "cn" else "aws"
    return f"arn:{partition}:sqs:{host[1]}:{parts[3]}:{parts[4]}"
