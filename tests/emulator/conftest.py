"""One emulator for all tests of its corrections; each test makes its own resources."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.local.emulator import Emulator
from tests.e2e.clients import Clients
from tests.emulator.bench import Bench


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator(tmp_path_factory.mktemp("emulator") / "log.txt") as running:
        yield running


@pytest.fixture
def bench(emulator: Emulator, tmp_path: Path) -> Iterator[Bench]:
    clients = Clients(emulator.url)
    yield Bench(clients, tmp_path)
    emulator.check()
    clients.close()
