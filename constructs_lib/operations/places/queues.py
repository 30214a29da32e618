"""How many messages wait in a queue, and how long it keeps them."""

from typing import Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.places.waiting import Waiting

_VISIBLE: Final = "ApproximateNumberOfMessages"
_IN_FLIGHT: Final = "ApproximateNumberOfMessagesNotVisible"
_DELAYED: Final = "ApproximateNumberOfMessagesDelayed"
_RETENTION: Final = "MessageRetentionPeriod"


def queue_url(account: Account, arn: str) -> str:
    """Return the URL of a queue.

    Raises
    ------
    botocore.exceptions.ClientError
        When there is none, or it may not be asked for.
    """
    owner, name = arn.split(":")[4:6]
    found: str = account.client("sqs").get_queue_url(QueueName=name, QueueOwnerAWSAccountId=owner)["QueueUrl"]
    return found


def waiting_in_queue(account: Account, place: Place) -> Waiting:
    """Return what waits in a queue, without the age of the oldest event: no message is received for it.

    Raises
    ------
    botocore.exceptions.ClientError
        When the queue is gone, or its attributes may not be read.
    """
    wanted = [_VISIBLE, _IN_FLIGHT, _DELAYED, _RETENTION]
    url = queue_url(account, place.arn)
    found = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    moved = any(use.origin is Origin.SOURCE_QUEUE for use in place.uses)
    return Waiting(
        visible=int(found[_VISIBLE]),
        in_flight=int(found[_IN_FLIGHT]),
        delayed=int(found[_DELAYED]),
        retention=float(found[_RETENTION]),
        # A FIFO queue starts the clock anew when a message is moved to it.
        keeps_clock=moved and not place.arn.endswith(".fifo"),
    )
