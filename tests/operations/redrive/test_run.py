"""Runs over a place that lives in memory, with homes that do what a test says."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.events.event import FailedEvent, Failure, Origin, Stored
from constructs_lib.operations.redrive import run as module
from constructs_lib.operations.redrive.homes import Home
from constructs_lib.operations.redrive.journal import Journal
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.run import Run
from constructs_lib.operations.redrive.sent import Sent
from tests.operations.redrive.failed import FIFO, FUNCTION, OTHER, destination, message, place

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
PLACE = {"account": "1", "region": "eu-west-1", "place": "q"}
DENIED = Reason("denied", refused=True, closes=True)


class Memory:
    """A place in memory: what was received is hidden until it is removed, or the place is closed."""

    def __init__(self, events: Sequence[FailedEvent]) -> None:
        self.total: int | None = len(events)
        self.began = BEGAN
        self.hidden_seconds = 0
        self.asks_at_once = 4
        self.uses_ids_again = False
        self.problems: list[str] = []
        self.events = {event.stored.id: event for event in events}
        self.visible = list(self.events)
        self.others_hide: list[FailedEvent] = []
        self.refusal: Reason | None = None
        self.is_closed = False
        self.lock = threading.Lock()

    def receive(self) -> list[FailedEvent]:
        with self.lock:
            taken, self.visible = self.visible[:10], self.visible[10:]
            return [self.events[key] for key in taken]

    def remove(self, ids: Sequence[str], /) -> dict[str, Reason]:
        with self.lock:
            if self.refusal is not None:
                return dict.fromkeys(ids, self.refusal)
            for key in ids:
                del self.events[key]
            return {}

    def hidden(self) -> int:
        return len(self.others_hide)

    def close(self) -> None:
        self.is_closed = True
        self.visible = list(self.events)


class Homes:
    """Takes what is sent, unless it has a reason not to."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.calls = 0
        self.refuses: Callable[[FailedEvent, Home], Reason | None] = lambda event, home: None
        self.lock = threading.Lock()

    def __call__(
        self, account: Account, events: Sequence[FailedEvent], home: Home, *, pause: Any
    ) -> list[Sent | Reason]:
        with self.lock:
            self.calls += 1
            results: list[Sent | Reason] = []
            for event in events:
                reason = self.refuses(event, home)
                if reason is None:
                    self.got.append(event.stored.id)
                results.append(reason or Sent(f"new-{event.stored.id}"))
            return results


@pytest.fixture
def homes(monkeypatch: pytest.MonkeyPatch) -> Homes:
    made = Homes()
    monkeypatch.setattr(module, "send_all", made)
    monkeypatch.setattr(module, "warning_about", lambda account, function: f"mind {function}")
    return made


@pytest.fixture
def go(account: Account, homes: Homes, tmp_path: Path) -> Callable[..., Outcome]:
    def run(source: Memory, **options: Any) -> Outcome:
        with Journal(tmp_path / "journal", PLACE) as journal:
            journal.begin({})
            return Run(account, place(), source, journal, Options(**options)).run()

    return run


def numbered(count: int) -> list[FailedEvent]:
    return [destination(f"e{n}") for n in range(count)]


def test_all_events_are_sent_and_removed(go: Callable[..., Outcome], homes: Homes) -> None:
    source, said = Memory(numbered(500)), list[str]()
    outcome = go(source, warn=said.append)
    assert sorted(homes.got) == sorted(f"e{n}" for n in range(500))
    assert (outcome.removed, outcome.code) == (500, Exit.DONE)
    assert not source.events
    assert source.is_closed
    assert said == [f"mind {FUNCTION}"]


def test_what_is_refused_stays_with_the_reason(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory(numbered(30))
    homes.refuses = lambda event, home: Reason("too large") if event.stored.id == "e7" else None
    outcome = go(source)
    assert set(source.events) == {"e7"}
    assert source.visible == ["e7"]
    assert dict(outcome.left) == {Reason("too large"): 1}
    assert outcome.code is Exit.FAILED


def test_a_closed_home_is_not_asked_for_each_event(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory([*numbered(300), destination("other", function=OTHER)])
    homes.refuses = lambda event, home: DENIED if home.arn == FUNCTION else None
    outcome = go(source, workers=4)
    assert outcome.left[DENIED] == 300
    assert homes.got == ["other"]  # the rest is still done
    assert homes.calls <= 10
    assert outcome.code is Exit.REFUSED


def test_the_limit_counts_what_is_sent(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory(numbered(50))
    outcome = go(source, limit=12)
    assert len(homes.got) == 12
    assert len(source.visible) == 38
    assert outcome.code is Exit.DONE


def test_only_the_error_that_is_asked_for(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory([destination("a", failure=Failure("boom", "ValueError")), destination("b")])
    outcome = go(source, error="valueerror")
    assert (homes.got, outcome.passed_over, outcome.code) == (["a"], 1, Exit.DONE)
    assert source.visible == ["b"]


def test_what_came_after_the_run_began_is_left_alone(go: Callable[..., Outcome], homes: Homes) -> None:
    late = FailedEvent(Stored("late", "{}", stored_at=BEGAN + timedelta(seconds=1)), Origin.DESTINATION)
    outcome = go(Memory([late, *numbered(1)]))
    assert (homes.got, outcome.newer, outcome.code) == (["e0"], 1, Exit.DONE)


def test_a_message_group_keeps_its_order_also_when_one_stays(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory([message(f"{group}{n}", queue=FIFO, group=group) for n in range(5) for group in "ab"])
    homes.refuses = lambda event, home: Reason("no") if event.stored.id == "a3" else None
    outcome = go(source)
    assert [name for name in homes.got if name[0] == "a"] == ["a0", "a1", "a2"]
    assert [name for name in homes.got if name[0] == "b"] == [f"b{n}" for n in range(5)]
    assert set(source.events) == {"a3", "a4"}
    assert sum(outcome.left.values()) == 2


def test_a_message_group_stays_behind_one_that_is_not_asked_for(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory([message(f"a{n}", queue=FIFO, group="a") for n in range(3)])
    outcome = go(source, error="nothing like it")
    assert homes.got == []
    assert outcome.passed_over == 3


def test_a_message_does_not_overtake_one_of_its_group_that_has_no_home(
    go: Callable[..., Outcome], homes: Homes
) -> None:
    messages = [message(f"a{n}", queue=FIFO, group="a") for n in range(4)] + [message("b0", queue=FIFO, group="b")]
    messages[1] = replace(messages[1], origin=Origin.UNKNOWN)
    outcome = go(Memory(messages))
    assert sorted(homes.got) == ["a0", "b0"]  # what was before it went on
    assert sum(outcome.left.values()) == 3


def test_the_groups_of_a_standard_queue_have_no_order(go: Callable[..., Outcome], homes: Homes) -> None:
    messages = [message(f"a{n}", group="a") for n in range(3)]
    messages[0] = replace(messages[0], origin=Origin.UNKNOWN)
    go(Memory(messages))
    assert sorted(homes.got) == ["a1", "a2"]


def test_what_an_earlier_run_sent_is_only_removed(go: Callable[..., Outcome], homes: Homes, tmp_path: Path) -> None:
    with Journal(tmp_path / "journal", PLACE) as journal:
        journal.sending(["e0", "e1"], "home")
        journal.sent("e0", "new")
        journal.commit()
    source = Memory(numbered(3))
    outcome = go(source)
    assert sorted(homes.got) == ["e1", "e2"]
    assert (outcome.finished, outcome.removed, outcome.possible_duplicates) == (1, 3, 1)
    assert not source.events


def bucket(count: int, *, written: datetime = BEGAN) -> Memory:
    """Return a place whose events have the ids that others had before."""
    events = numbered(count)
    source = Memory([replace(event, stored=replace(event.stored, stored_at=written)) for event in events])
    source.uses_ids_again = True
    return source


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=1)])
def test_an_object_that_was_put_back_is_sent_again(go: Callable[..., Outcome], homes: Homes, later: timedelta) -> None:
    before = BEGAN - timedelta(hours=1)
    assert go(bucket(2, written=before)).removed == 2
    # The older version of an object keeps its time when it becomes the current one again.
    back = bucket(2, written=before + later)
    outcome = go(back)
    assert sorted(homes.got) == ["e0", "e0", "e1", "e1"]
    assert (sum(outcome.sent.values()), outcome.finished, outcome.possible_duplicates) == (2, 0, 0)
    assert not back.events


def test_an_object_that_was_sent_and_not_deleted_is_only_deleted(go: Callable[..., Outcome], homes: Homes) -> None:
    source = bucket(2)
    source.refusal = DENIED
    assert go(source).not_removed == 2
    source.refusal = None
    assert go(source).finished == 2
    assert sorted(homes.got) == ["e0", "e1"]
    assert not source.events


def test_an_object_that_was_written_over_before_it_was_deleted_is_sent(
    go: Callable[..., Outcome], homes: Homes
) -> None:
    source = bucket(1, written=BEGAN - timedelta(seconds=2))
    source.refusal = DENIED
    go(source)
    over = bucket(1, written=BEGAN - timedelta(seconds=1))
    assert go(over).finished == 0
    assert homes.got == ["e0", "e0"]
    assert not over.events


def test_events_that_others_hide_to_the_end_are_not_done(
    go: Callable[..., Outcome], homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HIDDEN_SECONDS", 0)
    source = Memory(numbered(2))
    source.others_hide = [destination("other")]
    outcome = go(source)
    assert (sum(outcome.sent.values()), outcome.hidden, outcome.code) == (2, 1, Exit.FAILED)


def test_events_that_others_hide_for_a_moment_are_waited_for(go: Callable[..., Outcome], homes: Homes) -> None:
    class Moment(Memory):
        asked = 0

        def hidden(self) -> int:
            self.asked += 1
            if self.asked == 3:
                (event,) = self.others_hide
                self.events[event.stored.id] = event
                self.visible.append(event.stored.id)
                self.others_hide = []
                return 1
            return super().hidden()

    source = Moment(numbered(1))
    source.others_hide = [destination("other")]
    outcome = go(source)
    assert homes.got == ["e0", "other"]
    assert (outcome.hidden, outcome.code) == (0, Exit.DONE)


def test_events_that_cannot_be_removed_stop_the_run(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory(numbered(1000))
    source.refusal = DENIED
    outcome = go(source, workers=2)
    assert len(homes.got) < 300
    assert outcome.not_removed == len(homes.got)
    assert outcome.problems == ["denied"]
    assert outcome.code is Exit.REFUSED
    source.refusal = None
    again = go(source)
    assert sorted(homes.got) == sorted(f"e{n}" for n in range(1000))  # each of them once
    assert again.finished == outcome.not_removed
    assert not source.events


def test_an_event_that_was_not_removed_is_removed_when_it_is_seen_again(
    go: Callable[..., Outcome], homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Memory(numbered(1))
    remove = source.remove

    def once(ids: Sequence[str], /) -> dict[str, Reason]:
        source.remove = remove  # type: ignore[method-assign]
        source.visible = list(ids)
        return dict.fromkeys(ids, Reason("the receipt handle has expired"))

    monkeypatch.setattr(source, "remove", once)
    outcome = go(source)
    assert homes.got == ["e0"]
    assert (outcome.removed, outcome.not_removed, outcome.finished) == (1, 0, 0)


def test_an_event_that_is_seen_twice_is_sent_once(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory(numbered(20))
    source.visible += source.visible
    go(source)
    assert sorted(homes.got) == sorted(f"e{n}" for n in range(20))


def test_a_stop_ends_what_is_in_flight_and_leaves_the_rest(go: Callable[..., Outcome], homes: Homes) -> None:
    source, stop = Memory(numbered(1000)), threading.Event()

    def stopping(event: FailedEvent, home: Home) -> None:
        if len(homes.got) == 40:
            stop.set()

    homes.refuses = stopping
    outcome = go(source, stop=stop, workers=2)
    assert outcome.was_stopped
    assert outcome.code is Exit.FAILED
    assert 40 < len(homes.got) < 1000
    assert len(source.events) == 1000 - len(homes.got)
    assert len(source.visible) == len(source.events)


def test_a_refusal_to_receive_ends_the_run_after_what_is_in_hand(go: Callable[..., Outcome], homes: Homes) -> None:
    source = Memory(numbered(10))
    receive = source.receive

    def refuse() -> list[FailedEvent]:
        events = receive()
        if not events:
            raise OperationError("cannot receive: the queue is gone")
        return events

    source.receive = refuse  # type: ignore[method-assign]
    outcome = go(source)
    assert outcome.problems[0] == "cannot receive: the queue is gone"
    assert outcome.code is Exit.REFUSED
    assert source.is_closed


def test_an_unexpected_error_lets_go_of_all(go: Callable[..., Outcome], homes: Homes) -> None:
    def fail(event: FailedEvent, home: Home) -> None:
        raise RuntimeError("a mistake")

    source, homes.refuses = Memory(numbered(3)), fail
    with pytest.raises(RuntimeError, match="a mistake"):
        go(source)
    assert source.is_closed
    assert len(source.events) == 3
