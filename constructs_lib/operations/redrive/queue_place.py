"""Takes messages from a queue, and keeps them hidden until they are sent and removed, or left.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html and
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html.
"""

from collections.abc import Sequence
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.messages import stored_message
from constructs_lib.operations.events.parsing import parse
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.redrive.hold import Hold
from constructs_lib.operations.redrive.patience import Patience
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.server_time import server_time
from constructs_lib.operations.refusals import explained

TOGETHER: Final = 10
HIDDEN_SECONDS: Final = 30
"""How long a message is hidden when the run is killed; it is renewed while the run goes on."""
_WAIT_SECONDS: Final = 1
_HIDDEN: Final = "ApproximateNumberOfMessagesNotVisible"
_COUNTS: Final = ("ApproximateNumberOfMessages", _HIDDEN)
_PATIENCE: Final = 30.0


class QueuePlace:
    """A queue that holds failed events.

    Parameters
    ----------
    account
        The account of the queue.
    place
        The queue.
    hidden_seconds
        How long a message stays hidden when nobody renews that. Default: 30.

    Raises
    ------
    OperationError
        When the queue is gone or may not be read, or when it moves what is received on to a queue of its own.
    """

    uses_ids_again = False
    asks_at_once = 4

    def __init__(self, account: Account, place: Place, *, hidden_seconds: int = HIDDEN_SECONDS) -> None:
        self._client = account.client("sqs")
        self._place = place
        self._name = place.arn.rsplit(":", 1)[-1]
        self.hidden_seconds = hidden_seconds
        with explained(f"read the queue {self._name}"):
            owner = place.arn.split(":")[4]
            self._url: str = self._client.get_queue_url(QueueName=self._name, QueueOwnerAWSAccountId=owner)["QueueUrl"]
        answer = self._attributes("RedrivePolicy", *_COUNTS)
        self.began = server_time(answer)
        attributes = answer.get("Attributes", {})
        if attributes.get("RedrivePolicy"):
            raise OperationError(
                f"expected a queue whose messages stay in it, found {self._name}, which moves them to a dead-letter "
                "queue once they are received too often; redrive that one",
                Exit.USAGE,
            )
        self.total: int | None = sum(int(attributes.get(name, 0)) for name in _COUNTS)
        self.problems: list[str] = []
        self._hold = Hold(self._client, self._url, hidden_seconds)

    def receive(self) -> list[FailedEvent]:
        """Take up to ten messages; none when there are none at the moment.

        Raises
        ------
        OperationError
            When AWS refuses it.
        """
        with explained(f"receive messages of the queue {self._name}"):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=TOGETHER,
                VisibilityTimeout=self.hidden_seconds,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        self._hold.take({message["MessageId"]: message["ReceiptHandle"] for message in messages})
        return [parse(stored_message(message), self._place) for message in messages]

    def remove(self, ids: Sequence[str]) -> dict[str, Reason]:
        """Delete up to ten messages; return those that are still there, and why."""
        handles = self._hold.let_go(ids)
        entries = [{"Id": str(number), "ReceiptHandle": handles[message]} for number, message in enumerate(ids)]
        answer: Any = Patience(_PATIENCE).call(
            f"delete messages of the queue {self._name}",
            lambda: self._client.delete_message_batch(QueueUrl=self._url, Entries=entries),
        )
        if isinstance(answer, Reason):
            return dict.fromkeys(ids, answer)
        return {
            ids[int(failed["Id"])]: Reason(f"SQS does not delete it: {failed.get('Code', 'no code')}", refused=True)
            for failed in answer.get("Failed", [])
        }

    def hidden(self) -> int:
        """Return about how many messages others are holding."""
        found = self._attributes(_HIDDEN).get("Attributes", {})
        return max(0, int(found.get(_HIDDEN, 0)) - len(self._hold))

    def close(self) -> None:
        """Make visible what is still held."""
        self._hold.close()

    def _attributes(self, *names: str) -> dict[str, Any]:
        with explained(f"read the attributes of the queue {self._name}"):
            answer: dict[str, Any] = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(names))
        return answer
