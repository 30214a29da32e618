"""What the catalog says about the emulator is what the tests do there."""

from pathlib import Path

import pytest
from aws_cdk import App, Stack

from constructs_lib.catalog import PATTERNS
from tests.conformance.builders import build_pattern
from tests.e2e.clients import Clients
from tests.e2e.deploy import DeploymentError, delete, deploy
from tests.e2e.drivers import DRIVERS, NO_TYPE, NOT_HELD

HELD = {driver.pattern.name for driver in DRIVERS}


def test_each_pattern_is_driven_or_has_a_reason_why_not() -> None:
    assert not HELD & set(NOT_HELD)
    assert {pattern.name for pattern in PATTERNS} == HELD | set(NOT_HELD)


def test_the_catalog_calls_proven_what_is_driven() -> None:
    assert {pattern.name for pattern in PATTERNS if pattern.emulator_proven} == HELD


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = App(outdir=str(tmp_path_factory.mktemp("not-held")))
    for pattern in PATTERNS:
        if pattern.name in NOT_HELD:
            build_pattern(Stack(app, pattern.name), pattern)
    return Path(app.synth().directory)


@pytest.mark.e2e
@pytest.mark.parametrize("name", [name for name, reason in NOT_HELD.items() if reason == NO_TYPE])
def test_what_has_no_type_is_refused(clients: Clients, asset_bucket: str, assembly: Path, name: str) -> None:
    with pytest.raises(DeploymentError, match="Unrecognized resource types"):
        deploy(clients, asset_bucket, assembly, name)


@pytest.mark.e2e
@pytest.mark.parametrize("name", [name for name, reason in NOT_HELD.items() if reason != NO_TYPE])
def test_what_has_another_reason_is_deployed(clients: Clients, asset_bucket: str, assembly: Path, name: str) -> None:
    deploy(clients, asset_bucket, assembly, name)
    delete(clients, name)
