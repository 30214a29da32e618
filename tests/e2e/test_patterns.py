"""Every pattern that the emulator holds, deployed and driven through its own source: no event is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.clients import Clients, wait_until
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers import DRIVERS
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.holding import only_slot, slot_held, throttles, time_to_hold
from tests.e2e.journal import Journal
from tests.e2e.outcomes import Outcomes
from tests.e2e.scenarios import SCENARIOS, Scenario, new_token, outcome_of, outcome_of_throttled
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
def leave(clients: Clients) -> Iterator[Callable[[str, Outcomes], None]]:
    """Look at a stack once more before it is deleted, but not before the next one's tests are over: nobody waits."""
    left: list[tuple[str, Outcomes]] = []

    def finish() -> None:
        stack, outcomes = left.pop()
        try:
            outcomes.compare_again()
        finally:
            delete(clients, stack)

    def leave_one(stack: str, outcomes: Outcomes) -> None:
        left.insert(0, (stack, outcomes))
        if len(left) > 1:
            finish()

    yield leave_one
    if left:
        finish()


@pytest.fixture(scope="module")
def deployed(clients: Clients, asset_bucket: str, assembly: Path, driver: Driver) -> Deployed:
    return Deployed(clients, deploy(clients, asset_bucket, assembly, driver.pattern.name))


@pytest.fixture(scope="module")
def outcomes(
    driver: Driver, deployed: Deployed, journal: Journal, leave: Callable[[str, Outcomes], None]
) -> Iterator[Outcomes]:
    outcomes = Outcomes(driver, deployed, journal)
    yield outcomes
    leave(driver.pattern.name, outcomes)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_event_is_handled_or_captured(
    driver: Driver, deployed: Deployed, journal: Journal, outcomes: Outcomes, scenario: Scenario
) -> None:
    tokens = scenario.tokens()
    with driver.ready(deployed, tokens):
        driver.send(deployed, tokens)
    outcomes.settle({token: outcome_of(driver, token, len(tokens)) for token in tokens})
    if driver.repeats_neighbours and len(set(scenario.plans)) > 1:
        poison, neighbours = tokens[scenario.plans.index("fail")], [token for token in tokens if "-fail-" not in token]
        shared = journal.requests(poison) & set().union(*map(journal.requests, neighbours))
        assert shared, "expected the poison record in a batch with others, found it alone"


@pytest.mark.slow_e2e
def test_throttled_events_are_handled_as_soon_as_there_is_concurrency(
    driver: Driver, deployed: Deployed, journal: Journal, outcomes: Outcomes
) -> None:
    tokens = [new_token("slow") for _ in range(5)]

    def is_throttled() -> bool:
        if driver.outlasts_throttles:
            return throttles(deployed) > before
        return outcomes.captured(tokens) == set(tokens)

    with time_to_hold(deployed):
        with only_slot(deployed), driver.ready(deployed, tokens), slot_held(deployed, journal):
            before = throttles(deployed)
            driver.send(deployed, tokens)
            wait_until(is_throttled, "what is sent to be throttled", seconds=driver.seconds)
            assert throttles(deployed) > before
            assert not set(tokens) & set(journal.attempts())
        outcomes.settle(dict.fromkeys(tokens, outcome_of_throttled(driver)))
