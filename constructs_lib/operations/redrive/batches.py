"""Invokes functions with the records of a stream batch, fetched back if need be."""

from collections.abc import Iterator
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
    batch = _records(account, event)
    if isinstance(batch, Reason):
        return batch
    is_sync = home.way is Way.BATCH
    result: Sent | Reason = Sent("")
    for part in _parts(batch, PAYLOAD_MAX_BYTES if is_sync else ASYNC_PAYLOAD_MAX_BYTES):
        if isinstance(part, Reason):
            return part
        if is_sync:
            result = invoke_and_wait(account, home.arn, part, patience, home.partial_batches)
        else:
            result = invoke(account, home.arn, part, patience)
        if isinstance(result, Reason):
            return result
    return result


def _records(account: Account, event: FailedEvent) -> Any:
    from constructs_lib.operations.events.records import RecordsGoneError, with_records

    try:
        return with_records(account, event).payload
    except RecordsGoneError:
        return Reason("the records are no longer in the stream")
    except OperationError as error:
        return Reason(str(error), refused=True)


def _parts(batch: Any, limit: int) -> Iterator[bytes | Reason]:
    payload = encoded(batch)
    if len(payload) <= limit:
        yield payload
        return
    records = batch.get("Records") if isinstance(batch, dict) else None
    if not isinstance(records, list) or len(records) < 2:
        yield Reason(f"a record has more than {limit // 1024**2} MB, the most that Lambda takes in such an invocation")
        return
    middle = len(records) // 2
    for half in (records[:middle], records[middle:]):
        yield from _parts({**batch, "Records": half}, limit)
