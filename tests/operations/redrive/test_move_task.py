import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place, Use
from constructs_lib.operations.redrive.move_task import applies, move
from constructs_lib.operations.redrive.options import Options
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import DLQ, FIFO, FUNCTION, QUEUE, place

USE = Use(Origin.SOURCE_QUEUE, QUEUE, (FUNCTION,), QUEUE)
PLACE = place(USE)
SOURCE = {"SourceArn": DLQ}
LAST = {"SourceArn": DLQ, "MaxResults": 1}


class Said(list[str]):
    def __call__(self, text: str) -> None:
        self.append(text)


class Event(threading.Event):
    """An event of threading that is set after so many waits, and waits for nothing."""

    def __init__(self, after: int = 1_000_000) -> None:
        super().__init__()
        self._left = after

    def is_set(self) -> bool:
        return self._left <= 0

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        return self.is_set()


def options(stop: Event | None = None, **more: Any) -> Options:
    return Options(stop=stop or Event(), **more)


def task(status: str, moved: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "Results": [
            {
                "Status": status,
                "ApproximateNumberOfMessagesMoved": moved,
                "ApproximateNumberOfMessagesToMove": 9,
                **more,
            }
        ]
    }


def test_it_applies_to_all_messages_of_dead_letter_queues_of_queues() -> None:
    assert applies(PLACE, options())
    assert applies(PLACE, options(rate=500.0))
    assert not applies(place(), options())
    assert not applies(replace(PLACE, uses_are_whole=False), options())
    assert not applies(place(USE, Use(Origin.DESTINATION, FUNCTION, (FUNCTION,))), options())
    assert not applies(Place(Kind.BUCKET, "arn:aws:s3:::b", (USE,)), options())
    for more in ({"to": "f"}, {"error": "x"}, {"limit": 1}, {"rate": 501.0}, {"rate": 0.5}):
        assert not applies(PLACE, options(**more))


def test_a_task_is_started_and_followed_to_its_end(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", task("COMPLETED", 3), LAST)
    sqs.add_response("start_message_move_task", {"TaskHandle": "h"}, {**SOURCE, "MaxNumberOfMessagesPerSecond": 50})
    sqs.add_response("list_message_move_tasks", task("RUNNING", 4), LAST)
    sqs.add_response("list_message_move_tasks", task("COMPLETED", 9), LAST)
    seen: list[int] = []
    outcome = move(account, PLACE, options(rate=50.0, progress=lambda outcome: seen.append(outcome.removed)))
    assert outcome is not None
    assert (outcome.code, outcome.removed, outcome.total) == (Exit.DONE, 9, 9)
    assert seen == [4, 9]


def test_one_that_runs_already_is_followed(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", task("RUNNING"))
    sqs.add_response("list_message_move_tasks", task("COMPLETED", 9))
    said = Said()
    assert move(account, PLACE, options(warn=said)) is not None
    assert "already" in said[0]


def test_a_stop_cancels_its_own_task(account: Account, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", {"Results": []})
    sqs.add_response("start_message_move_task", {"TaskHandle": "h"})
    sqs.add_response("list_message_move_tasks", task("RUNNING", 4))
    sqs.add_response("list_message_move_tasks", task("RUNNING", 4))
    sqs.add_response("cancel_message_move_task", {}, {"TaskHandle": "h"})
    sqs.add_response("list_message_move_tasks", task("CANCELLING", 5))
    sqs.add_response("list_message_move_tasks", task("CANCELLED", 5))
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    outcome = move(account, PLACE, options(Event(after=1)))
    assert outcome is not None
    assert outcome.was_stopped
    assert outcome.removed == 5
    assert len(waits) == 2  # the stop no longer waits
    assert all(waits)


def test_a_task_that_ended_before_it_is_cancelled_is_done(
    account: Account, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", {"Results": []})
    sqs.add_response("start_message_move_task", {"TaskHandle": "h"})
    sqs.add_response("list_message_move_tasks", task("RUNNING", 4))
    sqs.add_client_error("cancel_message_move_task", "UnsupportedOperation")
    sqs.add_response("list_message_move_tasks", task("COMPLETED", 9))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    outcome = move(account, PLACE, options(Event(after=0)))
    assert outcome is not None
    assert outcome.removed == 9


def test_a_task_that_somebody_cancelled_means_one_by_one_for_the_rest(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", {"Results": []})
    sqs.add_response("start_message_move_task", {"TaskHandle": "h"})
    sqs.add_response("list_message_move_tasks", task("RUNNING", 4))
    sqs.add_response("list_message_move_tasks", task("CANCELLED", 5))
    said = Said()
    assert move(account, PLACE, options(warn=said)) is None
    assert said == ["the task of SQS moved 5 messages and then was cancelled: the others are sent one by one"]


def test_a_task_that_moves_the_messages_elsewhere_is_not_followed(account: Account, stub: Stub) -> None:
    stub("sqs").add_response("list_message_move_tasks", task("RUNNING", 4, DestinationArn=FIFO))
    with pytest.raises(OperationError, match=f"moving them to {FIFO}; wait for its end, or cancel it"):
        move(account, PLACE, options())


def test_a_task_that_moved_messages_elsewhere_is_over(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", task("COMPLETED", 4, DestinationArn=FIFO))
    sqs.add_response("start_message_move_task", {"TaskHandle": "h"})
    sqs.add_response("list_message_move_tasks", task("COMPLETED", 9))
    assert move(account, PLACE, options()) is not None


def test_a_task_that_could_not_be_followed_is_not_started(account: Account, stub: Stub) -> None:
    stub("sqs").add_client_error("list_message_move_tasks", "AccessDenied", http_status_code=403)
    said = Said()
    assert move(account, PLACE, options(warn=said)) is None
    assert "sqs:ListMessageMoveTasks" in said[0]


def test_a_task_that_may_no_longer_be_followed_is_told(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", {"Results": []})
    sqs.add_response("start_message_move_task", {"TaskHandle": "h"})
    sqs.add_client_error("list_message_move_tasks", "AccessDenied", http_status_code=403)
    with pytest.raises(OperationError, match="ask for the message move tasks"):
        move(account, PLACE, options())


def test_a_stop_leaves_the_task_of_somebody_else(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    for _ in range(2):
        sqs.add_response("list_message_move_tasks", task("RUNNING", 4))
    outcome = move(account, PLACE, options(Event(after=0)))
    assert outcome is not None
    assert outcome.was_stopped


@pytest.mark.parametrize("code", ["UnsupportedOperation", "InvalidParameterValue", "AccessDenied"])
def test_a_refusal_means_one_by_one(account: Account, stub: Stub, code: str) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", {"Results": []})
    sqs.add_client_error("start_message_move_task", code)
    said = Said()
    assert move(account, PLACE, options(warn=said)) is None
    assert "one by one" in said[0]


def test_a_failure_means_one_by_one_for_the_rest(account: Account, stub: Stub) -> None:
    sqs = stub("sqs")
    sqs.add_response("list_message_move_tasks", {"Results": []})
    sqs.add_response("start_message_move_task", {"TaskHandle": "h"})
    failed = task("FAILED", 4, FailureReason="CouldNotDetermineMessageSource")
    sqs.add_response("list_message_move_tasks", failed)
    said = Said()
    assert move(account, PLACE, options(warn=said)) is None
    assert "CouldNotDetermineMessageSource" in said[0]


def test_a_queue_that_is_gone_is_refused(account: Account, stub: Stub) -> None:
    stub("sqs").add_client_error("list_message_move_tasks", "ResourceNotFoundException")
    with pytest.raises(OperationError, match="check the name"):
        move(account, PLACE, options())
