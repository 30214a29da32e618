"""A place in which failed events wait, and who puts them there."""

from dataclasses import dataclass
from enum import Enum

from constructs_lib.operations.events.event import Origin


class Kind(Enum):
    """What a place is."""

    QUEUE = "queue"
    BUCKET = "bucket"
    TOPIC = "topic"
    FUNCTION = "function"
    BUS = "event bus"
    KAFKA_TOPIC = "Kafka topic"


@dataclass(frozen=True)
class Use:
    """Whose failed events go to a place."""

    origin: Origin
    owner: str
    """The ARN of what names the place: a function, a queue, a mapping, a subscription, a rule or a schedule."""
    functions: tuple[str, ...] = ()
    """The ARNs of the functions that are to get the events, with their qualifiers; several can poll one queue."""
    source: str | None = None
    """The ARN of the queue, stream, topic, rule or schedule the events come from; None for the function itself."""
    partial_batches: bool = False
    """Whether the mapping of a stream reads ``batchItemFailures`` from the answer."""


@dataclass(frozen=True)
class Place:
    """A place in which failed events wait."""

    kind: Kind
    arn: str
    """The ARN; of a Kafka topic ``kafka://topic``."""
    uses: tuple[Use, ...]
    prefix: str = ""
    """Of a bucket: the beginning of the keys under which failed events lie."""
