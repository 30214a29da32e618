"""What can happen to events, and what must have become of each in the end."""

import itertools
from dataclasses import dataclass

from tests.e2e.drivers.driver import Driver

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Scenario:
    """Events that are sent together; each of ``plans`` is what the handler does with one of them."""

    name: str
    plans: tuple[str, ...]
    reserved_concurrency: int | None = None

    def tokens(self) -> list[str]:
        """Return a new token for each event."""
        return [f"e2e-{plan}-{next(_numbers):04}" for plan in self.plans]

    def waits_for_retries(self) -> bool:
        """Tell whether some event is tried again."""
        return not set(self.plans) <= {"succeed", "slow"}


SCENARIOS = (
    Scenario("succeeds", ("succeed",) * 3),
    Scenario("always-fails", ("fail",)),
    Scenario("fails-twice", ("twice",)),
    Scenario("times-out", ("timeout",)),
    Scenario("throttled", ("slow",) * 5, reserved_concurrency=1),
    Scenario("one-poison-record", ("succeed",) * 5 + ("fail",) + ("succeed",) * 4),
)


def attempts_expected(driver: Driver, token: str) -> int:
    """Say how often the handler is invoked for an event."""
    plan = token.split("-")[1]
    if plan in ("succeed", "slow"):
        return 1
    return min(driver.attempts, 3) if plan == "twice" else driver.attempts


def is_handled_in_the_end(driver: Driver, token: str) -> bool:
    """Say whether an event is handled, after the retries that its source allows."""
    plan = token.split("-")[1]
    return plan in ("succeed", "slow") or (plan == "twice" and driver.attempts > 2)
