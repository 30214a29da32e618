"""Lambda's queue of asynchronous events: attempts, waits and age."""

import contextvars
import heapq
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

MINUTE = float(os.environ["LAMBDA_ASYNC_RETRY_BASE_SECONDS"])
"""Seconds that stand for one minute of waiting between the attempts of a function that fails."""

WORKERS = 8
"""Events that run at the same time: each may need a worker process of some 33 MB."""


@dataclass
class Event:
    """One asynchronous event and how far it got."""

    function: str
    """ARN as invoked: unqualified, or with a version or alias."""

    payload: Any
    request_id: str
    context: contextvars.Context
    accepted: float = field(default_factory=time.monotonic)
    skipped: float = 0.0
    """Seconds of waiting that were left out by the shorter minute."""

    attempts: int = 0
    throttles: int = 0

    @property
    def age(self) -> float:
        """Seconds since the event was accepted, as AWS would count them."""
        return time.monotonic() - self.accepted + self.skipped


class EventQueue:
    """Runs each event when it is due; the work may put the event back."""

    def __init__(self, work: Callable[[Event], None]) -> None:
        self._work = work
        self._heap: list[tuple[float, int, Event]] = []
        self._changed = threading.Condition()
        self._numbers = count()
        self._threads: list[threading.Thread] = []

    def put(self, event: Event, wait: float = 0.0) -> None:
        """Queue an event that is due in ``wait`` seconds."""
        with self._changed:
            while len(self._threads) < WORKERS:
                self._threads.append(threading.Thread(target=self._run, daemon=True, name="asynchronous-events"))
                self._threads[-1].start()
            heapq.heappush(self._heap, (time.monotonic() + wait, next(self._numbers), event))
            self._changed.notify()

    def clear(self) -> None:
        """Forget all events that wait."""
        with self._changed:
            self._heap.clear()

    def _run(self) -> None:
        while True:
            event = self._take()
            event.context.run(self._work, event)

    def _take(self) -> Event:
        with self._changed:
            while True:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)
