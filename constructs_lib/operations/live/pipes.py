"""EventBridge Pipes."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import OPEN, UNREAD, Item, taken

_TYPE: Final = "AWS::Pipes::Pipe"
_SAME: Final = (
    "Name",
    "DesiredState",
    "Source",
    "SourceParameters",
    "Enrichment",
    "Target",
    "TargetParameters",
    "RoleArn",
)


def read_pipes(calls: Calls) -> Iterator[Item]:
    """Yield the pipes of the region."""
    found = calls.pages("pipes.list_pipes", "Pipes", "list the pipes")
    yield from calls.each(lambda one: _pipe(calls, one), found)


def unread_pipes() -> Iterator[Item]:
    """Yield a pipe that may read any queue and invoke any function."""
    yield Item("unread", "pipes", _TYPE, {"Source": UNREAD, "Target": UNREAD, "TargetParameters": UNREAD})


def _pipe(calls: Calls, found: dict[str, Any]) -> Item:
    answer = calls.maybe("pipes.describe_pipe", f"read the pipe {found['Name']}", Name=found["Name"])
    properties = taken(found, *_SAME) | OPEN if answer is None else taken(answer, *_SAME)
    return Item("pipe", found["Name"], _TYPE, properties, found.get("Arn"))
