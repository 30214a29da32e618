"""One run over the events of a place: take, note, send, note, remove.

One thread decides and writes the journal; others receive, send and remove. Each turn puts on the disk, at once, what is
noted of all events that go on in it.
"""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Final

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
from constructs_lib.operations.redrive.receiving import Receiving
from constructs_lib.operations.redrive.removal import WAIT_SECONDS, Removal
from constructs_lib.operations.redrive.safety import warning_about
from constructs_lib.operations.redrive.sending import send_all
from constructs_lib.operations.redrive.sent import Sent
from constructs_lib.operations.redrive.source import Source

_AHEAD: Final = 20
"""How many events may wait for each call that can be made at once."""
_SECONDS: Final = 2
_OTHERS: Final = 6
"""Calls at once beside those that send."""
_TURN_SECONDS: Final = 0.5
_GRACE_SECONDS: Final = 5


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
        self._outcome = Outcome(journal=journal.path, total=source.total)
        self._queueing = Queueing(Rate(options.rate), options.workers)
        plenty = options.workers * _AHEAD
        # What waits is hidden from others, so no more of it than goes in some seconds.
        self._receiving = Receiving(plenty if options.rate is None else min(plenty, 10 + int(options.rate * _SECONDS)))
        self._removal = Removal(journal, self._outcome)
        self._pool = ThreadPoolExecutor(options.workers + _OTHERS, "redrive")
        self._tasks: dict[Future[Any], Callable[[Any], None]] = {}
        self._in_hand: set[str] = set()
        self._aside: set[str] = set()
        self._functions: set[str] = set()
        self._begun = 0
        self._is_over = False
        # What a run that was killed had taken comes back when nobody hides it any more.
        hidden = source.hidden_seconds + _GRACE_SECONDS if journal.was_interrupted else 0
        self._hidden_until = time.monotonic() + hidden

    def run(self) -> Outcome:
        """Go on until nothing is left that can be sent, or the run is stopped.

        Raises
        ------
        OperationError
            When the journal cannot be written.
        """
        try:
            while self._turn():
                self._options.progress(self._outcome)
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._source.close()
        self._outcome.was_stopped = self._options.stop.is_set()
        self._outcome.problems += self._source.problems
        return self._outcome

    def _turn(self) -> bool:
        """Do what can be done now; say whether there is more to do."""
        if self._options.stop.is_set() or self._most == 0 or self._removal.is_useless:
            self._is_over = True
        if self._is_over:
            self._in_hand -= self._queueing.clear()
        while not self._is_over and self._receiving.ask(len(self._queueing)):
            self._start(self._received, self._source.receive)
        calls = self._choose()
        self._journal.commit()
        for works in calls:
            self._send(works)
        for ids in self._removal.due(idle=not self._tasks):
            self._remove(ids)
        if not self._tasks:
            self._options.stop.wait(min(_TURN_SECONDS, self._queueing.wait) if self._queueing else 0)
            return bool(self._queueing)
        seconds = WAIT_SECONDS if self._removal else _TURN_SECONDS
        if self._queueing and not calls:
            seconds = min(seconds, max(0.01, self._queueing.wait))
        done, _ = wait(self._tasks, seconds, FIRST_COMPLETED)
        for task in done:
            self._tasks.pop(task)(task.result)
        return True

    @property
    def _most(self) -> int | None:
        """How many events may still be sent."""
        return None if self._options.limit is None else max(0, self._options.limit - self._begun)

    def _start(self, then: Callable[[Callable[[], Any]], None], call: Callable[..., Any], *arguments: Any) -> None:
        """Make a call in another thread; then hand over its result, as a function that returns or raises it."""
        self._tasks[self._pool.submit(call, *arguments)] = then

    def _received(self, result: Callable[[], list[FailedEvent]]) -> None:
        try:
            events = result()
            if self._receiving.answered(len(events), in_hand=len(self._in_hand)):
                self._outcome.hidden = self._source.hidden()
                self._is_over = not (self._outcome.hidden and time.monotonic() < self._hidden_until)
        except OperationError as error:
            self._outcome.problems.append(str(error))
            self._is_over = True
            return
        if events:
            self._outcome.hidden = 0
        self._queueing.add([work for event in events if (work := self._taken(event)) is not None])

    def _taken(self, event: FailedEvent) -> Work | None:
        """Return what there is to do for an event, if it is to be sent."""
        key, stored_at = event.stored.id, event.stored.stored_at
        if key in self._in_hand or key in self._aside:
            return None  # it was hidden for too short a time; only its receipt handle is new
        if key in self._journal.accepted:
            self._in_hand.add(key)
            self._removal.add_earlier(key)
            return None
        home = home_of(event, self._place, self._options.to)
        if stored_at is not None and stored_at > self._source.began:
            # It may have been sent just now and have failed again: that would go on for ever.
            self._outcome.newer += 1
        elif self._options.error is not None and not matches(event, self._options.error):
            self._outcome.passed_over += 1
        elif isinstance(home, Reason):
            self._leave(event, home)
        else:
            self._in_hand.add(key)
            self._warn_of(home)
            return Work(event, home)
        self._aside.add(key)
        if isinstance(home, Home):
            self._queueing.block(home)
        return None

    def _warn_of(self, home: Home) -> None:
        def warn(result: Callable[[], str | None]) -> None:
            if (warning := result()) is not None:
                self._options.warn(warning)

        if home.way is Way.INVOKE and home.arn not in self._functions:
            self._functions.add(home.arn)
            self._start(warn, warning_about, self._account, home.arn)

    def _choose(self) -> list[list[Work]]:
        calls, stays = self._queueing.choose(self._most)
        for work, reason in stays:
            self._leave(work.event, reason)
        for works in calls:
            self._begun += len(works)
            ids = [work.event.stored.id for work in works]
            self._outcome.possible_duplicates += self._journal.sending(ids, str(works[0].home))
        return calls

    def _send(self, works: list[Work]) -> None:
        def call() -> list[Sent | Reason]:
            events = [work.event for work in works]
            return send_all(self._account, events, works[0].home, pause=self._options.stop.wait)

        def sent(result: Callable[[], list[Sent | Reason]]) -> None:
            results = result()
            self._receiving.changed()
            self._queueing.done(works, results)
            for work, one in zip(works, results, strict=True):
                if isinstance(one, Reason):
                    self._leave(work.event, one)
                    continue
                self._journal.sent(work.event.stored.id, one.id)
                self._removal.add(work.event.stored.id)
                self._outcome.sent[str(work.home)] += 1

        self._start(sent, call)

    def _leave(self, event: FailedEvent, reason: Reason) -> None:
        self._in_hand.discard(event.stored.id)
        self._aside.add(event.stored.id)
        self._journal.left(event.stored.id, reason.text, maybe_sent=reason.maybe_sent)
        self._outcome.left[reason] += 1

    def _remove(self, ids: list[str]) -> None:
        def removed(result: Callable[[], dict[str, Reason]]) -> None:
            self._receiving.changed()
            self._in_hand.difference_update(ids)
            self._removal.done(ids, result())

        self._start(removed, self._source.remove, ids)
