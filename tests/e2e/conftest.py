"""One emulator for all tests; each test is told when it is gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.local.emulator import ACCOUNT, REGION, Emulator
from tests.e2e.clients import Clients
from tests.e2e.deploy import bootstrap


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator(tmp_path_factory.mktemp("emulator") / "emulator.log") as running:
        yield running


@pytest.fixture(scope="session")
def clients(emulator: Emulator) -> Iterator[Clients]:
    made = Clients(emulator.url)
    yield made
    made.close()


@pytest.fixture(scope="session")
def asset_bucket(clients: Clients) -> str:
    return bootstrap(clients, ACCOUNT, REGION)


@pytest.fixture
def journal_folder(tmp_path: Path) -> Path:
    return tmp_path
