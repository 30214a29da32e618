"""Keeps to a rate."""

import time
from collections.abc import Callable
from typing import Final

_BURST_SECONDS: Final = 0.25


class Rate:
    """A bucket of tokens, one for each event; it holds those of a quarter of a second, and one at least.

    Parameters
    ----------
    per_second
        How many events a second; None for any number.
    clock
        The time in seconds.
    """

    def __init__(self, per_second: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._clock = clock
        self._most = max(1.0, (per_second or 0) * _BURST_SECONDS)
        self._tokens = 1.0
        self._at = clock()

    def take(self) -> bool:
        """Take a token if there is one."""
        if self._per_second is None:
            return True
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def wait(self) -> float:
        """In how many seconds there will be a token."""
        if self._per_second is None:
            return 0.0
        return max(0.0, (1 - self._tokens) / self._per_second - (self._clock() - self._at))
