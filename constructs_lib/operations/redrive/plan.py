"""Says what a run would do."""

from collections.abc import Iterator

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.filtering import matches
from constructs_lib.operations.events.reading import Reading, read_failures
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.redrive.homes import Home, home_of
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.reason import Reason


class Plan:
    """What a run would do with each event: pairs of the event and its home, or why it would stay.

    It is to be used in a ``with`` statement. A batch is not fetched back, nor is anything else asked.

    Parameters
    ----------
    account
        The account and region of the place.
    place
        A queue or a bucket.
    options
        As for ``redrive``.

    Raises
    ------
    OperationError
        When such a place cannot be read.
    """

    def __init__(self, account: Account, place: Place, options: Options) -> None:
        self._place, self._options = place, options
        self.reading: Reading = read_failures(account, place)
        """The reading of the place, which knows what could not be read."""

    def __enter__(self) -> Iterator[tuple[FailedEvent, Home | Reason]]:
        self.reading.__enter__()
        return self._steps()

    def __exit__(self, *raised: object) -> None:
        self.reading.__exit__(None, None, None)

    def _steps(self) -> Iterator[tuple[FailedEvent, Home | Reason]]:
        sent = 0
        for event in self.reading:
            if self._options.error is not None and not matches(event, self._options.error):
                continue
            home = home_of(event, self._place, self._options.to)
            yield event, home
            sent += isinstance(home, Home)
            if sent == self._options.limit:
                return
