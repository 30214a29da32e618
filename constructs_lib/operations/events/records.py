"""Fetches the records of a stream batch back from the shard, in the event shape of the mapping.

A failure record in a queue or topic says only where the batch was in the stream (see the format ``stream_batch``).
"""

from dataclasses import replace
from typing import Any

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Batch, FailedEvent
from constructs_lib.operations.events.formats.found import written
from constructs_lib.operations.events.shards import RecordsGoneError, Shard
from constructs_lib.operations.events.stream_records import dynamodb_record, kinesis_record

__all__ = ["RecordsGoneError", "stream_event", "with_records"]


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
    records = Shard(account.client("kinesis" if is_kinesis else "dynamodbstreams"), batch, is_kinesis).records()
    if not is_kinesis:
        return {"Records": [dynamodb_record(record, batch.stream) for record in records]}
    role = _role(account, function) if function else ""
    return {"Records": [kinesis_record(record, batch, role) for record in records]}


def _role(account: Account, function: str) -> str:
    """Return the role of a function; empty when it cannot be read, as hardly any handler looks at it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found: str = account.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    except (ClientError, BotoCoreError):
        return ""
    return found
