"""What a mapping does with a batch that the function does not manage."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from constructs_lib.amounts import about, count, duration
from constructs_lib.explain.model import Attempts, End, Fate, Stage, StageName
from constructs_lib.explain.places import kept, kept_by, lost, untold
from constructs_lib.explain.retries import given_up
from constructs_lib.explain.watching import alarmed
from constructs_lib.explain.wording import named, whole
from constructs_lib.facts import (
    KAFKA_RETRIES_WITH_DESTINATION,
    STREAM_RECORD_AGE_UNLIMITED,
    STREAM_RETENTION_DEFAULT_SECONDS,
    STREAM_RETRIES_UNLIMITED,
)
from constructs_lib.graph.failures.queues import redrives, retention, visibility_timeout
from constructs_lib.graph.invokers.mappings import STREAMS, Mapping
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_Found = tuple[Attempts, list[End]]

_HOUR: Final = 3_600
_DISCARDED: Final = "the mapping has no on-failure destination, so that Lambda discards it"


def execution(world: "World", mapping: Mapping) -> Stage:
    """Return what becomes of a batch whose invocation fails."""
    explain = _OF_SERVICE.get(mapping.service or "", _of_unknown)
    attempts, ends = explain(world, mapping)
    return Stage(StageName.EXECUTION, attempts, tuple(ends))


def _of_queue(world: "World", mapping: Mapping) -> _Found:
    return of_queue(world, mapping.queue)


def of_queue(world: "World", queue: Resource | None) -> _Found:
    """Return what becomes of a message that whoever reads the queue does not manage; None is a queue elsewhere."""
    if queue is None:
        words = "as the redrive policy of the queue says, which is not in the app"
        return Attempts(words), [untold("the queue, and its dead-letter queue if it has one, are not in the app")]
    hidden = visibility_timeout(world, queue)
    again = ", a visibility timeout apart"
    if hidden is not None:
        again = f", {duration(hidden)} apart (visibility timeout)" if hidden else ", without a pause"
    redrive = world.once(redrives).get(queue)
    if redrive is not None:
        count_max = redrive.max_receive_count
        ends = [kept(world, queue.template, redrive.target)]
        if count_max is None:
            return Attempts(f"attempts of a number that the templates do not tell{again}"), ends
        seconds = None if hidden is None else count_max * hidden
        if count_max < 2:
            return Attempts(count(count_max, "attempt"), whole(count_max), seconds), ends
        long = f"; {about(seconds)}" if seconds else ""
        return Attempts(f"{count(count_max, 'attempt')}{again}{long}", whole(count_max), seconds), ends
    if not world.properties(queue)["RedrivePolicy"].absent:
        return Attempts(f"as the redrive policy says{again}"), [untold("the redrive policy cannot be read")]
    kept_for = retention(world, queue)
    long = "for a time that the templates do not tell" if kept_for is None else f"for {duration(kept_for)}"
    end = End(Fate.LOST, f"{named(queue)} has no redrive policy, and keeps it {long}", queue, alarmed(world, queue))
    return Attempts(f"again and again{again}, {long} (retention)", None, kept_for), [end]


def _of_stream(world: "World", mapping: Mapping) -> _Found:
    retries, age = _limits(mapping)
    expires = _expiry(world, mapping.source)
    ends = kept_by(world, mapping.resource)
    if retries == STREAM_RETRIES_UNLIMITED and age == STREAM_RECORD_AGE_UNLIMITED:
        words = f"without limit until the record expires ({expires}); meanwhile the records behind it wait"
        return Attempts(words), [lost("the stream drops it when it expires"), *ends]
    return given_up(retries, age), ends or [lost(_DISCARDED)]


def _of_kafka(world: "World", mapping: Mapping) -> _Found:
    ends = kept_by(world, mapping.resource)
    if mapping.is_share_group is not False:
        words = "as the group.share.delivery.count.limit of the broker says"
        return Attempts(words), ends or [untold("what the broker does then, the templates do not tell")]
    retries, age = _limits(mapping)
    if retries == STREAM_RETRIES_UNLIMITED and ends:
        retries = KAFKA_RETRIES_WITH_DESTINATION
    attempts = given_up(retries, age, "without limit until the record expires; meanwhile the records behind it wait")
    limited = attempts.number is not None or attempts.seconds is not None
    return attempts, ends or [lost(_DISCARDED if limited else "the topic drops it when it expires")]


def _of_broker(world: "World", mapping: Mapping) -> _Found:
    del world, mapping
    words = "without limit until it succeeds or the message expires"
    return Attempts(words), [untold("as the broker is set, which the templates do not tell")]


def _of_database(world: "World", mapping: Mapping) -> _Found:
    del world, mapping
    return Attempts("AWS does not say; one change at a time, in order"), [untold("AWS does not say")]


def _of_unknown(world: "World", mapping: Mapping) -> _Found:
    words = "depends on the source, which the templates do not tell"
    return Attempts(words), kept_by(world, mapping.resource) or [untold(words)]


_OF_SERVICE: Final[dict[str, Callable[["World", Mapping], _Found]]] = {
    "sqs": _of_queue,
    **dict.fromkeys(STREAMS, _of_stream),
    "kafka": _of_kafka,
    "mq": _of_broker,
    "rds": _of_database,
}


def _limits(mapping: Mapping) -> tuple[float | None, float | None]:
    retries = mapping.properties["MaximumRetryAttempts"].number(STREAM_RETRIES_UNLIMITED)
    return retries, mapping.properties["MaximumRecordAgeInSeconds"].number(STREAM_RECORD_AGE_UNLIMITED)


def _expiry(world: "World", source: Resource | None) -> str:
    if source is not None and source.type == "AWS::Kinesis::Stream":
        hours = world.properties(source)["RetentionPeriodHours"].number(STREAM_RETENTION_DEFAULT_SECONDS / _HOUR)
        return "its retention is not known" if hours is None else f"after {duration(hours * _HOUR)}"
    default = duration(STREAM_RETENTION_DEFAULT_SECONDS)
    dynamodb = source is not None and source.type.startswith("AWS::DynamoDB::")
    return f"after {default}" if dynamodb else f"after {default}, if the stream keeps the default"
