"""Sends events home, several at once, and those that have an order one after the other."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Final

from constructs_lib.failure_redrive.handler.pace import Pace
from constructs_lib.failure_redrive.handler.settings import Settings
from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.filtering import matches
from constructs_lib.operations.redrive.homes import Home, Way, home_of
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sending import send, send_all
from constructs_lib.operations.redrive.sent import Sent

Result = Sent | Reason
NO_TIME: Final = Reason("there was no time left")
"""The turn of the event does not come in this invocation."""
OTHER_ERROR: Final = Reason("it has another error")
BEHIND: Final = Reason("an event before it in its message group stays, and the order is kept")


class Courier:
    """Sends events home.

    Parameters
    ----------
    account
        The account to call.
    settings
        Where events may go.
    pace
        How fast.
    error
        A part of the type or message of the errors whose events are sent. Default: every one.
    pool
        Sends several at once.
    """

    def __init__(self, account: Account, settings: Settings, pace: Pace, error: str | None, pool: Executor) -> None:
        self._account = account
        self._settings = settings
        self._pace = pace
        self._error = error
        self._pool = pool

    def deliver(self, events: Sequence[FailedEvent]) -> dict[str, Result]:
        """Return what became of each event, by its id."""
        results: dict[str, Result] = {}
        going: list[tuple[FailedEvent, Home]] = []
        stopped: set[str] = set()
        for event in events:
            group = self._group(event)
            home = BEHIND if group in stopped else self._home(event)
            if isinstance(home, Home):
                going.append((event, home))
                continue
            results[event.stored.id] = home
            stopped.update([group] if group else [])
        for done in self._pool.map(self._send, list(_errands(going))):
            results.update(done)
        return results

    def _group(self, event: FailedEvent) -> str | None:
        """Return the message group of an event in a FIFO queue, in which none may overtake another."""
        is_fifo = self._settings.place.arn.endswith(".fifo")
        return event.stored.system.get("MessageGroupId") if is_fifo else None

    def _home(self, event: FailedEvent) -> Home | Reason:
        if self._error is not None and not matches(event, self._error):
            return OTHER_ERROR
        home = home_of(event, self._settings.place)
        if isinstance(home, Home) and home.arn not in self._settings.homes:
            return Reason(f"it belongs to {home.arn}, which this redrive does not serve")
        return home

    def _send(self, errand: tuple[Home, list[FailedEvent]]) -> dict[str, Result]:
        try:
            return self._go(*errand)
        except Exception as error:  # whatever it is, the events stay, and the others go on
            reason = Reason(f"{type(error).__name__}: {error}", maybe_sent=True)
            return {event.stored.id: reason for event in errand[1]}

    def _go(self, home: Home, events: list[FailedEvent]) -> dict[str, Result]:
        if home.way is Way.QUEUE and home.lane is None:
            going = [event for event in events if self._pace.wait()]
            results = zip(going, send_all(self._account, going, home), strict=True) if going else ()
            return {event.stored.id: NO_TIME for event in events} | {e.stored.id: result for e, result in results}
        done: dict[str, Result] = {}
        stays = False
        for event in events:
            if stays:
                done[event.stored.id] = BEHIND
                continue
            result = send(self._account, event, home) if self._pace.wait() else NO_TIME
            done[event.stored.id] = result
            stays = home.way is Way.QUEUE and isinstance(result, Reason)
        return done


def _errands(events: Sequence[tuple[FailedEvent, Home]]) -> Iterator[tuple[Home, list[FailedEvent]]]:
    """Put together what goes in one call, or in an order."""
    together: dict[str, tuple[Home, list[FailedEvent]]] = {}
    for event, home in events:
        if home.lane is None and home.way is not Way.QUEUE:
            yield home, [event]
        else:
            together.setdefault(home.lane or home.arn, (home, []))[1].append(event)
    yield from together.values()
