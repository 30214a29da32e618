"""Keeps messages hidden as long as a run goes on, and no longer."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

_TOGETHER: Final = 10
_LONGEST: Final = 3600
_CALLS_AT_ONCE: Final = 8


@dataclass
class _Held:
    handle: str
    since: float
    until: float


class Hold:
    """Messages that are hidden, each with its newest receipt handle.

    Each is hidden for as long again as it has been held, an hour at most: so a run that sets many aside makes few
    calls, and one that is killed leaves nothing hidden for longer than it ran.

    Parameters
    ----------
    client
        Of SQS.
    url
        The URL of the queue.
    seconds
        How long a message was hidden when it was received.
    clock
        The time in seconds.
    """

    def __init__(self, client: Any, url: str, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._client = client
        self._url = url
        self._seconds = seconds
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._renew_on, name="visibility", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, handles: Mapping[str, str]) -> None:
        """Hold messages that were just received, given as receipt handles by id."""
        now = self._clock()
        with self._lock:
            for message, handle in handles.items():
                since = self._held[message].since if message in self._held else now
                self._held[message] = _Held(handle, since, now + self._seconds)

    def let_go(self, ids: Iterable[str]) -> dict[str, str]:
        """Hold messages no longer; return their receipt handles."""
        with self._lock:
            return {message: self._held.pop(message).handle for message in ids}

    def renew(self) -> None:
        """Hide for longer what would be visible soon."""
        now = self._clock()
        with self._lock:
            due = [held for held in self._held.values() if held.until - now < self._seconds / 2]
        changes = {
            held.handle: min(_LONGEST, max(self._seconds, int(now - held.since) + self._seconds)) for held in due
        }
        changed = self._change(changes)
        for held in due:
            if held.handle in changed:  # else it is tried again soon
                held.until = now + changes[held.handle]

    def close(self) -> None:
        """Make all messages visible."""
        self._end.set()
        self._thread.join()
        with self._lock:
            handles = {held.handle: 0 for held in self._held.values()}
            self._held.clear()
        self._change(handles)

    def _renew_on(self) -> None:
        while not self._end.wait(self._seconds / 6):
            self.renew()

    def _change(self, changes: Mapping[str, int]) -> set[str]:
        """Change in how many seconds messages become visible, by receipt handle; return those of which SQS says so.

        One that cannot be changed becomes visible at its time, and is received once more.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": timeout}
            for number, (handle, timeout) in enumerate(changes.items())
        ]
        parts = [entries[start : start + _TOGETHER] for start in range(0, len(entries), _TOGETHER)]

        def change(part: list[dict[str, Any]]) -> set[str]:
            try:
                answer = self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=part)
            except (ClientError, BotoCoreError):
                return set()
            done = {one["Id"] for one in answer.get("Successful", [])}
            return {entry["ReceiptHandle"] for entry in part if entry["Id"] in done}

        with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
            return set().union(*pool.map(change, parts))
