"""What a source without a dead-letter queue cannot deliver is nowhere, as the catalog says: no other place has it."""

import pytest

from tests.e2e.clients import wait_until
from tests.e2e.delivery.broken import Broken, deleted, revoked
from tests.e2e.drivers import DRIVERS
from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed
from tests.e2e.journal import Journal
from tests.e2e.scenarios import new_token

LOST = [
    driver
    for driver in DRIVERS
    if isinstance(driver, AsynchronousDriver) and driver.pattern.delivery.startswith("nowhere")
]

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]


@pytest.mark.parametrize("break_it", [deleted, revoked])
@pytest.mark.parametrize("driver", LOST, ids=lambda driver: driver.pattern.name)
def test_what_is_not_delivered_is_nowhere(
    driver: AsynchronousDriver, deployed: Deployed, journal: Journal, break_it: Broken
) -> None:
    lost = [new_token("gone") for _ in range(3)]
    with break_it(deployed):
        driver.send(deployed, lost)
    later = [new_token("succeed")]
    driver.send(deployed, later)
    wait_until(lambda: set(later) <= set(journal.handled()), "a later event", seconds=driver.seconds)
    driver.collect(deployed, lost)
    assert not deployed.captured
    assert not set(lost) & set(journal.attempts())
