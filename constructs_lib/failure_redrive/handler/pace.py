"""How fast events are sent, and for how long."""

import threading
import time
from collections.abc import Callable
from typing import Final

SLICE_SECONDS: Final = 240
"""An invocation takes new events for so long; a stopped execution thus ends soon."""
MARGIN_SECONDS: Final = 120
"""Kept for what was taken: more than the minute for which a throttled call is tried again."""


class Pace:
    """Lets events go one interval after the other, until the time is over.

    Parameters
    ----------
    interval
        The seconds between two events; 0 for no rate.
    remaining
        The seconds until Lambda ends the invocation.
    deadline
        When the execution takes no more events, as seconds since 1970.
    clock, sleep
        Tell the time, and pass it.
    """

    def __init__(
        self,
        interval: float,
        remaining: float,
        deadline: float,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._deadline = deadline
        self._killed = clock() + remaining
        self._until = min(clock() + SLICE_SECONDS, self._killed - MARGIN_SECONDS, deadline)
        # The first event waits as well: there are many invocations, and all together keep the rate.
        self._next = clock() + interval
        self._lock = threading.Lock()

    @property
    def has_time(self) -> bool:
        """Whether this invocation may take new events."""
        return self._clock() < self._until

    @property
    def is_over(self) -> bool:
        """Whether the execution takes no more events."""
        return self._clock() >= self._deadline

    @property
    def seconds_to_end(self) -> int:
        """The seconds after which this invocation has ended for certain."""
        return max(1, int(self._killed - self._clock()) + 1)

    def wait(self) -> bool:
        """Wait for the turn of an event; say whether it comes in time."""
        if not self._interval:
            return True
        with self._lock:
            turn = max(self._next, self._clock())
            if turn > self._until:
                return False
            self._next = turn + self._interval
        self._sleep(max(0.0, turn - self._clock()))
        return True
