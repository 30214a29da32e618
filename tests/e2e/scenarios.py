"""What can happen to events, and what must have become of each in the end."""

import itertools
import math
from dataclasses import dataclass

from tests.e2e.drivers.driver import Driver

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Scenario:
    """Events that are sent together; each of ``plans`` is what the handler does with one of them."""

    name: str
    plans: tuple[str, ...]
    is_quick: bool = False
    """Whether ``make test`` runs it, too."""

    def tokens(self) -> list[str]:
        """Return a new token for each event."""
        return [new_token(plan) for plan in self.plans]


def new_token(plan: str) -> str:
    """Return what asks the handler to do something, and was never sent before."""
    return f"e2e-{plan}-{next(_numbers):04}"


SCENARIOS = (
    Scenario("succeeds", ("succeed",) * 3, is_quick=True),
    Scenario("always-fails", ("fail",), is_quick=True),
    Scenario("fails-twice", ("twice",)),
    Scenario("times-out", ("timeout",)),
    Scenario("one-poison-record", ("succeed",) * 5 + ("fail",) + ("succeed",) * 4),
)


@dataclass(frozen=True)
class Outcome:
    """What becomes of an event."""

    attempts: range
    """How often the handler may be invoked for it."""
    is_handled: bool
    """Whether it is handled, and not captured."""


def outcome_of(driver: Driver, token: str, sent_with: int) -> Outcome:
    """Say what becomes of an event that is sent with others, after the retries that its source allows."""
    plan = token.split("-")[1]
    attempts = driver.attempts
    if plan == "succeed":
        attempts = 1
    elif plan == "twice":
        attempts = min(driver.attempts, 3)
    elif plan == "timeout":
        attempts = driver.attempts_if_timed_out or driver.attempts
    # A batch of ten is halved four times at most until the bad record is alone.
    more = math.ceil(math.log2(sent_with)) if driver.repeats_neighbours else 0
    is_handled = plan == "succeed" or (plan == "twice" and driver.attempts > 2)
    return Outcome(range(attempts, attempts + more + 1), is_handled)


def outcome_of_throttled(driver: Driver) -> Outcome:
    """Say what becomes of an event that would be handled at the first attempt, but is throttled before."""
    attempts = int(driver.outlasts_throttles)
    return Outcome(range(attempts, attempts + 1), driver.outlasts_throttles)
