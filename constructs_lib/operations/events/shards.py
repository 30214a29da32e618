"""Reads a part of a shard of Kinesis or of a DynamoDB stream.

Sources: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html and
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
"""

from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import Batch
from constructs_lib.operations.refusals import error_code, is_missing, refusal

_PAGE: Final = 1000
_EMPTY_ANSWERS: Final = 20
"""How many answers in a row may have no records: a shard can have gaps before the next ones."""
_RENEWALS: Final = 10
"""How often an iterator may expire: it is good for five minutes (Kinesis) or fifteen (DynamoDB)."""


class RecordsGoneError(OperationError):
    """Records of a batch no longer exist; the message says which ones."""


class Shard:
    """Reads the part of a shard that a batch is."""

    def __init__(self, client: Any, batch: Batch, is_kinesis: bool) -> None:
        self._client = client
        self._batch = batch
        self._is_kinesis = is_kinesis
        self._found: list[Mapping[str, Any]] = []
        self._is_whole = False

    def records(self) -> list[Mapping[str, Any]]:
        """Return the records, as GetRecords of boto3 returns them.

        Raises
        ------
        RecordsGoneError
            When not all of them exist any more.
        OperationError
            When AWS refuses a call, or cannot be reached.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._read()
        except (ClientError, BotoCoreError) as error:
            if error_code(error) == "TrimmedDataAccessException":
                raise self._gone("the stream has trimmed them, as they are older than 24 hours") from error
            if is_missing(error):
                raise self._gone("the stream or the shard does not exist any more") from error
            raise refusal(error, f"read the shard {self._batch.shard} of {self._batch.stream}") from error
        return self._found

    def _read(self) -> None:
        iterator, empty, renewed = self._iterator(), 0, 0
        # Mostly the part is the batch and no more, and a record that is not needed counts towards the shard's limit.
        page = min(max(self._batch.size, 1), _PAGE)
        while not self._is_whole:
            if iterator is None:
                raise self._gone("the shard is closed and ends before")
            try:
                answer = self._client.get_records(ShardIterator=iterator, Limit=page)
            except self._client.exceptions.ExpiredIteratorException:
                renewed += 1
                if renewed > _RENEWALS:
                    raise
                iterator = self._iterator()
                continue
            self._take(answer["Records"])
            empty = 0 if answer["Records"] else empty + 1
            if empty > _EMPTY_ANSWERS:
                raise self._gone(f"{empty} answers in a row had no records")
            iterator, page = answer.get("NextShardIterator"), _PAGE

    def _take(self, records: list[Mapping[str, Any]]) -> None:
        # Kinesis begins with the oldest record that is left when the one that was asked for is not.
        if records and not self._found and self._number_of(records[0]) != int(self._batch.start):
            raise self._gone(f"the first one that is still there is {self._sequence(records[0])}")
        end = int(self._batch.end)
        self._found += [record for record in records if self._number_of(record) <= end]
        self._is_whole = bool(records) and self._number_of(records[-1]) >= end

    def _iterator(self) -> str | None:
        """Return where to go on, also after an iterator expired."""
        kind, number = "AT_SEQUENCE_NUMBER", self._batch.start
        if self._found:
            kind, number = "AFTER_SEQUENCE_NUMBER", self._sequence(self._found[-1])
        names = ("StreamARN", "StartingSequenceNumber") if self._is_kinesis else ("StreamArn", "SequenceNumber")
        where = dict(zip(names, (self._batch.stream, number), strict=True))
        answer = self._client.get_shard_iterator(ShardId=self._batch.shard, ShardIteratorType=kind, **where)
        found: str | None = answer.get("ShardIterator")
        return found

    def _sequence(self, record: Mapping[str, Any]) -> str:
        found: str = record["SequenceNumber"] if self._is_kinesis else record["dynamodb"]["SequenceNumber"]
        return found

    def _number_of(self, record: Mapping[str, Any]) -> int:
        """Return the sequence number so that it can be compared: they grow within a shard."""
        return int(self._sequence(record))

    def _gone(self, why: str) -> RecordsGoneError:
        batch = self._batch
        part = f"after {self._sequence(self._found[-1])}" if self._found else f"from {batch.start} on"
        return RecordsGoneError(
            f"expected the records {batch.start} to {batch.end} of {batch.shard} in {batch.stream}, found not all "
            f"{part}: {why}; take what they held from elsewhere, such as their producer"
        )
