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
    """The ARN of what names the place: a function, a queue, a mapping, a subscription, a rule or a schedule.

    Empty where somebody says so without naming it: then it is any of the origin.
    """
    functions: tuple[str, ...] = ()
    """The ARNs of the functions that are to get the events; several can poll one queue.

    With their qualifiers, but without ``$LATEST``: permissions to invoke a function are for such an ARN.
    """
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
    uses_are_whole: bool = True
    """Whether there are no other uses, as all of the configuration that can name the place could be read."""

    @property
    def name(self) -> str:
        """What people call it, and ``find_place`` takes: of a queue its name, of a bucket ``s3://bucket/prefix``."""
        if self.kind is Kind.BUCKET:
            return f"s3://{self.arn.rpartition(':')[2]}/{self.prefix}"
        if self.kind is Kind.FUNCTION:
            return self.arn.partition(":function:")[2]
        return self.arn if self.kind is Kind.KAFKA_TOPIC else self.arn.rpartition(":")[2].rpartition("/")[2]

    @property
    def can_be_read(self) -> bool:
        """Whether events wait there until somebody takes them; topics, functions and buses hand them on at once."""
        return self.kind in (Kind.QUEUE, Kind.BUCKET)
