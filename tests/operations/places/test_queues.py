import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place, Use
from constructs_lib.operations.places.queues import waiting_in_queue
from constructs_lib.operations.places.waiting import Waiting
from tests.operations.places.account import ACCOUNT, FAILED, JOBS, RESIZE

ATTRIBUTES = {
    "ApproximateNumberOfMessages": "5",
    "ApproximateNumberOfMessagesNotVisible": "2",
    "ApproximateNumberOfMessagesDelayed": "1",
    "MessageRetentionPeriod": "345600",
}
MOVED = Use(Origin.SOURCE_QUEUE, JOBS, (RESIZE,), JOBS)
SENT = Use(Origin.DESTINATION, RESIZE, (RESIZE,))
URL = "https://sqs.eu-west-1.amazonaws.com/111111111111/failed"


def waiting(account: Account, *uses: Use, arn: str = FAILED) -> Waiting:
    with Stubber(account.client("sqs")) as stub:
        asked = {"QueueName": arn.rpartition(":")[2], "QueueOwnerAWSAccountId": ACCOUNT}
        stub.add_response("get_queue_url", {"QueueUrl": URL}, asked)
        wanted = {"QueueUrl": URL, "AttributeNames": list(ATTRIBUTES)}
        stub.add_response("get_queue_attributes", {"Attributes": ATTRIBUTES}, wanted)
        return waiting_in_queue(account, Place(Kind.QUEUE, arn, uses))


def test_messages_that_cannot_be_received_now_wait_as_well(account: Account) -> None:
    found = waiting(account, SENT)
    assert (found.visible, found.in_flight, found.delayed, found.events) == (5, 2, 1, 8)
    assert found.retention == 345_600
    assert found.oldest is found.left is None


def test_what_sqs_moved_keeps_the_clock_of_its_first_queue(account: Account) -> None:
    assert waiting(account, SENT, MOVED).keeps_clock
    assert not waiting(account, SENT).keeps_clock
    assert not waiting(account, MOVED, arn=f"{FAILED}.fifo").keeps_clock


def test_a_queue_that_was_deleted_meanwhile(account: Account) -> None:
    with Stubber(account.client("sqs")) as stub:
        stub.add_response("get_queue_url", {"QueueUrl": URL})
        stub.add_client_error("get_queue_attributes", "AWS.SimpleQueueService.NonExistentQueue")
        with pytest.raises(ClientError, match="NonExistentQueue"):
            waiting_in_queue(account, Place(Kind.QUEUE, FAILED, ()))


@pytest.mark.parametrize(("oldest", "left"), [(100.0, 900.0), (5_000.0, 0.0)])
def test_what_is_left(oldest: float, left: float) -> None:
    assert Waiting(1, oldest=oldest, retention=1_000).left == left
