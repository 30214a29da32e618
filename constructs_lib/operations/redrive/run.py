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
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.redrive.homes import Home, Way
from constructs_lib.operations.redrive.intake import Intake
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
_HIDDEN_SECONDS: Final = 30
"""How long to wait for what others hide: what was removed just now can be counted as hidden, too."""


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
        plenty = plenty if options.rate is None else min(plenty, 10 + int(options.rate * _SECONDS))
        self._receiving = Receiving(plenty, source.asks_at_once)
        self._removal = Removal(journal, self._outcome)
        self._intake = Intake(place, source, journal, options, self._outcome, self._removal)
        self._pool = ThreadPoolExecutor(options.workers + _OTHERS, "redrive")
        self._tasks: dict[Future[Any], Callable[[Any], None]] = {}
        self._functions: set[str] = set()
        self._begun = 0
        self._is_over = False
        # What a run that was killed had taken comes back when nobody hides it any more.
        hidden = source.hidden_seconds + _GRACE_SECONDS if journal.was_interrupted else 0
        self._hidden_until = time.monotonic() + hidden
        self._hidden_since: float | None = None

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
            self._intake.in_hand -= self._queueing.clear()
        while not self._is_over and self._receiving.ask(len(self._queueing), self._queueing.size):
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
            if self._receiving.answered(len(events), in_hand=len(self._intake.in_hand)):
                self._is_over = not self._is_worth_waiting()
        except OperationError as error:
            self._outcome.problems.append(str(error))
            self._is_over = True
            return
        if events:
            self._outcome.hidden = 0
            self._hidden_since = None
        works = [work for event in events if (work := self._intake.take(event)) is not None]
        for work in works:
            self._warn_of(work.home)
        self._queueing.add(works)

    def _is_worth_waiting(self) -> bool:
        """Whether what is hidden, now that nothing else is there, may still come."""
        now = time.monotonic()
        self._outcome.hidden = self._source.hidden()
        if self._hidden_since is None:
            self._hidden_since = now
        return bool(self._outcome.hidden) and now < max(self._hidden_until, self._hidden_since + _HIDDEN_SECONDS)

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
            self._intake.leave(work.event, reason)
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
                    self._intake.leave(work.event, one)
                    continue
                self._intake.accepted(work.event, one.id)
                self._outcome.sent[str(work.home)] += 1

        self._start(sent, call)

    def _remove(self, ids: list[str]) -> None:
        def removed(result: Callable[[], dict[str, Reason]]) -> None:
            self._receiving.changed()
            self._intake.in_hand.difference_update(ids)
            self._removal.done(ids, result())

        self._start(removed, self._source.remove, ids)
