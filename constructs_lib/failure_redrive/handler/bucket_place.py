"""Objects of a bucket as the place that events are taken from."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Stored
from constructs_lib.operations.events.messages import stored_object
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.refusals import is_denied, is_missing, refusal

_LARGEST: Final = 16 * 1024**2
"""A record has at most a request and a response of 6 MB each. Source:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""


class BucketPlace:
    """Takes the objects that Step Functions has listed.

    Parameters
    ----------
    account
        The account to call.
    bucket
        The name of the bucket.
    pool
        Reads and removes several at once.
    """

    def __init__(self, account: Account, bucket: str, pool: Executor) -> None:
        self._client = account.client("s3")
        self._bucket = bucket
        self._pool = pool

    def take(self, items: Sequence[dict[str, Any]]) -> list[Stored | Reason | None]:
        """Return objects, as the Distributed Map has listed them: why one cannot be read, None if it is gone."""
        return list(self._pool.map(self._read, items))

    def remove(self, events: Sequence[Stored]) -> set[str]:
        """Remove events; return the keys of those that could not be removed."""
        return {key for key in self._pool.map(self._remove, events) if key is not None}

    def _read(self, item: dict[str, Any]) -> Stored | Reason | None:
        from botocore.exceptions import BotoCoreError, ClientError

        key, size = item["Key"], item.get("Size", 0)
        if size > _LARGEST or not size:
            # What has no content and ends so is what consoles make for a folder.
            return None if key.endswith("/") and not size else Reason("it is empty, or too large for a failed event")
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            body = answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            if is_missing(error) or (is_denied(error) and self._is_gone(key)):
                return None
            return Reason(str(refusal(error, "read an object of the failure bucket")), refused=True)
        try:
            return stored_object(key, answer.get("VersionId"), body.decode(), answer["LastModified"])
        except UnicodeDecodeError:
            return Reason("it is no text in UTF-8")

    def _is_gone(self, key: str) -> bool:
        """Ask, as S3 denies reading what is not there to those who may not list the whole bucket."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        except (ClientError, BotoCoreError):
            return False
        return all(entry["Key"] != key for entry in found.get("Contents", []))

    def _remove(self, event: Stored) -> str | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.delete_object(Bucket=self._bucket, Key=event.id)
        except (ClientError, BotoCoreError):
            return event.id
        return None
