"""What has become of the events of one driver: as soon as it is told of all, and once more when that is a while ago."""

import time
from collections.abc import Mapping, Sequence

from tests.e2e.clients import WaitedTooLongError, wait_until
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.journal import Journal
from tests.e2e.scenarios import Outcome

QUIET_SECONDS = 2.0
"""How long nothing more may happen to events after all of them are handled or captured."""


class Outcomes:
    """Holds the events of a driver to what is expected of them."""

    def __init__(self, driver: Driver, deployed: Deployed, journal: Journal) -> None:
        self._driver = driver
        self._deployed = deployed
        self._journal = journal
        self._expected: dict[str, Outcome] = {}
        self._settled = time.monotonic()

    def settle(self, expected: Mapping[str, Outcome]) -> None:
        """Wait until each token is handled or captured, then compare."""
        self._expected.update(expected)

        def settled() -> bool:
            missing = set(expected) - set(self._journal.handled()) - self.captured(list(expected))
            return not missing and not self._driver.on_its_way(self._deployed)

        try:
            wait_until(settled, "every event to be handled or captured", seconds=self._driver.seconds)
        except WaitedTooLongError as error:
            raise WaitedTooLongError(f"{error}; {self._state(list(expected))}") from None
        self._settled = time.monotonic()
        self._compare(list(expected))

    def captured(self, tokens: Sequence[str]) -> set[str]:
        """Look for the tokens where the source keeps failed events; return which were found there so far."""
        self._driver.collect(self._deployed, tokens)
        return set(tokens) & set(self._deployed.captured)

    def compare_again(self) -> None:
        """Compare all tokens of the driver once more: nobody may handle or capture them again, however late."""
        time.sleep(max(0.0, self._settled + QUIET_SECONDS - time.monotonic()))
        tokens = list(self._expected)
        self.captured(tokens)
        self._compare(tokens)
        assert not self._driver.on_its_way(self._deployed), self._driver.pattern.name

    def _compare(self, tokens: Sequence[str]) -> None:
        handled, attempts = self._journal.handled(), self._journal.attempts()
        for token in tokens:
            expected, state = self._expected[token], self._state([token])
            assert (token in handled) == expected.is_handled, state
            assert (token in self._deployed.captured) != expected.is_handled, state
            assert attempts[token] in expected.attempts, state
            assert handled[token] <= 1 or self._driver.repeats_neighbours, state

    def _state(self, tokens: Sequence[str]) -> str:
        handled, attempts, captured = self._journal.handled(), self._journal.attempts(), self._deployed.captured
        lines = (
            f"{token}: {attempts[token]} attempts, handled {handled[token]} times, captured: {captured.get(token)}; "
            f"expected {self._expected[token]}"
            for token in tokens
        )
        return "\n".join([self._driver.pattern.name, *lines])
