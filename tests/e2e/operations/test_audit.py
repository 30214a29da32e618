"""What is deployed has the findings that its template has."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from constructs_lib.graph.loading.inputs import load_inputs
from constructs_lib.nag.result import Result
from constructs_lib.nag.run import run
from constructs_lib.nag.selection import choose_rules
from constructs_lib.operations.account import Account
from constructs_lib.operations.audit.auditing import audit_accounts
from constructs_lib.operations.audit.left_out import LEFT_OUT
from scripts.local.emulator import REGION, Emulator
from tests.e2e.clients import Clients
from tests.e2e.deploy import delete, deploy
from tests.e2e.drivers import DRIVERS
from tests.e2e.operations import unsafe
from tests.e2e.stacks import synthesize

pytestmark = pytest.mark.e2e

RULES = choose_rules(ignore=LEFT_OUT)


@pytest.fixture
def account(emulator: Emulator) -> Account:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    return Account(session, endpoint_url=emulator.url)


@pytest.fixture
def unsafe_stack(clients: Clients, asset_bucket: str, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / f"{unsafe.STACK}.assets.json").write_text('{"files": {}}')
    path = tmp_path / f"{unsafe.STACK}.template.json"
    path.write_text(json.dumps(unsafe.template()))
    deploy(clients, asset_bucket, tmp_path, unsafe.STACK)
    yield path
    delete(clients, unsafe.STACK)


def found(result: Result) -> Counter[tuple[str, str, str]]:
    return Counter((one.rule, one.resource.type, one.path) for one in result.active)


def test_an_unsafe_stack_has_the_findings_of_its_template(account: Account, unsafe_stack: Path) -> None:
    live = audit_accounts([account], RULES, names=["unsafe-*"])
    assert live.problems == []
    written = run(load_inputs([str(unsafe_stack)], ()), RULES)
    assert found(live) == found(written)
    assert {"AsyncFailureTarget", "FailureTargetPermission", "InvokePermission", "QueueRedrivePolicy"} <= {
        rule for rule, _, _ in found(live)
    }


@pytest.mark.slow_e2e
def test_the_patterns_have_the_findings_of_their_templates(
    account: Account, clients: Clients, asset_bucket: str, tmp_path: Path
) -> None:
    assembly = synthesize(DRIVERS, tmp_path, tmp_path / "cdk.out")
    for driver in DRIVERS:
        deploy(clients, asset_bucket, assembly, driver.pattern.name)
    try:
        live = audit_accounts([account], RULES, names=[f"{driver.pattern.name}-*" for driver in DRIVERS])
        assert live.problems == []
        assert found(live) == found(run(load_inputs([str(assembly)], ()), RULES))
    finally:
        for driver in DRIVERS:
            delete(clients, driver.pattern.name)
