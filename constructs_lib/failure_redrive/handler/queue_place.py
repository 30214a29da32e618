"""A queue as the place that events are taken from."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from constructs_lib.failure_redrive.handler.pace import Pace
from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Stored
from constructs_lib.operations.events.messages import stored_message
from constructs_lib.operations.refusals import explained

_BATCH: Final = 10
_EMPTY_ANSWERS: Final = 2
"""So often in a row must SQS, asked for so long, have no message before the queue counts as empty: one answer can miss
messages. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html."""
_POLL_SECONDS: Final = 2
_TRIES: Final = 3


class QueuePlace:
    """Takes messages from a queue; SQS keeps each hidden until it is removed, given back, or this invocation is over.

    Parameters
    ----------
    account
        The account to call.
    url
        The URL of the queue.
    pace
        Knows when this invocation ends.
    """

    def __init__(self, account: Account, url: str, pace: Pace) -> None:
        self._client = account.client("sqs")
        self._url = url
        self._pace = pace
        self._held: list[str] = []

    @property
    def held(self) -> int:
        """How many messages are kept hidden."""
        return len(self._held)

    def take(self, most: int) -> list[Stored]:
        """Return some messages; none when the queue is empty."""
        for _ in range(_EMPTY_ANSWERS):
            with explained("read the failure queue"):
                answer = self._client.receive_message(
                    QueueUrl=self._url,
                    MaxNumberOfMessages=min(_BATCH, most),
                    VisibilityTimeout=self._pace.seconds_to_end,
                    WaitTimeSeconds=_POLL_SECONDS,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                )
            if answer.get("Messages"):
                return [stored_message(message) for message in answer["Messages"]]
        return []

    def remove(self, events: Sequence[Stored]) -> set[str]:
        """Remove events; return the ids of those that could not be removed."""
        waiting = {str(number): event for number, event in enumerate(events)}
        for _ in range(_TRIES):
            if not waiting:
                break
            entries = [{"Id": number, "ReceiptHandle": event.handle} for number, event in waiting.items()]
            with explained("remove sent events from the failure queue"):
                answer = self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
            for entry in answer.get("Successful", []):
                waiting.pop(entry["Id"], None)
        return {event.id for event in waiting.values()}

    def keep(self, events: Sequence[Stored]) -> None:
        """Keep events hidden until ``give_back``, so that this invocation sees each once only."""
        self._held += [event.handle for event in events]

    def give_back(self) -> None:
        """Show what was kept to everybody again; what this misses shows up when the invocation is over."""
        from botocore.exceptions import BotoCoreError, ClientError

        for start in range(0, len(self._held), _BATCH):
            entries = [
                {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for n, handle in enumerate(self._held[start : start + _BATCH])
            ]
            with suppress(ClientError, BotoCoreError):
                self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
        self._held.clear()
