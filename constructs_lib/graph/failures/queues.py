"""What a queue does with its messages: how long it keeps and hides them, and where it moves those that fail."""

from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.facts import (
    MAX_RECEIVE_COUNT_DEFAULT,
    RETENTION_DEFAULT_SECONDS,
    VISIBILITY_TIMEOUT_DEFAULT_SECONDS,
)
from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.document import Document, read_document
from constructs_lib.graph.failures.fifo import is_fifo
from constructs_lib.graph.invokers.mappings import QUEUE, Mapping
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Scalar, Value, scalar_number

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


@dataclass(frozen=True, eq=False)
class Redrive:
    """The redrive policy of a queue."""

    queue: Resource
    """The queue whose failed messages are moved."""
    target: Value
    """The ARN of the dead-letter queue."""
    dead_letter_queue: Resource | None
    """None when it is not in the app."""
    max_receive_count: float | None
    """None when unknown."""


def redrives(world: "World") -> Lookup[Resource, Redrive]:
    """Return the redrive policies that can be read, by the queue they are of; ask with ``world.once``."""
    found = {}
    for queue in world.of_type(QUEUE):
        policy = read_policy(world.properties(queue)["RedrivePolicy"])
        if policy is None:
            continue
        target = policy.value(policy.data.get("deadLetterTargetArn"))
        moved = resource_of(world, queue.template, target)
        if moved is not None and (moved.type != QUEUE or not world.exists(moved)):
            moved = None
        found[queue] = Redrive(queue, target, moved, _number(policy, "maxReceiveCount", MAX_RECEIVE_COUNT_DEFAULT))
    return found


def read_policy(place: Node) -> Document | None:
    """Read a redrive policy, or a redrive allow policy, that is an object or its JSON text; None when unknown."""
    document = None if place.absent else read_document(place)
    known = document is not None and isinstance(document.data, dict) and "Fn::Transform" not in document.data
    return document if known else None


def retention(world: "World", queue: Resource) -> float | None:
    """Return how long a queue keeps a message, in seconds; None when unknown."""
    return world.properties(queue)["MessageRetentionPeriod"].number(RETENTION_DEFAULT_SECONDS)


def visibility_timeout(world: "World", queue: Resource) -> float | None:
    """Return how long a queue hides a message that was received, in seconds; None when unknown."""
    return world.properties(queue)["VisibilityTimeout"].number(VISIBILITY_TIMEOUT_DEFAULT_SECONDS)


def reads_fifo(mapping: Mapping) -> bool | None:
    """Say whether the source of an SQS mapping is a FIFO queue; None when unknown."""
    arn = mapping.properties["EventSourceArn"].value
    return is_fifo(mapping.properties.world, mapping.resource.template, arn)


def _number(policy: Document, name: str, default: float) -> float | None:
    raw = policy.data.get(name, default)
    value = policy.value(raw) if isinstance(raw, str) else raw
    return scalar_number(value) if isinstance(value, Scalar) else None
