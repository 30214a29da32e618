"""Read the live configuration of an account in a region as if it were one template."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from constructs_lib.graph.app import App
from constructs_lib.graph.template import Environment, Template
from constructs_lib.nag.result import Problem
from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.live.buckets import read_bucket_policies
from constructs_lib.operations.live.calls import ODD, Calls, Refusal
from constructs_lib.operations.live.function_policies import read_version_policies
from constructs_lib.operations.live.items import Item, tidy
from constructs_lib.operations.live.keys import with_keys
from constructs_lib.operations.live.leftovers import without_leftovers
from constructs_lib.operations.live.links import Links
from constructs_lib.operations.live.parts import PARTS, Part
from constructs_lib.operations.live.sources import read_sources
from constructs_lib.operations.live.together import together
from constructs_lib.operations.refusals import explained

_AT_ONCE: Final = 6
"""How many parts are read at the same time."""

_MORE: Final = (
    ("bucket policies", read_bucket_policies),
    ("streams and tables", read_sources),
    ("policies of versions", read_version_policies),
)
"""What is read of that only which others name."""


@dataclass(frozen=True)
class Live:
    """The live configuration."""

    app: App
    """One app of one template, with a resource for each thing that was read."""
    problems: list[Problem]
    """What could not be read, and why; it is unknown in the app."""
    arns: Mapping[str, str]
    """The ARNs of the resources by logical id, of those that have one."""
    unread: frozenset[str] = frozenset()
    """The permissions without which something could not be read, and the parts that AWS answered oddly."""


def read_account(account: Account) -> Live:
    """Read how the functions of an account are invoked in a region.

    Parameters
    ----------
    account
        The account and the region.

    Raises
    ------
    OperationError
        When the credentials do not tell which account it is.
    """
    calls = _calls(account)
    items = _with_keys(calls, _read_at_once(calls, PARTS))
    for name, more in _MORE:
        items += _read(Part(name, partial(more, items=items)), calls)
    return _live(calls, list(without_leftovers(calls, items)))


def read_parts(account: Account, parts: Iterable[Part]) -> Live:
    """Read some parts of an account in a region: what is found says nothing about what is missing.

    Parameters
    ----------
    account
        The account and the region.
    parts
        The parts. For rules, read all: see ``read_account``.

    Raises
    ------
    OperationError
        When the credentials do not tell which account it is.
    """
    calls = _calls(account)
    return _live(calls, _read_at_once(calls, parts))


def _calls(account: Account) -> Calls:
    with explained("find out which account it is"):
        _ = account.id
    return Calls(account)


def _read_at_once(calls: Calls, parts: Iterable[Part]) -> list[Item]:
    read = together(lambda part: _read(part, calls), parts, _AT_ONCE, calls.stop)
    return list({item.logical_id: item for items in read for item in items}.values())


def _live(calls: Calls, items: Sequence[Item]) -> Live:
    account = calls.account
    path = Path("aws") / account.id / account.region
    template = Template(path, {"Resources": _resources(items)}, Environment(account.id, account.region))
    arns = {item.logical_id: item.arn for item in items if item.arn is not None}
    return Live(App([template]), [_problem(path, one) for one in calls.refusals], arns, calls.unread)


def _read(part: Part, calls: Calls) -> list[Item]:
    """Return what a part holds, and what stands for it, or for the rest of it, when AWS refuses."""
    items: list[Item] = []
    try:
        items.extend(part.read(calls))
    except OperationError:
        items.extend(part.unread())
    except ODD as error:
        calls.note_odd(part.name, error)
        items.extend(part.unread())
    return items


def _with_keys(calls: Calls, items: list[Item]) -> list[Item]:
    try:
        return list(with_keys(calls, items))
    except ODD as error:
        calls.note_odd("keys", error)
        return items  # of a key that is not there, nothing is concluded


def _resources(items: Collection[Item]) -> dict[str, Any]:
    links = Links(items)
    return {
        item.logical_id: {
            "Type": item.type,
            "Properties": links.made(tidy(item.properties)),
            # What messages call it; the kind stands beside it there.
            "Metadata": {"aws:cdk:path": item.logical_id},
        }
        for item in items
    }


def _problem(path: Path, refusal: Refusal) -> Problem:
    more = f" (and {refusal.count - 1} more like it)" if refusal.count > 1 else ""
    needed = f"; reading it needs {refusal.permission}" if refusal.permission else ""
    return Problem(path, f"{refusal.message}{more}{needed}")
