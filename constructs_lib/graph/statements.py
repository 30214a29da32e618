"""The statements of policies that allow to invoke functions."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from constructs_lib.graph.document import Document, read_document
from constructs_lib.graph.node import Node

INVOKE: Final = "lambda:invokefunction"
INVOKE_URL: Final = "lambda:invokefunctionurl"


def allowing(place: Node, action: str) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Yield the statements of a policy document that allow an action, each with the document it is in."""
    document = None if place.absent else read_document(place)
    policy = document.data if document else None
    if document is None or not isinstance(policy, dict):
        return
    for statement in listed(policy.get("Statement")):
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        if any(matches(one, action) for one in listed(statement.get("Action"))):
            yield document, statement


def matches(pattern: Any, action: str) -> bool:
    """Say whether an action as a policy writes it, wildcards included, is or may be the action."""
    return isinstance(pattern, str) and (fnmatchcase(action, pattern.lower()) or not pattern.isascii())


def listed(value: Any) -> list[Any]:
    """Return a list of what is written as a list or as one thing."""
    return value if isinstance(value, list) else [value]


def principals(statement: dict[str, Any]) -> list[Any]:
    """Return the principals of a statement; those of services as services, ``None`` when there are none."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict):
        return [principal]
    return [one for several in principal.values() for one in listed(several)]
