"""Reads a queue without consuming it, which SQS has no call for.

Messages are received, which hides them, and made visible again at the end, however it comes. Each look counts as one
time they were received. A FIFO queue hands out no more of a message group while some of it is hidden: of each group
only those of one answer are seen, ten at most.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html,
.../SQSDeveloperGuide/sqs-visibility-timeout.html, .../SQSDeveloperGuide/using-messagegroupid-property.html
"""

import json
from collections.abc import Generator
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.messages import stored_message
from constructs_lib.operations.events.parsing import parse
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.places.queues import queue_url
from constructs_lib.operations.refusals import error_code, explained
from constructs_lib.operations.signals import held_back

_TOGETHER: Final = 10
_HIDDEN_SECONDS: Final = 300
"""How long a message is hidden if nobody is left to make it visible again."""
_WAIT_SECONDS: Final = 1
"""With any wait SQS asks all of its servers; without, some, and messages can be missed."""
_EMPTY_ANSWERS: Final = 3
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class QueueReader:
    """Reads the messages of a queue once."""

    def __init__(self, account: Account, place: Place) -> None:
        self._account = account
        self._client = account.client("sqs")
        self._place = place
        self._name = place.arn.rsplit(":", 1)[-1]
        self._handles: dict[str, str] = {}
        """The newest receipt handle by the id of the message."""
        self.problems: list[str] = []
        self.rest: str | None = None

    def events(self, limit: int | None) -> Generator[FailedEvent, Any, None]:
        """Yield the events; then, or when it is closed, make the messages visible again."""
        with explained(f"read the queue {self._name}"):
            url = queue_url(self._account, self._place.arn)
            attributes = self._client.get_queue_attributes(
                QueueUrl=url, AttributeNames=["RedrivePolicy", "FifoQueue", *_COUNTS]
            )["Attributes"]
        self._refuse_to_move_on(attributes)
        visible, *others = (int(attributes.get(name, 0)) for name in _COUNTS)
        try:
            yield from self._received(url, visible, limit)
        finally:
            with held_back():
                self._release(url)
        self.rest = self._what_is_left(attributes, visible + sum(others), limit)

    def _refuse_to_move_on(self, attributes: dict[str, str]) -> None:
        policy = json.loads(attributes.get("RedrivePolicy") or "{}")
        if target := policy.get("deadLetterTargetArn"):
            raise OperationError(
                f"expected a queue whose messages stay in it, found {self._name}, which moves them to "
                f"{target.rsplit(':', 1)[-1]} once they are received {policy.get('maxReceiveCount')} times; a look "
                f"counts as one: read {target.rsplit(':', 1)[-1]} instead",
                Exit.USAGE,
            )

    def _received(self, url: str, expected: int, limit: int | None) -> Generator[FailedEvent, Any, None]:
        nothing_new = 0
        while limit is None or len(self._handles) < limit:
            with held_back():  # what SQS has hidden must be noted before anything else happens
                count = _TOGETHER if limit is None else min(_TOGETHER, limit - len(self._handles))
                messages = self._receive(url, count)
                fresh = [message for message in messages if message["MessageId"] not in self._handles]
                self._handles |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
            for message in fresh:
                yield parse(stored_message(message), self._place)
            nothing_new = 0 if fresh else nothing_new + 1
            if nothing_new and (len(self._handles) >= expected or nothing_new == _EMPTY_ANSWERS):
                return

    def _receive(self, url: str, count: int) -> list[dict[str, Any]]:
        from botocore.exceptions import ClientError

        with explained(f"receive messages of the queue {self._name}"):
            try:
                answer = self._client.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=count,
                    VisibilityTimeout=_HIDDEN_SECONDS,
                    WaitTimeSeconds=_WAIT_SECONDS,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                )
            except ClientError as error:
                if not error_code(error).endswith("OverLimit"):
                    raise
                self.problems.append(f"{self._name}: SQS hides no more messages at once; read it with a limit")
                return []
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _release(self, url: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
            for number, handle in enumerate(self._handles.values())
        ]
        for start in range(0, len(entries), _TOGETHER):
            try:
                # What is told as failed is visible already, or gone.
                self._client.change_message_visibility_batch(QueueUrl=url, Entries=entries[start : start + _TOGETHER])
            except (ClientError, BotoCoreError) as error:
                self.problems.append(
                    f"{self._name}: {len(entries) - start} messages cannot be made visible again, and so stay hidden "
                    f"for up to {_HIDDEN_SECONDS} seconds: {error}"
                )
                return

    def _what_is_left(self, attributes: dict[str, str], count: int, limit: int | None) -> str | None:
        left = count - len(self._handles)
        if left <= 0:
            return None
        if limit is not None and len(self._handles) >= limit:
            return f"about {left} more, beyond the limit"
        if attributes.get("FifoQueue") == "true":
            return f"about {left} more, behind those of their message groups, or hidden by a consumer"
        return f"about {left} more, delayed or hidden by a consumer"
