"""What a source cannot hand to Lambda is where the catalog says, its client included, and never reaches the handler."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers import DRIVERS
from tests.e2e.drivers.delivered import DeliveredDriver
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.executions import ExecutionDriver
from tests.e2e.drivers.firehose import FirehoseDriver
from tests.e2e.drivers.http_api import HttpApiDriver
from tests.e2e.drivers.load_balancer import LoadBalancerDriver
from tests.e2e.drivers.queues import receive
from tests.e2e.drivers.rest_api import RestApiDriver
from tests.e2e.drivers.state_machine import StateMachineDriver
from tests.e2e.drivers.synchronous import SynchronousDriver
from tests.e2e.drivers.user_pool import UserPoolDriver
from tests.e2e.journal import Journal
from tests.e2e.scenarios import new_token
from tests.e2e.stacks import synthesize

DELIVERED = [driver for driver in DRIVERS if isinstance(driver, DeliveredDriver)]
ASKED = [
    driver
    for driver in DRIVERS
    if isinstance(driver, (RestApiDriver, HttpApiDriver, LoadBalancerDriver, UserPoolDriver))
]
"""Sources whose client waits, and that need the function's permission."""
CALLED = [driver for driver in DRIVERS if isinstance(driver, (StateMachineDriver, ExecutionDriver, FirehoseDriver))]
"""Sources that wait for the function on behalf of nobody, and invoke it as a role."""

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journals")


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory, journals: Path) -> Path:
    return synthesize([*DELIVERED, *ASKED, *CALLED], journals, tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture
def deployed(clients: Clients, asset_bucket: str, assembly: Path, driver: Driver) -> Iterator[Deployed]:
    yield Deployed(clients, deploy(clients, asset_bucket, assembly, driver.pattern.name))
    delete(clients, driver.pattern.name)


def delete_function(driver: DeliveredDriver, deployed: Deployed) -> str:
    deployed.clients["lambda"].delete_function(FunctionName=deployed.outputs["Function"])
    return "RESOURCE_NOT_FOUND"


def revoke_permission(driver: DeliveredDriver, deployed: Deployed) -> str:
    driver.revoke(deployed)
    return "NO_PERMISSIONS"


@pytest.mark.parametrize("break_it", [delete_function, revoke_permission])
@pytest.mark.parametrize("driver", DELIVERED, ids=lambda driver: driver.pattern.name)
def test_what_is_not_delivered_is_captured(
    driver: DeliveredDriver,
    deployed: Deployed,
    journals: Path,
    break_it: Callable[[DeliveredDriver, Deployed], str],
) -> None:
    journal = Journal(journals / driver.pattern.name)
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


def delete_it(deployed: Deployed) -> None:
    deployed.clients["lambda"].delete_function(FunctionName=deployed.outputs["Function"])


def revoke_all(deployed: Deployed) -> None:
    client, function = deployed.clients["lambda"], deployed.outputs["Function"]
    for statement in json.loads(client.get_policy(FunctionName=function)["Policy"])["Statement"]:
        client.remove_permission(FunctionName=function, StatementId=statement["Sid"])


@pytest.mark.parametrize("break_it", [delete_it, revoke_all])
@pytest.mark.parametrize("driver", ASKED, ids=lambda driver: driver.pattern.name)
def test_a_client_is_told_of_a_function_that_cannot_be_invoked(
    driver: SynchronousDriver,
    deployed: Deployed,
    journals: Path,
    break_it: Callable[[Deployed], None],
) -> None:
    journal = Journal(journals / driver.pattern.name)
    break_it(deployed)
    answer = driver.ask(deployed, token := new_token("succeed"))
    assert answer.status == driver.refused_status, answer
    assert token not in answer.text
    assert token not in journal.attempts()


@pytest.mark.slow_e2e
@pytest.mark.parametrize("break_it", ["delete", "revoke"])
@pytest.mark.parametrize("driver", CALLED, ids=lambda driver: driver.pattern.name)
def test_what_cannot_be_called_is_captured(
    driver: StateMachineDriver | ExecutionDriver | FirehoseDriver, deployed: Deployed, journals: Path, break_it: str
) -> None:
    journal = Journal(journals / driver.pattern.name)
    if break_it == "delete":
        delete_it(deployed)
    else:
        driver.revoke(deployed)
    tokens = [new_token("gone") for _ in range(3)]
    driver.send(deployed, tokens)

    def all_captured() -> bool:
        driver.collect(deployed, tokens)
        return set(deployed.captured) == set(tokens)

    wait_until(all_captured, f"{tokens} to be captured", seconds=driver.seconds)
    assert not set(tokens) & set(journal.attempts())
