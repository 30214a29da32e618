"""Takes the records of failed events from a bucket.

An object is deleted without naming its version: where the bucket keeps versions, the record stays as an old one, as it
does for whoever deletes it by hand.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.buckets import BucketReader
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.redrive.patience import Patience
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.server_time import server_time
from constructs_lib.operations.refusals import explained

_TOGETHER: Final = 10
_BYTES_TOGETHER: Final = 8 * 2**20
_READS_AT_ONCE: Final = 16
_AHEAD: Final = 64
_BYTES_AHEAD: Final = 16 * 2**20
_PATIENCE: Final = 30.0


class BucketPlace:
    """A prefix of a bucket that holds failed events.

    Nothing hides an object from others: two runs at once, on two machines, send each event twice.

    Parameters
    ----------
    account
        The account of the bucket.
    place
        The bucket, and the beginning of the keys.
    """

    total: int | None = None
    hidden_seconds = 0
    uses_ids_again = True
    asks_at_once = 1  # so that the order of the keys, which is that of the batches of a shard, is kept

    def __init__(self, account: Account, place: Place) -> None:
        self._client = account.client("s3")
        self._bucket = place.arn.rsplit(":", 1)[-1]
        with explained(f"list s3://{self._bucket}/{place.prefix}"):
            self.began = server_time(self._client.list_objects_v2(Bucket=self._bucket, Prefix=place.prefix, MaxKeys=1))
        self._reader = BucketReader(account, place)
        self._listed = self._reader.listed()
        self._pool = ThreadPoolExecutor(_READS_AT_ONCE, "read")
        self._ahead: deque[tuple[int, Future[FailedEvent | None]]] = deque()

    @property
    def problems(self) -> list[str]:
        """What could not be read, and why."""
        return self._reader.problems

    def receive(self) -> list[FailedEvent]:
        """Read up to ten objects, fewer if they are large; none when all are read.

        Raises
        ------
        OperationError
            When AWS refuses it.
        """
        events: list[FailedEvent] = []
        size = 0
        while len(events) < _TOGETHER and size < _BYTES_TOGETHER:
            self._read_ahead()
            if not self._ahead:
                break
            more, read = self._ahead.popleft()
            if (event := read.result()) is not None:
                events.append(event)
                size += more
        return events

    def _read_ahead(self) -> None:
        while len(self._ahead) < _AHEAD and sum(size for size, _ in self._ahead) < _BYTES_AHEAD:
            if (summary := next(self._listed, None)) is None:
                return
            self._ahead.append((summary["Size"], self._pool.submit(self._reader.event, summary)))

    def remove(self, ids: Sequence[str]) -> dict[str, Reason]:
        """Delete objects; return those that are still there, and why."""
        doing = f"delete objects of s3://{self._bucket}"
        objects = {"Objects": [{"Key": key} for key in ids], "Quiet": True}
        answer: Any = Patience(_PATIENCE).call(
            doing, lambda: self._client.delete_objects(Bucket=self._bucket, Delete=objects)
        )
        if isinstance(answer, Reason):
            return dict.fromkeys(ids, answer)
        return {
            failed["Key"]: Reason(
                f"cannot {doing}: {failed.get('Code', 'no code')}: {failed.get('Message', 'no message')}", refused=True
            )
            for failed in answer.get("Errors", [])
        }

    def hidden(self) -> int:
        """Return zero: nothing hides an object."""
        return 0

    def close(self) -> None:
        """Read no more."""
        self._pool.shutdown(cancel_futures=True)
        self._ahead.clear()
        self._listed.close()
