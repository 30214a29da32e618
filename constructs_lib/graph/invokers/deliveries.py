"""How EventBridge rules, schedules, subscribers and pipes hand events to functions, and what they do on failure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.facts import DELIVERY_EVENT_AGE_MIN_SECONDS
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.node import Node

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

RULE: Final = "AWS::Events::Rule"
SCHEDULE: Final = "AWS::Scheduler::Schedule"
SUBSCRIBER: Final = "AWS::EventsV2::Subscriber"
PIPE: Final = "AWS::Pipes::Pipe"

_STREAMS: Final = ("KinesisStreamParameters", "DynamoDBStreamParameters")
"""What only a pipe from a stream has; only such a pipe has a dead-letter queue of its own (facts V21)."""


@dataclass(frozen=True, eq=False)
class Delivery:
    """One target of a rule, a schedule, a subscriber, or a pipe from a stream, that is a function of the app."""

    invocation: Invocation
    dead_letter: Node
    """Where the dead-letter queue is set."""
    attempts: Node
    """Where the number of retries is set."""
    age: Node
    """Where the maximum age of an event is set, in seconds."""

    @property
    def gives_up(self) -> Node | None:
        """The setting by which an event is tried once, or for a minute only; None when it certainly is not."""
        if self.attempts.number() == 0:
            return self.attempts
        age = self.age.number()
        return self.age if age is not None and 0 < age <= DELIVERY_EVENT_AGE_MIN_SECONDS else None


def deliveries(world: "World") -> Sequence[Delivery]:
    """Return the deliveries that are turned on; ask with ``world.once``."""
    return [
        delivery
        for several in world.once(invocations).values()
        for one in several
        for delivery in _deliveries(one, world.properties(one.resource))
    ]


def _deliveries(one: Invocation, properties: Node) -> Iterator[Delivery]:
    if properties["State"].text() == "DISABLED" or properties["DesiredState"].text() == "STOPPED":
        return
    if one.resource.type in (RULE, SCHEDULE):
        retry = one.settings["RetryPolicy"]
        dead_letter = one.settings["DeadLetterConfig"]
        yield Delivery(one, dead_letter, retry["MaximumRetryAttempts"], retry["MaximumEventAgeInSeconds"])
    elif one.resource.type == SUBSCRIBER:
        retry = properties["RetryPolicy"]
        dead_letter = properties["OnFailureConfiguration"]
        yield Delivery(one, dead_letter, retry["MaxRetryAttempts"], retry["MaxEventAgeInSeconds"])
    elif one.resource.type == PIPE and one.evidence.dotted == "Target":
        for name in _STREAMS:
            source = properties.get(f"SourceParameters.{name}")
            if source.present:
                retries, age = source["MaximumRetryAttempts"], source["MaximumRecordAgeInSeconds"]
                yield Delivery(one, source["DeadLetterConfig"], retries, age)
