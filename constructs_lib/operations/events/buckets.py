"""Reads the objects that Lambda writes about failed events.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html and
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html (the keys)
"""

from collections.abc import Generator
from threading import Lock
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.messages import stored_object
from constructs_lib.operations.events.parsing import parse, unknown
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.refusals import error_code, explained, is_missing, refusal

_PREFIX: Final = "aws/lambda/"
"""The beginning of all keys that Lambda writes."""
_LARGEST: Final = 64 * 2**20
"""No record is as large: the largest payload has 6 MB, as text within JSON at most six times as much."""


class BucketReader:
    """Reads the objects of a prefix once; of an object with several versions the current one."""

    def __init__(self, account: Account, place: Place) -> None:
        self._client = account.client("s3")
        self._place = place
        self._bucket = place.arn.rsplit(":", 1)[-1]
        self._unread: dict[str, tuple[str, int]] = {}
        self._lock = Lock()
        self.rest: str | None = None

    @property
    def problems(self) -> list[str]:
        """What could not be read, and why: of many objects with one reason the first, and the number of the others."""
        return [
            first if number == 1 else f"{first} (and {number - 1:,} more with {code})"
            for code, (first, number) in self._unread.items()
        ]

    def events(self, limit: int | None) -> Generator[FailedEvent, Any, None]:
        """Yield the events, in the order of their keys."""
        for read, summary in enumerate(self.listed()):
            if limit is not None and read >= limit:
                self.rest = "more, beyond the limit"
                return
            if (event := self.event(summary)) is not None:
                yield event

    def listed(self) -> Generator[dict[str, Any], Any, None]:
        """Yield what S3 says of each object, in the order of their keys.

        Raises
        ------
        OperationError
            When AWS refuses it.
        """
        prefix = self._place.prefix or _PREFIX
        pages = iter(self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix))
        while True:
            with explained(f"list s3://{self._bucket}/{prefix}"):
                page = next(pages, None)
            if page is None:
                return
            yield from page.get("Contents", [])

    def event(self, summary: dict[str, Any]) -> FailedEvent | None:
        """Read an object; None when it is gone, or cannot be read. It can be called from several threads.

        Parameters
        ----------
        summary
            What S3 said of it.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        key = summary["Key"]
        if summary["Size"] > _LARGEST:
            stored = stored_object(key, None, "", summary["LastModified"])
            return unknown(stored, f"an object of {summary['Size']} bytes is no record of a failed event")
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            content = answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            if not is_missing(error):  # else it was deleted just now
                why = error_code(error) or type(error).__name__
                with self._lock:
                    first, number = self._unread.get(why) or (str(refusal(error, f"read s3://{self._bucket}/{key}")), 0)
                    self._unread[why] = first, number + 1
            return None
        version, modified = answer.get("VersionId"), answer["LastModified"]
        try:
            return parse(stored_object(key, version, content.decode(), modified), self._place)
        except UnicodeDecodeError as error:
            text = content.decode(errors="replace")
            return unknown(stored_object(key, version, text, modified), f"the object is no UTF-8: {error.reason}")
