"""The parts of an account that are read, and what stands for each when it cannot be read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from constructs_lib.operations.live.buckets import read_buckets
from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.functions import read_functions
from constructs_lib.operations.live.items import Item, any_caller
from constructs_lib.operations.live.mappings import read_mappings, unread_mappings
from constructs_lib.operations.live.queues import read_queues
from constructs_lib.operations.live.rules import read_rules
from constructs_lib.operations.live.schedules import read_schedules
from constructs_lib.operations.live.topics import read_subscriptions, read_topics, unread_subscriptions


def _nothing() -> Iterator[Item]:
    yield from ()


def _callers() -> Iterator[Item]:
    yield any_caller()


@dataclass(frozen=True)
class Part:
    """A part of an account."""

    name: str
    read: Callable[[Calls], Iterable[Item]]
    """Yields what there is; raises an ``OperationError`` when AWS does not tell."""
    unread: Callable[[], Iterable[Item]] = _nothing
    """Yields what stands for the part then: whatever others conclude from its absence has to be open."""


PARTS: Final = (
    # What names a function, a queue or a topic that is not known, names nothing of the account: nothing is concluded.
    Part("functions", read_functions),
    Part("queues", read_queues),
    Part("topics", read_topics),
    Part("mappings", read_mappings, unread_mappings),
    Part("subscriptions", read_subscriptions, unread_subscriptions),
    Part("rules", read_rules, _callers),
    Part("schedules", read_schedules, _callers),
    Part("buckets", read_buckets, _callers),
)
