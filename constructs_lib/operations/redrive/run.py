"""One run over the events of a place: take, note, send, note, remove.

One thread decides and writes the journal; others receive, send and remove. Each turn puts on the disk, at once, what is
noted of all events that go on in it.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any, Final, Protocol

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.filtering import matches
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.redrive.homes import Home, Way, home_of
from constructs_lib.operations.redrive.journal import Journal
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.queueing import Queueing, Work
from constructs_lib.operations.redrive.rate import Rate
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.safety import warning_about
from constructs_lib.operations.redrive.sending import send_all
from constructs_lib.operations.redrive.sent import Sent

_TOGETHER: Final = 10
_AHEAD: Final = 4
_REMOVE_AFTER_SECONDS: Final = 0.2
_TURN_SECONDS: Final = 0.5
_EMPTY_ANSWERS: Final = 2
"""How many answers without events, one after the other and with nothing in hand, mean that there are none."""


class Source(Protocol):
    """Where the events come from: ``QueuePlace`` or ``BucketPlace``."""

    total: int | None
    began: datetime
    hidden_seconds: int
    problems: list[str]

    def receive(self) -> list[FailedEvent]: ...  # noqa: D102
    def remove(self, ids: Sequence[str]) -> dict[str, Reason]: ...  # noqa: D102
    def hidden(self) -> int: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class Run:
    """One run.

    Parameters
    ----------
    account
        The account.
    place
        The place.
    source
        The events of the place.
    journal
        The journal of the place, in which the run has begun.
    options
        What to do.
    """

    def __init__(self, account: Account, place: Place, source: Source, journal: Journal, options: Options) -> None:
        self._account, self._place, self._source, self._journal = account, place, source, journal
        self._options = options
        self.outcome = Outcome(journal=journal.path, total=source.total)
        self._queueing = Queueing(Rate(options.rate), options.workers)
        self._pool = ThreadPoolExecutor(options.workers + _AHEAD, "redrive")
        self._tasks: dict[Future[Any], Callable[[Any], None]] = {}
        self._in_hand: set[str] = set()
        self._aside: set[str] = set()
        self._to_remove: list[str] = []
        self._remove_by = 0.0
        self._receiving = self._empty = self._begun = 0
        self._is_over = self._is_dry = self._is_narrow = False
        self._unremoved: set[str] = set()
        self._functions: set[str] = set()
        # What a run that was killed had taken comes back when nobody hides it any more.
        self._hidden_until = time.monotonic() + source.hidden_seconds + 5 if journal.was_interrupted else 0.0

    def run(self) -> Outcome:
        """Go on until nothing is left that can be sent, or the run is stopped.

        Raises
        ------
        OperationError
            When the journal cannot be written.
        """
        try:
            while self._turn():
                self._options.progress(self.outcome)
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._source.close()
        self.outcome.was_stopped = self._options.stop.is_set()
        self.outcome.problems += self._source.problems
        return self.outcome

    def _turn(self) -> bool:
        """Do what can be done now; say whether there is more to do."""
        if self._options.stop.is_set() or self._most == 0:
            self._is_over = True
        if self._is_over:
            self._in_hand -= self._queueing.clear()
        self._receive()
        calls, stays = self._queueing.choose(self._most)
        for work, reason in stays:
            self._leave(work.event, reason)
        for works in calls:
            self._begun += len(works)
            ids = [work.event.stored.id for work in works]
            self.outcome.possible_duplicates += self._journal.sending(ids, str(works[0].home))
        self._journal.commit()
        for works in calls:
            self._send(works)
        self._remove()
        if not self._tasks:
            self._options.stop.wait(min(_TURN_SECONDS, self._queueing.wait) if self._queueing else 0)
            return bool(self._queueing or self._to_remove)
        seconds = _REMOVE_AFTER_SECONDS if self._to_remove else _TURN_SECONDS
        if self._queueing and not calls:
            seconds = min(seconds, max(0.01, self._queueing.wait))
        done, _ = wait(self._tasks, seconds, FIRST_COMPLETED)
        for task in done:
            self._tasks.pop(task)(task)
        return True

    @property
    def _most(self) -> int | None:
        """How many events may still be sent."""
        return None if self._options.limit is None else max(0, self._options.limit - self._begun)

    def _start(self, then: Callable[[Any], None], call: Callable[..., Any], *arguments: Any) -> None:
        self._tasks[self._pool.submit(call, *arguments)] = then

    def _receive(self) -> None:
        """Take more, unless there is plenty, or was none before something changes."""
        plenty = self._options.workers * 2 * _TOGETHER
        while not (self._is_over or self._is_dry) and len(self._queueing) + self._receiving * _TOGETHER < plenty:
            if self._receiving >= (1 if self._is_narrow else _AHEAD):
                return
            self._receiving += 1
            self._start(self._received, self._source.receive)

    def _received(self, task: "Future[list[FailedEvent]]") -> None:
        self._receiving -= 1
        try:
            events = task.result()
            if not events:
                self._found_none()
                return
        except OperationError as error:
            self.outcome.problems.append(str(error))
            self._is_over = True
            return
        self._empty, self._is_narrow = 0, False
        self._queueing.add([work for event in events if (work := self._taken(event)) is not None])

    def _found_none(self) -> None:
        self._is_narrow = True  # one asks at a time, so that the last answer is known to be the last
        self._is_dry = bool(self._in_hand)  # what is in hand can hide more: a message group, for one
        if self._in_hand or self._receiving:
            return
        self._empty += 1
        if self._empty >= _EMPTY_ANSWERS:
            self.outcome.hidden = self._source.hidden()
            self._is_over = not (self.outcome.hidden and time.monotonic() < self._hidden_until)

    def _taken(self, event: FailedEvent) -> Work | None:
        """Return what there is to do for an event, if it is to be sent."""
        key = event.stored.id
        if key in self._in_hand or key in self._aside:
            return None  # it was hidden for too short a time; only its receipt handle is new
        if key in self._journal.accepted:
            self._in_hand.add(key)
            self._to_remove.append(key)
            self.outcome.finished += key not in self._unremoved
            return None
        home = home_of(event, self._place, self._options.to)
        if event.stored.stored_at is not None and event.stored.stored_at > self._source.began:
            # It may be one that was just sent and failed again: taking it would go on for ever.
            self._aside.add(key)
            self.outcome.newer += 1
            if isinstance(home, Home):
                self._queueing.block(home)
            return None
        if self._options.error is not None and not matches(event, self._options.error):
            self._aside.add(key)
            self.outcome.passed_over += 1
            if isinstance(home, Home):
                self._queueing.block(home)
            return None
        if isinstance(home, Reason):
            self._leave(event, home)
            return None
        self._in_hand.add(key)
        if home.way is Way.INVOKE and home.arn not in self._functions:
            self._functions.add(home.arn)
            self._start(self._warned, warning_about, self._account, home.arn)
        return Work(event, home)

    def _warned(self, task: "Future[str | None]") -> None:
        if warning := task.result():
            self._options.warn(warning)

    def _send(self, works: list[Work]) -> None:
        def sent(task: "Future[list[Sent | Reason]]") -> None:
            self._sent(works, task.result())

        events = [work.event for work in works]

        def call() -> list[Sent | Reason]:
            return send_all(self._account, events, works[0].home, pause=self._options.stop.wait)

        self._start(sent, call)

    def _sent(self, works: list[Work], results: list[Sent | Reason]) -> None:
        self._is_dry = False
        self._queueing.done(works, results)
        for work, result in zip(works, results, strict=True):
            if isinstance(result, Reason):
                self._leave(work.event, result)
                continue
            self._journal.sent(work.event.stored.id, result.id)
            self._to_remove.append(work.event.stored.id)
            self.outcome.sent[str(work.home)] += 1

    def _leave(self, event: FailedEvent, reason: Reason) -> None:
        self._in_hand.discard(event.stored.id)
        self._aside.add(event.stored.id)
        self._journal.left(event.stored.id, reason.text, maybe_sent=reason.maybe_sent)
        self.outcome.left[reason] += 1

    def _remove(self) -> None:
        """Remove what is noted as accepted, ten at a time, and fewer after a while."""
        now = time.monotonic()
        if not self._to_remove:
            self._remove_by = now + _REMOVE_AFTER_SECONDS
        while len(self._to_remove) >= _TOGETHER or (self._to_remove and (now >= self._remove_by or not self._tasks)):
            ids, self._to_remove = self._to_remove[:_TOGETHER], self._to_remove[_TOGETHER:]
            self._start(self._removed_of(ids), self._source.remove, ids)

    def _removed_of(self, ids: list[str]) -> Callable[[Any], None]:
        def removed(task: "Future[dict[str, Reason]]") -> None:
            stays = task.result()
            self._is_dry = False
            self._in_hand -= set(ids)
            gone = [each for each in ids if each not in stays]
            self._journal.removed(gone)
            self.outcome.removed += len(gone)
            self._unremoved = (self._unremoved | set(stays)) - set(gone)
            self.outcome.not_removed = len(self._unremoved)
            for reason in set(stays.values()):
                if reason.text not in self.outcome.problems:
                    self.outcome.problems.append(reason.text)
                self._is_over = self._is_over or reason.closes  # or all would be sent, and none would go

        return removed
