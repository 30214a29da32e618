"""Let Ctrl-C end a command that reads with several threads."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended_by_a_second_interrupt() -> Iterator[None]:
    """Let a second Ctrl-C end the process without a word while calls that are under way come to their end."""
    try:
        yield
    except KeyboardInterrupt:
        # Python waits for the threads at its end, and can only tell of an interrupt there with a traceback.
        if threading.active_count() > 1:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        raise
