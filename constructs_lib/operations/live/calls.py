"""Call AWS to read, and note what it refuses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Event, Lock
from typing import Any, Final, TypeVar

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.live.actions import ACTIONS
from constructs_lib.operations.live.missing import is_not_offered, unless_missing
from constructs_lib.operations.live.throttling import cause_of
from constructs_lib.operations.live.together import together
from constructs_lib.operations.refusals import error_code

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE: Final = 4
"""How many calls of one kind run at the same time: Lambda takes 15 a second of most of them."""
ODD: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What it raises to read an answer that is not as AWS documents it."""


@dataclass(frozen=True)
class Refusal:
    """Calls of one kind that AWS refused for one reason."""

    permission: str
    """The permission that the call needs; empty when AWS answered something odd."""
    message: str
    """What the first of them was to do, what was found, and what to do about it."""
    count: int = 1


class StoppedError(Exception):
    """No more calls are made: the result is not wanted any more."""


class Calls:
    """The calls to one account and region. It can be used by several threads.

    Parameters
    ----------
    account
        The account.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self._lock = Lock()
        self._refused: dict[tuple[str, str], Refusal] = {}
        self._stopped = Event()

    @property
    def refusals(self) -> list[Refusal]:
        """What AWS refused, in a fixed order."""
        return [refusal for _, refusal in sorted(self._refused.items())]

    @property
    def unread(self) -> frozenset[str]:
        """What could not be read, at least in part: permissions that are missing, and what AWS answered oddly."""
        return frozenset(permission or what for permission, what in self._refused)

    def one(self, call: str, doing: str, **parameters: Any) -> dict[str, Any]:
        """Make a call, and return the answer; empty when AWS says that there is no such thing.

        Parameters
        ----------
        call
            A key of ``ACTIONS``.
        doing
            What it is for, such as ``read the queue orders``.

        Raises
        ------
        OperationError
            When AWS refuses it; that is noted.
        """
        return self._noted(call, doing, lambda: dict(getattr(self._client(call), _method(call))(**parameters)), {})

    def pages(self, call: str, key: str, doing: str, **parameters: Any) -> list[Any]:
        """Make the calls for all pages, and return what they hold under a key.

        Raises
        ------
        OperationError
            When AWS refuses one; that is noted.
        """
        return self._noted(call, doing, self._entries(call, key, parameters), [])

    def all_pages(self, call: str, doing: str, **parameters: Any) -> list[dict[str, Any]]:
        """Make the calls for all pages, and return the pages.

        Raises
        ------
        OperationError
            When AWS refuses one; that is noted.
        """
        return self._noted(call, doing, lambda: list(self._pages(call, parameters)), [])

    def maybe(self, call: str, doing: str, **parameters: Any) -> dict[str, Any] | None:
        """Do the same as ``one``, but return None when AWS refuses."""
        try:
            return self.one(call, doing, **parameters)
        except OperationError:
            return None

    def maybe_pages(self, call: str, key: str, doing: str, **parameters: Any) -> list[Any] | None:
        """Do the same as ``pages``, but return None when AWS refuses."""
        try:
            return self.pages(call, key, doing, **parameters)
        except OperationError:
            return None

    def pages_unless_refused(self, call: str, key: str, doing: str, **parameters: Any) -> list[Any] | None:
        """Do the same as ``maybe_pages``, but note no refusal: for what can be read in another way."""
        try:
            return self._read(call, doing, self._entries(call, key, parameters), [])
        except OperationError:
            return None

    def note_odd(self, what: str, error: Exception) -> None:
        """Note that AWS answered something that cannot be read."""
        message = f"cannot read the {what}: expected what AWS documents, found {error!r}; report it"
        with self._lock:
            self._refused["", what] = Refusal("", message)

    def each(self, function: Callable[[T], R], several: Iterable[T]) -> list[R]:
        """Call a function for each of several things, a few of them at once; the results keep their order."""
        return together(function, several, _AT_ONCE, self.stop)

    def stop(self) -> None:
        """Make no more calls: who makes one gets a ``StoppedError``."""
        self._stopped.set()

    def _client(self, call: str) -> Any:
        if call not in ACTIONS:
            raise KeyError(call)
        self._go_on()
        with self._lock:  # making clients is not safe in threads, using them is
            return self.account.client(call.partition(".")[0])

    def _entries(self, call: str, key: str, parameters: dict[str, Any]) -> Callable[[], list[Any]]:
        return lambda: [one for page in self._pages(call, parameters) for one in page.get(key) or ()]

    def _pages(self, call: str, parameters: dict[str, Any]) -> Iterable[dict[str, Any]]:
        client, method = self._client(call), _method(call)
        if client.can_paginate(method):
            for page in client.get_paginator(method).paginate(**parameters):
                yield page
                self._go_on()
            return
        one: dict[str, Any] = getattr(client, method)(**parameters)
        yield one
        while token := one.get("NextToken"):
            self._go_on()
            one = getattr(client, method)(**parameters, NextToken=token)
            yield one

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise StoppedError

    def _read(self, call: str, doing: str, read: Callable[[], R], nothing: R) -> R:
        try:
            return unless_missing(doing, read, nothing)
        except OperationError as error:
            with self._lock:
                if is_not_offered(self.account, call.partition(".")[0], cause_of(error)):
                    return nothing
            raise

    def _noted(self, call: str, doing: str, read: Callable[[], R], nothing: R) -> R:
        try:
            return self._read(call, doing, read, nothing)
        except OperationError as error:
            permission = ACTIONS[call]
            key = permission, error_code(cause_of(error))
            with self._lock:
                known = self._refused.get(key)
                self._refused[key] = replace(known, count=known.count + 1) if known else Refusal(permission, str(error))
            raise


def _method(call: str) -> str:
    return call.partition(".")[2]
