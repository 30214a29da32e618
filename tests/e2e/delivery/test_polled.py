"""What Lambda cannot poll waits in its source, uses up no attempt, and is handled once Lambda can.

Lambda polls as the role of the function (AWS: lambda/lambda-intro-execution-role), so without either it takes
nothing from the source, and moves nothing to a place for failed events.
"""

import pytest

from tests.e2e.clients import stays, wait_until
from tests.e2e.delivery.broken import Broken, deleted, unreadable
from tests.e2e.drivers import DRIVERS
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.sqs import SqsDriver
from tests.e2e.drivers.streams import StreamDriver
from tests.e2e.journal import Journal
from tests.e2e.scenarios import new_token

POLLED = [driver for driver in DRIVERS if isinstance(driver, (SqsDriver, StreamDriver))]

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]


@pytest.mark.parametrize("break_it", [deleted, unreadable])
@pytest.mark.parametrize("driver", POLLED, ids=lambda driver: driver.pattern.name)
def test_what_cannot_be_polled_waits_in_the_source(
    driver: Driver, deployed: Deployed, journal: Journal, break_it: Broken
) -> None:
    earlier = [new_token("succeed")]
    driver.send(deployed, earlier)
    wait_until(lambda: is_done(driver, deployed, journal, earlier), "an earlier event", seconds=driver.seconds)
    tokens = [new_token("succeed") for _ in range(3)]

    def is_untouched() -> bool:
        driver.collect(deployed, tokens)
        is_kept = driver.on_its_way(deployed) == len(tokens) if isinstance(driver, SqsDriver) else True
        return is_kept and not deployed.captured and not set(tokens) & set(journal.attempts())

    with break_it(deployed):
        driver.send(deployed, tokens)
        stays(is_untouched, "the events to wait in the source", seconds=3)
    wait_until(lambda: is_done(driver, deployed, journal, tokens), "the events, late", seconds=driver.seconds)
    driver.collect(deployed, tokens)
    assert not deployed.captured
    assert {token: journal.attempts()[token] for token in tokens} == dict.fromkeys(tokens, 1)


def is_done(driver: Driver, deployed: Deployed, journal: Journal, tokens: list[str]) -> bool:
    return set(tokens) <= set(journal.handled()) and not driver.on_its_way(deployed)
