"""Where a failed event belongs.

An event that failed in a function, or on its way there, goes to the function, asynchronously, as it came. A message
goes back to its queue. The records of a stream go to the function at once, synchronously: nothing catches what fails
in a function that polls, so only its answer says that they are done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from constructs_lib.operations.events.event import FailedEvent, Origin
from constructs_lib.operations.places.place import Place, Use
from constructs_lib.operations.redrive.payloads import payload_of
from constructs_lib.operations.redrive.reason import Reason

_LATEST: Final = ":$LATEST"
_BATCHES: Final = (Origin.STREAM_BATCH, Origin.KAFKA_BATCH)


class Way(Enum):
    """How an event gets home."""

    INVOKE = "asynchronous invocation"
    BATCH = "synchronous invocation with the records"
    QUEUE = "message"


@dataclass(frozen=True)
class Home:
    """Where an event belongs."""

    way: Way
    arn: str
    """The ARN of the queue, or of the function with the qualifier; of a function also its name."""
    lane: str | None = None
    """Events of one lane go one at a time: a message group, or a shard."""
    partial_batches: bool | None = False
    """Whether the mapping reads ``batchItemFailures`` from the answer; None when it is not known."""

    def __str__(self) -> str:
        return f"{self.way.value} to {self.arn}" if self.way is Way.QUEUE else f"{self.way.value} of {self.arn}"


def home_of(event: FailedEvent, place: Place, to: str | None = None) -> Home | Reason:
    """Return where an event belongs, or why that cannot be said.

    Parameters
    ----------
    event
        The event.
    place
        Where it waits; what the event does not tell, its uses do.
    to
        The name or ARN of a function that is to get the event instead.
    """
    if event.origin is Origin.UNKNOWN:
        return Reason(f"its format is not known: {event.why_raw or 'it is none of Lambda or its sources'}")
    if to is not None:
        return _of_function(event, to)
    if event.origin is Origin.SOURCE_QUEUE:
        return _of_queue(event, place)
    function = event.function or _function_of(event, place)
    if isinstance(function, Reason):
        return function
    function = function.removesuffix(_LATEST)
    if event.origin in _BATCHES:
        return _of_batch(event, place, function)
    return _of_function(event, function)


def _function_of(event: FailedEvent, place: Place) -> str | Reason:
    """Return the function of an event that names none, unless it names something else."""
    if event.target is not None and event.origin is not Origin.SUBSCRIPTION:
        return Reason(f"its target is {event.target}, which is no function")
    # A use without a function is one of others, whose event this can be.
    found = {use.functions for use in _uses(event, place)}
    functions = found.pop() if len(found) == 1 else ()
    if len(functions) == 1:
        return functions[0]
    if event.target is not None:
        return Reason(f"its subscription {event.target} is gone, or serves no function; give --to FUNCTION")
    return Reason("the event does not name its function, and the place serves none or several; give --to FUNCTION")


def _of_function(event: FailedEvent, function: str) -> Home | Reason:
    if event.batch is None or event.payload_text is not None:
        payload = payload_of(event)
        if isinstance(payload, Reason):
            return payload
    return Home(Way.INVOKE, function)


def _of_queue(event: FailedEvent, place: Place) -> Home | Reason:
    queue = event.stored.system.get("DeadLetterQueueSourceArn") or event.source
    queue = queue or _only(use.source for use in _uses(event, place) if use.source)
    if queue is None:
        return Reason("the message does not name its queue, and the place serves none or several; give --to FUNCTION")
    group = event.stored.system.get("MessageGroupId")
    if not queue.endswith(".fifo"):
        return Home(Way.QUEUE, queue)
    if group is None:
        return Reason("its queue is FIFO, and the message names no message group")
    return Home(Way.QUEUE, queue, lane=f"{queue} {group}")


def _of_batch(event: FailedEvent, place: Place, function: str) -> Home | Reason:
    if event.payload_text is None and event.batch is None:
        return Reason("the record does not say where the records of the batch are, nor does it hold them")
    uses = [use for use in _uses(event, place) if function in {name.removesuffix(_LATEST) for name in use.functions}]
    partial = any(use.partial_batches for use in uses) if uses else None
    shard = f"{event.batch.stream} {event.batch.shard}" if event.batch else event.source
    return Home(Way.BATCH, function, lane=f"{function} {shard}" if shard else None, partial_batches=partial)


def _uses(event: FailedEvent, place: Place) -> list[Use]:
    uses = [use for use in place.uses if use.origin is event.origin]
    if event.origin is Origin.SUBSCRIPTION and event.target is not None:
        uses = [use for use in uses if use.owner in (event.target, "")]
    return [use for use in uses if event.source is None or use.source in (None, event.source)]


def _only(names: Iterable[str]) -> str | None:
    found = set(names)
    return found.pop() if len(found) == 1 else None
