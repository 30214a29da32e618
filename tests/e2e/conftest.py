"""One emulator for all tests; what fails is shown with the end of its log."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from scripts.local.emulator import ACCOUNT, REGION, Emulator, EmulatorError
from tests.e2e.clients import Clients
from tests.e2e.deploy import bootstrap
from tests.e2e.drivers.driver import Driver
from tests.e2e.scenarios import Scenario

_RUNNING = pytest.StashKey[Emulator]()
_ENDED = "the emulator has ended"


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(tmp_path_factory.mktemp("emulator") / "emulator.log") as running:
        request.config.stash[_RUNNING] = running
        yield running
        del request.config.stash[_RUNNING]  # from now on it may end


@pytest.hookimpl(tryfirst=True)  # before what -m leaves out is left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what waits for many retries, or for a slow source."""
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        driver, scenario = parameters.get("driver"), parameters.get("scenario")
        is_long = isinstance(scenario, Scenario) and not scenario.is_quick
        if isinstance(driver, Driver) and (driver.is_slow or is_long):
            item.add_marker(pytest.mark.slow_e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Show what failed with the emulator's log; if that has ended, say so once, and run no further test."""
    report = yield
    running = item.config.stash.get(_RUNNING, None)
    if item.session.shouldfail == _ENDED:
        if report.failed:  # a fixture that cannot clean up
            report.longrepr = f"{_ENDED}, as the first failure tells"
    elif running is not None and "emulator" in getattr(item, "fixturenames", ()):
        try:
            running.check()
        except EmulatorError as error:
            item.session.shouldfail = _ENDED
            report.outcome, report.longrepr = "failed", str(error)  # instead of one of many refused connections
        else:
            if report.failed:
                report.sections.append(("the emulator", running.log_end()))
    return report


@pytest.fixture(scope="session")
def clients(emulator: Emulator) -> Iterator[Clients]:
    made = Clients(emulator.url)
    yield made
    made.close()


@pytest.fixture(scope="session")
def asset_bucket(clients: Clients) -> str:
    return bootstrap(clients, ACCOUNT, REGION)
