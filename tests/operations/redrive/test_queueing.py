from typing import Any

import pytest

from constructs_lib.operations.events.event import Batch, Origin
from constructs_lib.operations.redrive.homes import Home, Way
from constructs_lib.operations.redrive.queueing import Queueing, Work
from constructs_lib.operations.redrive.rate import Rate
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sent import Sent
from tests.operations.redrive.failed import FIFO, FUNCTION, OTHER, QUEUE, STREAM, destination, failed, message


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def queueing(calls: int = 4, rate: float | None = None, clock: Any = None) -> Queueing:
    return Queueing(Rate(rate, clock or Clock()), calls)


def invocation(id: str, function: str = FUNCTION) -> Work:
    return Work(destination(id), Home(Way.INVOKE, function))


def grouped(id: str, group: str) -> Work:
    return Work(message(id, queue=FIFO, group=group), Home(Way.QUEUE, FIFO, group))


def names(calls: list[list[Work]]) -> list[list[str]]:
    return [[work.event.stored.id for work in works] for works in calls]


def next_calls(queue: Queueing, most: int | None = None) -> list[list[Work]]:
    calls, stays = queue.choose(most)
    assert not stays
    return calls


def test_there_are_no_more_calls_than_allowed() -> None:
    queue = queueing(calls=2)
    queue.add([invocation(name) for name in "abc"])
    first = next_calls(queue)
    assert names(first) == [["a"], ["b"]]
    assert next_calls(queue) == []
    queue.done(first[0], [Sent("1")])
    assert names(next_calls(queue)) == [["c"]]


def test_messages_of_a_queue_go_together() -> None:
    queue = queueing(calls=2)
    queue.add([Work(message(str(n)), Home(Way.QUEUE, QUEUE)) for n in range(12)])
    assert [len(call) for call in next_calls(queue)] == [10, 2]


def test_a_message_group_has_one_message_on_its_way() -> None:
    queue = queueing()
    queue.add([grouped("a1", "a"), grouped("a2", "a"), grouped("b1", "b"), grouped("a3", "a")])
    first = next_calls(queue)
    assert names(first) == [["a1", "b1"]]
    assert next_calls(queue) == []
    queue.done(first[0], [Sent("1"), Sent("2")])
    assert names(next_calls(queue)) == [["a2"]]


def test_nothing_overtakes_a_message_that_has_to_wait() -> None:
    queue = queueing()
    queue.add([grouped("a1", "a"), grouped("a2", "a")])
    (first,) = next_calls(queue, most=1)
    queue.done(first, [Sent("1")])
    assert names(next_calls(queue, most=1)) == [["a2"]]


def test_what_is_behind_a_message_that_stays_stays_too() -> None:
    queue = queueing()
    queue.add([grouped("a1", "a"), grouped("a2", "a"), grouped("b1", "b")])
    (first,) = next_calls(queue)
    queue.done(first, [Reason("no"), Sent("2")])
    calls, stays = queue.choose(None)
    assert calls == []
    assert [(work.event.stored.id, "order" in reason.text) for work, reason in stays] == [("a2", True)]


def test_a_home_that_is_closed_gets_no_more_calls() -> None:
    queue = queueing(calls=1)
    queue.add([invocation("a"), invocation("b"), invocation("c", OTHER)])
    (first,) = next_calls(queue)
    denied = Reason("denied", refused=True, closes=True)
    queue.done(first, [denied])
    calls, stays = queue.choose(None)
    assert names(calls) == [["c"]]
    assert [(work.event.stored.id, reason) for work, reason in stays] == [("b", denied)]


def test_a_home_that_is_busy_is_given_up_when_nothing_gets_through() -> None:
    busy = Reason("throttled", refused=True, closes=True, passes=True)

    def closed_after(*results: Sent | Reason) -> bool:
        queue = queueing(calls=1)
        queue.add([invocation(str(n)) for n in range(len(results) + 1)])
        for result in results:
            (works,) = next_calls(queue)
            queue.done(works, [result])
        return bool(queue.choose(None)[1])

    assert not closed_after(busy, busy)
    assert not closed_after(busy, busy, Sent("1"), busy, busy)
    assert closed_after(busy, busy, busy)


def test_batches_of_a_shard_go_in_the_order_of_their_records() -> None:
    def batch(id: str, start: str) -> Work:
        event = failed(Origin.STREAM_BATCH, id=id, batch=Batch(STREAM, "shard", start, start, 1))
        return Work(event, Home(Way.BATCH, FUNCTION, "shard"))

    queue = queueing()
    queue.add([batch("second", "100"), batch("first", "99")])
    (first,) = next_calls(queue)
    assert names([first]) == [["first"]]
    queue.done(first, [Reason("failed again")])  # the mapping went on after a failure, too
    assert names(next_calls(queue)) == [["second"]]


def test_the_rate_is_kept() -> None:
    clock = Clock()
    queue = queueing(calls=100, rate=10, clock=clock)
    queue.add([invocation(str(n)) for n in range(100)])
    sent = 0
    for _ in range(50):
        clock.now += 0.1
        sent += len(next_calls(queue))
    assert sent == pytest.approx(5 * 10, abs=3)
    assert 0 < queue.wait <= 0.1


def test_a_slow_rate_does_not_stop() -> None:
    clock = Clock()
    queue = queueing(rate=0.5, clock=clock)
    queue.add([invocation("a"), invocation("b")])
    assert names(next_calls(queue)) == [["a"]]
    clock.now += queue.wait - 0.01
    assert next_calls(queue) == []
    clock.now += 0.02
    assert names(next_calls(queue)) == [["b"]]


def test_what_is_cleared_is_named() -> None:
    queue = queueing()
    queue.add([invocation("a"), invocation("b")])
    assert queue.clear() == {"a", "b"}
    assert not queue
