"""Which events are next: at most so many calls at once, at a rate, and one event of a lane at a time."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.redrive.homes import Home, Way
from constructs_lib.operations.redrive.rate import Rate
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sent import Sent

_TOGETHER: Final = 10
_GIVEN_UP: Final = 3
BEHIND: Final = Reason("an event before it in its message group stays, and the order is kept")


@dataclass(frozen=True)
class Work:
    """An event and its home."""

    event: FailedEvent
    home: Home


class Queueing:
    """The events that wait to be sent.

    Parameters
    ----------
    rate
        How many may go.
    calls
        How many calls may be made at once.
    """

    def __init__(self, rate: Rate, calls: int) -> None:
        self._rate = rate
        self._free = calls
        self._waiting: list[Work] = []
        self._busy: set[str] = set()
        self._blocked: set[str] = set()
        self._closed: dict[tuple[Way, str], Reason] = {}
        self._given_up: Counter[tuple[Way, str]] = Counter()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def size(self) -> int:
        """How many bytes the events have that wait, or about as many."""
        return sum(len(work.event.stored.body) for work in self._waiting)

    @property
    def wait(self) -> float:
        """In how many seconds the rate lets the next one go."""
        return self._rate.wait

    def add(self, works: list[Work]) -> None:
        """Let events wait; batches of a shard in the order of their records, as far as they are here."""
        self._waiting = sorted([*self._waiting, *works], key=_position)

    def clear(self) -> set[str]:
        """Let no event wait any more; return the ids of those that did."""
        waited = {work.event.stored.id for work in self._waiting}
        self._waiting.clear()
        return waited

    def _block(self, home: Home) -> None:
        """Keep what comes later in a message group, as something before it stays."""
        if home.way is Way.QUEUE and home.lane is not None:
            self._blocked.add(home.lane)

    def choose(self, most: int | None) -> tuple[list[list[Work]], list[tuple[Work, Reason]]]:
        """Return what is to be sent now, together what can go in one call, and what stays, with the reasons.

        Parameters
        ----------
        most
            How many events at most; None for any number.
        """
        chosen: list[list[Work]] = []
        open_calls: dict[str, list[Work]] = {}
        stays: list[tuple[Work, Reason]] = []
        later: list[Work] = []
        lanes = set(self._busy)
        number = 0
        for work in self._waiting:
            home = work.home
            if reason := self._closed.get((home.way, home.arn)) or (BEHIND if home.lane in self._blocked else None):
                stays.append((work, reason))
                self._block(home)
                continue
            call = open_calls.get(home.arn) if home.way is Way.QUEUE else None
            fits = home.lane not in lanes and (call is not None or self._free > 0) and (most is None or number < most)
            if home.lane is not None:
                lanes.add(home.lane)  # also when it has to wait: nothing may overtake it
            if not (fits and self._rate.take()):
                later.append(work)
                continue
            number += 1
            if call is None:
                self._free -= 1
                call = [work]
                chosen.append(call)
            else:
                call.append(work)
            if home.way is Way.QUEUE:
                open_calls[home.arn] = call
                if len(call) == _TOGETHER:
                    del open_calls[home.arn]
            if home.lane is not None:
                self._busy.add(home.lane)
        self._waiting = later
        return chosen, stays

    def done(self, works: list[Work], results: list[Sent | Reason]) -> None:
        """Take note that a call is done."""
        self._free += 1
        key = works[0].home.way, works[0].home.arn
        if any(isinstance(result, Sent) for result in results):
            del self._given_up[key]
        else:
            self._given_up[key] += 1
        for work, result in zip(works, results, strict=True):
            self._busy.discard(work.home.lane or "")
            if isinstance(result, Reason):
                self._block(work.home)
                # One that is only busy is given up when several calls, one after the other, did not get through.
                if result.closes and (not result.passes or self._given_up[key] >= _GIVEN_UP):
                    self._closed[key] = result


def _position(work: Work) -> int:
    batch = work.event.batch
    return int(batch.start) if batch is not None and work.home.way is Way.BATCH else 0
