"""Reads failed events where they lie, and leaves them there."""

from collections.abc import Callable, Generator, Iterator
from types import TracebackType
from typing import Any, Final, Self

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.buckets import BucketReader
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.queues import QueueReader
from constructs_lib.operations.places.place import Kind, Place

_READERS: Final[dict[Kind, Callable[[Account, Place], QueueReader | BucketReader]]] = {
    Kind.QUEUE: QueueReader,
    Kind.BUCKET: BucketReader,
}
_ELSEWHERE: Final = {
    Kind.TOPIC: "subscribe a queue to it, and read that",
    Kind.FUNCTION: "see the log of the function, which got the events",
    Kind.BUS: "add a rule with a queue as target, and read that",
    Kind.KAFKA_TOPIC: "read it with a consumer of Kafka",
}


class Reading:
    """The failed events of a place; to be used in a ``with`` statement, or iterated to the end.

    Messages of a queue are hidden from others until then, and at once visible again afterwards.
    """

    def __init__(self, reader: QueueReader | BucketReader, limit: int | None) -> None:
        self._reader = reader
        self._events: Generator[FailedEvent, Any, None] = reader.events(limit)

    @property
    def problems(self) -> list[str]:
        """What could not be read so far, and why."""
        return self._reader.problems

    @property
    def rest(self) -> str | None:
        """What more there is, in words, once all is read; None when that is nothing."""
        return self._reader.rest

    def __iter__(self) -> Iterator[FailedEvent]:
        return self._events

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._events.close()


def read_failures(account: Account, place: Place, *, limit: int | None = None) -> Reading:
    """Read failed events without consuming them.

    Parameters
    ----------
    account
        The account of the place.
    place
        A queue, or a bucket.
    limit
        How many to read. Default: all.

    Returns
    -------
    Reading
        Yields the events, and knows what could not be read. An error that ends it comes from the iteration.

    Raises
    ------
    OperationError
        When such a place cannot be read; in the iteration: when a queue has a dead-letter queue itself, so that a look
        would move messages on, and when AWS refuses a call, or cannot be reached.
    """
    if place.kind not in _READERS:
        raise OperationError(
            f"expected a queue or a bucket, found the {place.kind.value} {place.arn}, which keeps nothing that can be "
            f"read here; {_ELSEWHERE[place.kind]}",
            Exit.USAGE,
        )
    return Reading(_READERS[place.kind](account, place), limit)
