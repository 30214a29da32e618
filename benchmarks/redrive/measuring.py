"""Measures the loops in turns."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.redrive import loops
from benchmarks.redrive.ground import Failed, Ground
from benchmarks.redrive.loops import Loop
from scripts.local.emulator import Emulator

OURS: Final = "ours"
MOVED: Final = "ours, by the move task of SQS"
PLAIN: Final = "receive 10, send each, delete each"
BATCHES: Final = "receive 10, send 10, delete 10"
INVOKE: Final = "receive 10, invoke for each, delete each"
INVOKE_BATCHES: Final = "receive 10, invoke for each, delete 10"

DELAY: Final = 0.02
"""How many seconds a call takes longer in some of the series."""
LONGEST: Final = 115
"""No round is begun that would end after so many seconds."""
ROUNDS: Final = 5
"""The most rounds."""

_LOOPS: Final[Mapping[str, Loop]] = {
    OURS: loops.ours,
    MOVED: loops.ours_without_options,
    PLAIN: loops.one_by_one,
    BATCHES: loops.in_batches,
    INVOKE: loops.invoke_one_by_one,
    INVOKE_BATCHES: loops.invoke_and_delete_in_batches,
}


@dataclass(frozen=True)
class Speed:
    """How fast a loop was, once."""

    events: int
    seconds: float
    """Until the last event had left its place."""
    rest: float
    """From then to the end of the loop, in seconds: until it was sure that nothing is left."""

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


@dataclass(frozen=True)
class Series:
    """Loops that are measured in turns."""

    title: str
    make: Callable[[int], AbstractContextManager[Failed]]
    """Makes a place with so many events."""
    numbers: Mapping[str, int]
    """How many events each loop redrives: more of the faster ones, so that each takes some seconds at most."""
    delay: float = 0
    """How many seconds a call takes longer."""
    speeds: dict[str, list[Speed]] = field(default_factory=dict)

    def rate(self, loop: str) -> float:
        """Return the events a second, the median."""
        return median(one.rate for one in self.speeds[loop])

    def ratio(self, loop: str) -> float:
        """Return how many times as fast as a loop ours was in the same turn, the median."""
        pairs = zip(self.speeds[OURS], self.speeds[loop], strict=True)
        return median(our.rate / other.rate for our, other in pairs)

    def rest(self, loop: str) -> float:
        """Return the seconds to the end after the last event had left, the median."""
        return median(one.rest for one in self.speeds[loop])

    def turn(self, ground: Ground, share: float) -> None:
        """Run each loop once, over that share of its events."""
        for name, most in self.numbers.items():
            number = max(1, round(most * share))
            with self.make(number) as failed:
                self.speeds.setdefault(name, []).append(_speed(_LOOPS[name], ground, failed, number, self.delay))


def measure(*, rounds: int = ROUNDS, share: float = 1) -> list[Series]:
    """Measure on an emulator of its own.

    Parameters
    ----------
    rounds
        How often each loop runs at most.
    share
        The share of the events that are redriven.
    """
    began = time.monotonic()
    with TemporaryDirectory() as name, Emulator(Path(name, "emulator.log")) as emulator:
        ground = Ground(emulator, Path(name))
        all_series = _series(ground)
        longest = 0.0
        for _ in range(rounds):
            turn = time.monotonic()
            if turn + longest > began + LONGEST:
                break
            for series in all_series:
                series.turn(ground, share)
            longest = max(longest, time.monotonic() - turn)
    return all_series


def _series(ground: Ground) -> list[Series]:
    idle, running = partial(ground.events, run=False), partial(ground.events, run=True)
    later = f"calls that take {DELAY * 1000:.0f} ms longer"
    return [
        Series("Messages", ground.messages, {OURS: 1000, PLAIN: 200, BATCHES: 1000, MOVED: 300}),
        Series(f"Messages, {later}", ground.messages, {OURS: 400, PLAIN: 30, BATCHES: 100}, DELAY),
        Series("Asynchronous invocations", idle, {OURS: 300, INVOKE: 150, INVOKE_BATCHES: 150}),
        Series(f"Asynchronous invocations, {later}", idle, {OURS: 200, INVOKE: 30, INVOKE_BATCHES: 30}, DELAY),
        Series(
            "Asynchronous invocations of a function that the emulator runs",
            running,
            {OURS: 60, INVOKE: 60, INVOKE_BATCHES: 60},
        ),
    ]


def _speed(loop: Loop, ground: Ground, failed: Failed, number: int, delay: float) -> Speed:
    account = ground.account(delay)
    with TemporaryDirectory() as name:
        began = time.perf_counter()
        left = loop(account, failed, Path(name, "journal.jsonl"))
        ended = time.perf_counter()
    ground.check(failed, number)
    return Speed(number, left - began, ended - left)
