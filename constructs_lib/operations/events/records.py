"""Fetches the records of a stream batch back from the shard, in the event shape of the mapping.

A failure record in a queue or topic says only where the batch was in the stream (see the format ``stream_batch``).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import Batch, FailedEvent
from constructs_lib.operations.events.formats.found import written
from constructs_lib.operations.events.stream_records import dynamodb_record, kinesis_record
from constructs_lib.operations.refusals import error_code, is_missing, refusal

_PAGE: Final = 1000
_EMPTY_ANSWERS: Final = 20
"""How many answers in a row may have no records: a shard can have gaps before the next ones."""
_RENEWALS: Final = 10
"""How often an iterator may expire: it is good for five minutes (Kinesis) or fifteen (DynamoDB)."""


class RecordsGoneError(OperationError):
    """Records of a batch no longer exist; the message says which ones."""


def with_records(account: Account, event: FailedEvent) -> FailedEvent:
    """Return an event with its payload: of a stream batch that has only metadata, with the records from the shard.

    Parameters
    ----------
    account
        The account of the stream.
    event
        Any failed event.

    Raises
    ------
    RecordsGoneError
        When not all of the records exist any more.
    OperationError
        When AWS refuses a call, or cannot be reached.
    """
    if event.batch is None or event.payload_text is not None:
        return event
    payload = stream_event(account, event.batch, function=event.function)
    return replace(event, payload=payload, payload_text=written(payload))


def stream_event(account: Account, batch: Batch, *, function: str | None = None) -> dict[str, Any]:
    """Return a batch as the mapping handed it to the function.

    These are all records of the shard from the first to the last one of the batch. They can be more than the batch had,
    when a filter of the mapping dropped some of them, or when several batches of the shard ran at once
    (``ParallelizationFactor``): compare their number with ``batch.size``. Aggregated records are left as they are.

    Parameters
    ----------
    account
        The account of the stream.
    batch
        Where the records are.
    function
        The ARN of the function, whose role is in records of Kinesis (``invokeIdentityArn``). Default: without.

    Raises
    ------
    RecordsGoneError
        When not all of the records exist any more.
    OperationError
        When AWS refuses a call, or cannot be reached.
    """
    is_kinesis = ":kinesis:" in batch.stream
    records = _Shard(account.client("kinesis" if is_kinesis else "dynamodbstreams"), batch, is_kinesis).records()
    if not is_kinesis:
        return {"Records": [dynamodb_record(record, batch.stream) for record in records]}
    role = _role(account, function) if function else ""
    return {"Records": [kinesis_record(record, batch, role) for record in records]}


class _Shard:
    """Reads the part of a shard that a batch is."""

    def __init__(self, client: Any, batch: Batch, is_kinesis: bool) -> None:
        self._client = client
        self._batch = batch
        self._is_kinesis = is_kinesis
        self._found: list[Mapping[str, Any]] = []
        self._is_whole = False

    def records(self) -> list[Mapping[str, Any]]:
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
        while not self._is_whole:
            if iterator is None:
                raise self._gone("the shard is closed and ends before")
            try:
                answer = self._client.get_records(ShardIterator=iterator, Limit=_PAGE)
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
            iterator = answer.get("NextShardIterator")

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


def _role(account: Account, function: str) -> str:
    """Return the role of a function; empty when it cannot be read, as hardly any handler looks at it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found: str = account.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    except (ClientError, BotoCoreError):
        return ""
    return found
