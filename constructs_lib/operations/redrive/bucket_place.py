"""Takes the records of failed events from a bucket.

An object is deleted without naming its version: where the bucket keeps versions, the record stays as an old one, as it
does for whoever deletes it by hand.
"""

from collections.abc import Sequence
from itertools import islice
from threading import Lock
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

    def __init__(self, account: Account, place: Place) -> None:
        self._client = account.client("s3")
        self._bucket = place.arn.rsplit(":", 1)[-1]
        with explained(f"list s3://{self._bucket}/{place.prefix}"):
            self.began = server_time(self._client.list_objects_v2(Bucket=self._bucket, Prefix=place.prefix, MaxKeys=1))
        reader = BucketReader(account, place)
        self.problems = reader.problems
        self._events = reader.events(None)
        self._lock = Lock()

    def receive(self) -> list[FailedEvent]:
        """Read up to ten objects; none when all are read.

        Raises
        ------
        OperationError
            When AWS refuses it.
        """
        with self._lock:
            return list(islice(self._events, _TOGETHER))

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
        self._events.close()
