"""Sends messages back to their queue."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.redrive.patience import Patience
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sent import Sent

BATCH: Final = 10
BATCH_BYTES: Final = 1_048_576
"""Of all messages of a call. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html."""
_PASSING: Final = ("InternalError", "InternalFailure", "ServiceUnavailable", "RequestThrottled", "KmsThrottled")


def send_messages(
    account: Account, events: Sequence[FailedEvent], queue: str, patience: Patience
) -> list[Sent | Reason]:
    """Send messages as they were to a queue, and return a result for each.

    In a FIFO queue the group stays. The deduplication id is new, as SQS would swallow the old one for five minutes, and
    made of the id of the message, so that SQS swallows it if it is sent once more.

    Parameters
    ----------
    account
        The account to call.
    events
        The messages; to a FIFO queue at most one of each group.
    queue
        The ARN of the queue.
    patience
        For throttles, and calls without an answer.
    """
    url = patience.call(f"find the queue {queue}", lambda: queue_url(account, queue))
    if isinstance(url, Reason):
        return [url] * len(events)
    results: dict[int, Sent | Reason] = {}
    entries = {number: _entry(event, number, queue) for number, event in enumerate(events)}
    while entries:
        for call in _calls(entries):
            results.update(_send(account, url, queue, call, patience))
        again = [number for number in entries if results[number] is _LATER]
        if again and not patience.wait():
            gone = Reason(f"SQS did not take it for a while: {queue}", refused=True, closes=True, passes=True)
            return [gone if results[number] is _LATER else results[number] for number in range(len(events))]
        entries = {number: entries[number] for number in again}
    return [results[number] for number in range(len(events))]


_LATER: Final = Reason("later")


@lru_cache(maxsize=256)
def queue_url(account: Account, queue: str) -> str:
    """Return the URL of a queue.

    Raises
    ------
    botocore.exceptions.ClientError
        When there is none, or it may not be asked for.
    """
    owner, name = queue.split(":")[4:6]
    found: str = account.client("sqs").get_queue_url(QueueName=name, QueueOwnerAWSAccountId=owner)["QueueUrl"]
    return found


def _entry(event: FailedEvent, number: int, queue: str) -> dict[str, Any]:
    stored = event.stored
    entry: dict[str, Any] = {"Id": str(number), "MessageBody": stored.body, "MessageAttributes": stored.attributes}
    if "MessageGroupId" in stored.system:
        entry["MessageGroupId"] = stored.system["MessageGroupId"]
    if queue.endswith(".fifo"):
        entry["MessageDeduplicationId"] = f"redrive-{stored.id}"
    return entry


def _calls(entries: dict[int, dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    call: list[dict[str, Any]] = []
    size = 0
    for entry in entries.values():
        more = _size(entry)
        if call and (len(call) == BATCH or size + more > BATCH_BYTES):
            yield call
            call, size = [], 0
        call.append(entry)
        size += more
    if call:
        yield call


def _size(entry: dict[str, Any]) -> int:
    """Names, types and values of attributes count."""
    attributes = entry["MessageAttributes"].items()
    texts = (name + value.get("DataType", "") + value.get("StringValue", "") for name, value in attributes)
    binary = sum(len(value.get("BinaryValue", b"")) for _, value in attributes)
    return len(entry["MessageBody"].encode()) + len("".join(texts).encode()) + binary


def _send(
    account: Account, url: str, queue: str, call: list[dict[str, Any]], patience: Patience
) -> dict[int, Sent | Reason]:
    client = account.client("sqs")
    answer: Any = patience.call(
        f"send to the queue {queue}", lambda: client.send_message_batch(QueueUrl=url, Entries=call)
    )
    if isinstance(answer, Reason):
        return {int(entry["Id"]): answer for entry in call}
    results: dict[int, Sent | Reason] = {
        int(sent["Id"]): Sent(sent["MessageId"]) for sent in answer.get("Successful", [])
    }
    for failed in answer.get("Failed", []):
        results[int(failed["Id"])] = _LATER if _is_passing(failed) else _refused(failed, queue)
    # What the answer forgets to name is not known to be there.
    unnamed = Reason(f"SQS did not say what became of it: {queue}", refused=True, maybe_sent=True)
    return {int(entry["Id"]): results.get(int(entry["Id"]), unnamed) for entry in call}


def _is_passing(failed: dict[str, Any]) -> bool:
    return failed.get("Code") in _PASSING or not failed.get("SenderFault", True)


def _refused(failed: dict[str, Any], queue: str) -> Reason:
    said = f"{failed.get('Code', 'no code')}: {failed.get('Message', 'no message')}"
    return Reason(f"SQS does not take it into {queue}: {said}", refused=True)
