"""What a source cannot hand to Lambda is where the catalog says, and never reaches the handler."""

from collections.abc import Callable

import pytest

from tests.e2e.clients import wait_until
from tests.e2e.delivery.broken import delete_function
from tests.e2e.drivers import DRIVERS
from tests.e2e.drivers.delivered import DeliveredDriver
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.executions import ExecutionDriver
from tests.e2e.drivers.firehose import FirehoseDriver
from tests.e2e.drivers.queues import receive
from tests.e2e.drivers.state_machine import StateMachineDriver
from tests.e2e.journal import Journal
from tests.e2e.scenarios import new_token

DELIVERED = [driver for driver in DRIVERS if isinstance(driver, DeliveredDriver)]
CALLED = [driver for driver in DRIVERS if isinstance(driver, (StateMachineDriver, ExecutionDriver, FirehoseDriver))]
"""Sources that wait for the function on behalf of nobody, and invoke it as a role."""

pytestmark = pytest.mark.e2e


def deleted(driver: DeliveredDriver, deployed: Deployed) -> str:
    delete_function(deployed)
    return "RESOURCE_NOT_FOUND"


def revoked(driver: DeliveredDriver, deployed: Deployed) -> str:
    driver.revoke(deployed)
    return "NO_PERMISSIONS"


@pytest.mark.parametrize("break_it", [deleted, revoked])
@pytest.mark.parametrize("driver", DELIVERED, ids=lambda driver: driver.pattern.name)
def test_what_is_not_delivered_is_captured(
    driver: DeliveredDriver,
    deployed: Deployed,
    journal: Journal,
    break_it: Callable[[DeliveredDriver, Deployed], str],
) -> None:
    code = break_it(driver, deployed)
    tokens = [new_token("succeed") for _ in range(3)]
    driver.send(deployed, tokens)

    captured: list[str] = []

    def all_captured() -> bool:
        for message in receive(deployed.clients, deployed.outputs["Undelivered"]):
            text = driver.undelivered(deployed, message, code)
            captured.extend(token for token in tokens if token in text)
        return set(captured) == set(tokens)

    wait_until(all_captured, f"{tokens} to be captured", seconds=driver.seconds)
    assert sorted(captured) == tokens, "an event was captured twice"
    assert not set(tokens) & set(journal.attempts())


@pytest.mark.slow_e2e
@pytest.mark.parametrize("break_it", ["delete", "revoke"])
@pytest.mark.parametrize("driver", CALLED, ids=lambda driver: driver.pattern.name)
def test_what_cannot_be_called_is_captured(
    driver: StateMachineDriver | ExecutionDriver | FirehoseDriver, deployed: Deployed, journal: Journal, break_it: str
) -> None:
    if break_it == "delete":
        delete_function(deployed)
    else:
        driver.revoke(deployed)
    tokens = [new_token("gone") for _ in range(3)]
    driver.send(deployed, tokens)

    def all_captured() -> bool:
        driver.collect(deployed, tokens)
        return set(deployed.captured) == set(tokens)

    wait_until(all_captured, f"{tokens} to be captured", seconds=driver.seconds)
    assert not set(tokens) & set(journal.attempts())
