from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.redrive.hold import Hold
from constructs_lib.operations.redrive.queue_place import QueuePlace
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import ACCOUNT, DLQ, QUEUE, place

URL = "https://sqs/failed"


def opened(stub: Stub, attributes: dict[str, str] | None = None) -> Any:
    sqs = stub("sqs")
    sqs.add_response("get_queue_url", {"QueueUrl": URL}, {"QueueName": "failed", "QueueOwnerAWSAccountId": ACCOUNT})
    sqs.add_response("get_queue_attributes", {"Attributes": attributes or {"ApproximateNumberOfMessages": "3"}})
    return sqs


def received(*ids: str, handle: str = "h") -> dict[str, Any]:
    attributes = {"DeadLetterQueueSourceArn": QUEUE, "SentTimestamp": "1000"}
    return {
        "Messages": [
            {"MessageId": name, "ReceiptHandle": f"{handle}-{name}", "Body": "hello", "Attributes": attributes}
            for name in ids
        ]
    }


def entry(number: int, handle: str, timeout: int | None = None) -> dict[str, Any]:
    more = {} if timeout is None else {"VisibilityTimeout": timeout}
    return {"Id": str(number), "ReceiptHandle": handle, **more}


def test_messages_are_held_and_what_is_left_is_visible_again(account: Account, stub: Stub) -> None:
    sqs = opened(stub)
    sqs.add_response("receive_message", received("a", "b"))
    deleted = {"QueueUrl": URL, "Entries": [entry(0, "h-a")]}
    sqs.add_response("delete_message_batch", {"Successful": [{"Id": "0"}], "Failed": []}, deleted)
    freed = {"QueueUrl": URL, "Entries": [entry(0, "h-b", 0)]}
    sqs.add_response("change_message_visibility_batch", {"Successful": [{"Id": "0"}], "Failed": []}, freed)
    queue = QueuePlace(account, place(arn=DLQ))
    assert queue.total == 3
    events = queue.receive()
    assert [(event.stored.id, event.origin) for event in events] == [
        ("a", Origin.SOURCE_QUEUE),
        ("b", Origin.SOURCE_QUEUE),
    ]
    assert queue.remove(["a"]) == {}
    queue.close()
    queue.close()  # nothing is held any more


def test_the_newest_receipt_handle_counts(account: Account, stub: Stub) -> None:
    sqs = opened(stub)
    sqs.add_response("receive_message", received("a"))
    sqs.add_response("receive_message", received("a", handle="new"))
    deleted = {"QueueUrl": URL, "Entries": [entry(0, "new-a")]}
    sqs.add_response("delete_message_batch", {"Successful": [{"Id": "0"}], "Failed": []}, deleted)
    queue = QueuePlace(account, place(arn=DLQ))
    queue.receive()
    queue.receive()
    assert queue.remove(["a"]) == {}
    queue.close()


def test_what_is_not_deleted_is_told(account: Account, stub: Stub) -> None:
    sqs = opened(stub)
    sqs.add_response("receive_message", received("a", "b"))
    failed = [{"Id": "1", "Code": "ReceiptHandleIsInvalid", "SenderFault": True}]
    sqs.add_response("delete_message_batch", {"Successful": [{"Id": "0"}], "Failed": failed})
    queue = QueuePlace(account, place(arn=DLQ))
    queue.receive()
    stays = queue.remove(["a", "b"])
    assert list(stays) == ["b"]
    assert not stays["b"].closes
    queue.close()


def test_nothing_can_be_deleted_without_the_permission(account: Account, stub: Stub) -> None:
    sqs = opened(stub)
    sqs.add_response("receive_message", received("a"))
    sqs.add_client_error("delete_message_batch", "AccessDenied", http_status_code=403)
    queue = QueuePlace(account, place(arn=DLQ))
    queue.receive()
    assert queue.remove(["a"])["a"].closes
    queue.close()


def test_others_that_hide_messages_are_counted(account: Account, stub: Stub) -> None:
    sqs = opened(stub)
    sqs.add_response("receive_message", received("a"))
    sqs.add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessagesNotVisible": "5"}})
    sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})
    queue = QueuePlace(account, place(arn=DLQ))
    queue.receive()
    assert queue.hidden() == 4
    queue.close()


def test_a_queue_that_moves_messages_on_is_refused(account: Account, stub: Stub) -> None:
    opened(stub, {"RedrivePolicy": "{}"})
    with pytest.raises(OperationError, match="dead-letter queue") as caught:
        QueuePlace(account, place(arn=DLQ))
    assert caught.value.code is Exit.USAGE


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AWS.SimpleQueueService.NonExistentQueue", "may be deleted"),
        ("AccessDenied", "permission"),
        ("KmsAccessDenied", "kms:Decrypt"),
        ("RequestThrottled", "lower rate"),
    ],
)
def test_what_aws_refuses_is_told(account: Account, stub: Stub, code: str, said: str) -> None:
    sqs = opened(stub)
    sqs.add_client_error("receive_message", code)
    queue = QueuePlace(account, place(arn=DLQ))
    with pytest.raises(OperationError, match=said):
        queue.receive()
    queue.close()


def test_messages_are_hidden_for_as_long_again_as_they_are_held(account: Account, stub: Stub) -> None:
    now = 1000.0
    sqs = stub("sqs")
    hold = Hold(account.client("sqs"), URL, 60, lambda: now)
    hold.take({"a": "h-a"})
    hold.renew()  # it is not time yet
    for passed, seconds in ((40, 100), (80, 180), (160, 340), (20_000, 3600)):
        now += passed
        request = {"QueueUrl": URL, "Entries": [entry(0, "h-a", seconds)]}
        sqs.add_response("change_message_visibility_batch", {"Successful": [{"Id": "0"}], "Failed": []}, request)
        hold.renew()
        hold.renew()
    hold.let_go(["a"])
    hold.close()


@pytest.mark.parametrize("answer", [None, {"Successful": [], "Failed": []}])
def test_what_could_not_be_hidden_for_longer_is_tried_again(
    account: Account, stub: Stub, answer: dict[str, Any] | None
) -> None:
    now = 1000.0
    sqs = stub("sqs")
    hold = Hold(account.client("sqs"), URL, 60, lambda: now)
    hold.take({"a": "h-a"})
    now += 40
    if answer is None:
        sqs.add_client_error("change_message_visibility_batch", "InternalError")
    else:
        sqs.add_response("change_message_visibility_batch", answer)
    hold.renew()
    now += 10
    done = {"Successful": [{"Id": "0"}], "Failed": []}
    sqs.add_response("change_message_visibility_batch", done, {"QueueUrl": URL, "Entries": [entry(0, "h-a", 110)]})
    hold.renew()
    hold.renew()  # and now it is
    hold.let_go(["a"])
    hold.close()
