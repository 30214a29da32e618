"""Invokes functions with the records of a stream batch, fetched back if need be."""

from dataclasses import replace
from typing import Any

from constructs_lib.facts import ASYNC_PAYLOAD_MAX_BYTES, PAYLOAD_MAX_BYTES
from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.redrive.homes import Home, Way
from constructs_lib.operations.redrive.invoking import invoke, invoke_and_wait
from constructs_lib.operations.redrive.patience import Patience
from constructs_lib.operations.redrive.payloads import encoded
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sent import Sent


def invoke_with_records(account: Account, event: FailedEvent, home: Home, patience: Patience) -> Sent | Reason:
    """Hand the records of a batch to a function in their order, in several calls if they are too large for one.

    Parameters
    ----------
    account
        The account to call.
    event
        A stream batch.
    home
        The function, and how it is invoked.
    patience
        For throttles, and calls without an answer.
    """
    batch = _records(account, event, patience)
    if isinstance(batch, Reason):
        return batch
    is_sync = home.way is Way.BATCH
    # A function that somebody names gets all that there is.
    if is_sync and (reason := _unlike(event, batch)) is not None:
        return reason
    parts = _parts(batch, PAYLOAD_MAX_BYTES if is_sync else ASYNC_PAYLOAD_MAX_BYTES)
    if isinstance(parts, Reason):
        return parts
    result: Sent | Reason = Sent("")
    for number, part in enumerate(parts):
        if is_sync:
            result = invoke_and_wait(account, home.arn, part, patience, home.partial_batches)
        else:
            result = invoke(account, home.arn, part, patience)
        if isinstance(result, Reason):
            return replace(result, maybe_sent=result.maybe_sent or number > 0)
    return result


def _unlike(event: FailedEvent, fetched: Any) -> Reason | None:
    """Return how records that were fetched back differ from the batch: the function did not get all of them.

    Whether AWS counts a batch before or after the filter is not documented.
    """
    if event.batch is None or event.payload_text is not None:
        return None
    number = len(fetched["Records"])
    if number == event.batch.size:
        return None
    return Reason(
        f"the stream holds {number} records from the first to the last of the batch, which had {event.batch.size}: "
        "a filter or parallel batches; give --to FUNCTION to send all"
    )


def _records(account: Account, event: FailedEvent, patience: Patience) -> Any:
    from constructs_lib.operations.events.records import RecordsGoneError, with_records

    while True:
        try:
            return with_records(account, event).payload
        except RecordsGoneError:
            return Reason("the records are no longer in the stream")
        except OperationError as error:
            # A shard answers five calls a second, those of its consumers included.
            if not patience.outlasts(error.__cause__):
                return Reason(str(error), refused=True)


def _parts(batch: Any, limit: int) -> list[bytes] | Reason:
    """Return the payloads to send one after the other: all of them, before the function gets the first one."""
    payload = encoded(batch)
    if len(payload) <= limit:
        return [payload]
    records = batch.get("Records") if isinstance(batch, dict) else None
    if not isinstance(records, list) or len(records) < 2:
        return Reason(f"a record has more than {limit // 1024**2} MB, the most that Lambda takes in such an invocation")
    middle = len(records) // 2
    parts: list[bytes] = []
    for half in (records[:middle], records[middle:]):
        found = _parts({**batch, "Records": half}, limit)
        if isinstance(found, Reason):
            return found
        parts += found
    return parts
