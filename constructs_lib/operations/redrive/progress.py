"""Shows how far a run is: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Callable
from typing import Final, TextIO

from constructs_lib.operations.redrive.outcome import Outcome

_WIDTH: Final = 30
_BAR_SECONDS: Final = 0.1
_LINE_SECONDS: Final = 5.0
_RATE_SECONDS: Final = 1.0
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """Shows how far a run is.

    Parameters
    ----------
    stream
        Where to; a terminal gets a bar.
    clock
        The time in seconds.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._last = clock(), 0
        self._next = self._last[0] + (0 if self._is_terminal else _LINE_SECONDS)
        self._shows = False
        self._rate = 0.0

    def __call__(self, outcome: Outcome) -> None:
        """Show what is done, if it is time to."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + (_BAR_SECONDS if self._is_terminal else _LINE_SECONDS)
        text = self._text(outcome, now)
        if self._is_terminal:
            self._stream.write(f"{_CLEAR}{_bar(outcome)}{text}")
            self._shows = True
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Take the bar away, so that something else can be written."""
        if self._shows:
            self._stream.write(_CLEAR)
            self._stream.flush()
            self._shows = False

    def _text(self, outcome: Outcome, now: float) -> str:
        sent = sum(outcome.sent.values())
        seconds, before = now - self._last[0], self._last[1]
        if seconds >= _RATE_SECONDS:
            self._rate = (sent - before) / seconds
            self._last = now, sent
        of = f" of about {outcome.total:,}" if outcome.total else ""
        rest = sum(outcome.left.values())
        left = f", {rest:,} stay" if rest else ""
        rate = f", {self._rate:,.0f} a second" if self._rate else ""
        waits = f", waiting for about {outcome.hidden:,} that are hidden" if outcome.hidden else ""
        return f"{sent:,}{of} sent{left}{rate}{waits}"


def _bar(outcome: Outcome) -> str:
    if not outcome.total:
        return ""
    done = min(_WIDTH, _WIDTH * outcome.handled // outcome.total)
    return f"[{'#' * done}{'.' * (_WIDTH - done)}] "
