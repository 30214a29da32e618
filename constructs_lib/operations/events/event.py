"""The normal form of a failed event."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class Stage(Enum):
    """Where on its way an event failed."""

    DELIVERY = "delivery"
    """Its source could not hand it to Lambda."""
    EXECUTION = "execution"
    """The handler did not do its work."""


class Origin(Enum):
    """Who put a failed event where it waits, and so which format it has."""

    FUNCTION_DLQ = "function dead-letter queue"
    DESTINATION = "on-failure destination"
    SOURCE_QUEUE = "source queue"
    """A message that SQS moved from a queue to its dead-letter queue."""
    STREAM_BATCH = "stream batch"
    """The record of a batch of a Kinesis or DynamoDB stream; with the records only in a bucket."""
    KAFKA_BATCH = "Kafka batch"
    SUBSCRIPTION = "SNS subscription"
    RULE = "EventBridge rule"
    SCHEDULE = "schedule"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Failure:
    """Why an event failed, as far as the place tells."""

    message: str | None = None
    type: str | None = None
    """The name of the error, such as ``ValueError``, or the code that the source gives."""
    condition: str | None = None
    """Why there were no more attempts, such as ``RetriesExhausted``; an open set."""
    trace: tuple[str, ...] = ()
    """The lines of the stack trace, if the answer of the function has them."""


@dataclass(frozen=True)
class Stored:
    """A message or an object as it lies in a place."""

    id: str
    """The id of the message; of an object, its key."""
    body: str
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The message attributes, as the SQS API gives them."""
    system: dict[str, str] = field(default_factory=dict)
    """The attributes that SQS sets, such as ``SentTimestamp`` and ``DeadLetterQueueSourceArn``."""
    handle: str = ""
    """The receipt handle of the message; of an object, its version."""
    stored_at: datetime | None = None
    """When it got there, as far as the place tells."""


@dataclass(frozen=True)
class FailedEvent:
    """An event that failed."""

    stored: Stored
    origin: Origin
    stage: Stage | None = None
    function: str | None = None
    """The ARN of the function, with the qualifier that was invoked if it is known."""
    source: str | None = None
    """The ARN of the queue, stream, topic, rule or schedule it came from."""
    target: str | None = None
    """The ARN of the target of the rule or schedule, or of the SNS subscription, if the event itself names it."""
    failure: Failure = Failure()
    request: str | None = None
    """The id of the request that failed, by which its lines are found in the log of the function."""
    attempts: int | None = None
    first: datetime | None = None
    """When the event happened or was first tried, as far as the place tells."""
    last: datetime | None = None
    """When it was given up."""
    payload: Any = None
    """What the function got, or was to get, as parsed JSON; of an SQS message its text. None when only metadata."""
    payload_text: str | None = None
    """The payload to the letter, as JSON text (parsing can change numbers); of an SQS message its text. None when there
    is no payload, while a ``payload`` of None can be JSON's null."""
    batch: "Batch | None" = None
    """Where the records of a stream batch are."""
    why_raw: str | None = None
    """Why this is no known format, or is not whole. Such an event can be shown only as it is stored."""


@dataclass(frozen=True)
class Batch:
    """A range of records in a stream."""

    stream: str
    """The ARN."""
    shard: str
    start: str
    """The sequence number of the first record."""
    end: str
    size: int
