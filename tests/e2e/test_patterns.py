"""Every pattern that the emulator holds, deployed and driven through its own source: no event is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.clients import Clients, WaitedTooLongError, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers import DRIVERS
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.journal import Journal
from tests.e2e.scenarios import SCENARIOS, Scenario, attempts_expected, is_handled_in_the_end
from tests.e2e.stacks import synthesize

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journals")


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory, journals: Path) -> Path:
    return synthesize(DRIVERS, journals, tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture(scope="module", params=DRIVERS, ids=lambda driver: driver.pattern.name)
def driver(request: pytest.FixtureRequest) -> Driver:
    chosen: Driver = request.param
    return chosen


@pytest.fixture(scope="module")
def journal(journals: Path, driver: Driver) -> Journal:
    return Journal(journals / driver.pattern.name)


@pytest.fixture(scope="module")
def deployed(clients: Clients, asset_bucket: str, assembly: Path, driver: Driver) -> Iterator[Deployed]:
    yield Deployed(clients, deploy(clients, asset_bucket, assembly, driver.pattern.name))
    delete(clients, driver.pattern.name)


@pytest.fixture
def reserved(deployed: Deployed, scenario: Scenario) -> Iterator[None]:
    function = deployed.outputs["Function"]
    if scenario.reserved_concurrency is None:
        yield
        return
    deployed.clients["lambda"].put_function_concurrency(
        FunctionName=function, ReservedConcurrentExecutions=scenario.reserved_concurrency
    )
    yield
    deployed.clients["lambda"].delete_function_concurrency(FunctionName=function)


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_event_is_handled_or_captured(
    driver: Driver, deployed: Deployed, journal: Journal, scenario: Scenario
) -> None:
    tokens = scenario.tokens()
    deployed.captured.clear()
    driver.send(deployed, tokens)

    def settled() -> bool:
        driver.collect(deployed, tokens)
        missing = set(tokens) - set(journal.handled()) - set(deployed.captured)
        return not missing and not driver.on_its_way(deployed)

    try:
        wait_until(settled, "every event to be handled or captured", seconds=driver.seconds)
    except WaitedTooLongError as error:
        raise WaitedTooLongError(f"{error}; {state(tokens, deployed, journal)}") from None

    handled, attempts = journal.handled(), journal.attempts()
    for token in tokens:
        assert (token in handled) != (token in deployed.captured), f"{token} is both handled and captured"
        if scenario.reserved_concurrency is None or driver.attempts > 1:
            assert (token in handled) == is_handled_in_the_end(driver, token), state(tokens, deployed, journal)
            assert attempts[token] in attempts_expected(driver, token, len(tokens)), state(tokens, deployed, journal)
        else:  # nobody retries: a throttled call ends with its client, and never reaches the handler
            assert attempts[token] == (token in handled), state(tokens, deployed, journal)


def state(tokens: list[str], deployed: Deployed, journal: Journal) -> str:
    handled, attempts = journal.handled(), journal.attempts()
    return "\n".join(
        f"{token}: {attempts[token]} attempts, handled {handled[token]} times, captured: {deployed.captured.get(token)}"
        for token in tokens
    )
