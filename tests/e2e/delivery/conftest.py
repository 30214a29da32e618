"""Each test breaks a stack of its own; only the stacks of those that run are synthesized."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.clients import Clients
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.journal import Journal
from tests.e2e.stacks import synthesize


@pytest.fixture(scope="session")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journals")


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory, journals: Path, request: pytest.FixtureRequest) -> Path:
    asked = {
        item.callspec.params["driver"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and Path(__file__).parent in item.path.parents
        and hasattr(item, "callspec")
    }
    drivers = sorted((each for each in asked if isinstance(each, Driver)), key=lambda driver: driver.pattern.name)
    return synthesize(drivers, journals, tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture
def deployed(clients: Clients, asset_bucket: str, assembly: Path, driver: Driver) -> Iterator[Deployed]:
    yield Deployed(clients, deploy(clients, asset_bucket, assembly, driver.pattern.name))
    delete(clients, driver.pattern.name)


@pytest.fixture
def journal(journals: Path, driver: Driver) -> Journal:
    return Journal(journals / driver.pattern.name)
