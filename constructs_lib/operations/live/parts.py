"""The parts of an account that are read, and what stands for each when it cannot be read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from constructs_lib.operations.live.alarms import read_alarms, unread_alarms
from constructs_lib.operations.live.apis import read_http_apis, read_rest_apis
from constructs_lib.operations.live.buckets import read_buckets
from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.firehose import read_delivery_streams
from constructs_lib.operations.live.functions import read_functions
from constructs_lib.operations.live.iot import read_topic_rules
from constructs_lib.operations.live.items import Item, any_caller
from constructs_lib.operations.live.load_balancers import read_load_balancers
from constructs_lib.operations.live.mappings import read_mappings, unread_mappings
from constructs_lib.operations.live.pipes import read_pipes, unread_pipes
from constructs_lib.operations.live.pools import read_pools
from constructs_lib.operations.live.queues import read_queues
from constructs_lib.operations.live.roles import read_roles, unread_roles
from constructs_lib.operations.live.rules import read_rules
from constructs_lib.operations.live.schedules import read_schedules
from constructs_lib.operations.live.state_machines import read_state_machines
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
    Part("roles", read_roles, unread_roles),
    Part("alarms", read_alarms, unread_alarms),
    Part("pipes", read_pipes, unread_pipes),
    Part("state machines", read_state_machines, _callers),
    Part("REST APIs", read_rest_apis, _callers),
    Part("HTTP APIs", read_http_apis),
    Part("user pools", read_pools, _callers),
    Part("IoT rules", read_topic_rules, _callers),
    Part("delivery streams", read_delivery_streams),
    Part("load balancers", read_load_balancers),
)
