"""Lets Ctrl-C wait for what must not be torn apart."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held_back() -> Iterator[None]:
    """Let the signals that end this process wait until what is within is done; a second one does not wait.

    Only those that have a handler of Python's, as Ctrl-C has, and only in the main thread: nowhere else do they come.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    waiting: list[tuple[int, FrameType | None]] = []

    def wait(number: int, frame: FrameType | None) -> None:
        if waiting:
            handlers[signal.Signals(number)](number, frame)
        waiting.append((number, frame))

    for number in handlers:
        signal.signal(number, wait)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for came, frame in waiting[:1]:
        handlers[signal.Signals(came)](came, frame)


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM do within what Ctrl-C does, so that what is held is given back."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
