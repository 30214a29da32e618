"""References to other stacks: exports, and outputs read without an export."""

from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.app import App
from constructs_lib.graph.template import Environment, Template
from constructs_lib.graph.values import UNKNOWN, Reference
from constructs_lib.graph.worlds import worlds

ONE = "111111111111"
TWO = "222222222222"
IMPORT = {"Fn::ImportValue": "queue"}
OUTPUT = {"StackName": "Queues", "OutputName": "Out"}
ROLE = f"arn:aws:iam::{TWO}:role/read"
EXPORTER: dict[str, Any] = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"Out": {"Value": {"Ref": "Queue"}, "Export": {"Name": "queue"}}},
}


def stack(account: str, region: str, body: Any = None, folder: str = ".") -> Template:
    name = "Queues" if body else "Jobs"
    environment = Environment(account, region, name)
    return Template(Path(folder, f"{name}.template.json"), body or {"Resources": {}}, environment)


def referred(raw: Any, importer: Template, *exporters: Template) -> Template | None:
    """Return the template whose queue is referred to."""
    value = next(worlds(App([importer, *exporters]))).resolve(importer, raw)
    assert value is UNKNOWN or isinstance(value, Reference)
    return value.resource.template if isinstance(value, Reference) else None


@pytest.mark.parametrize("raw", [IMPORT, {"Fn::GetStackOutput": OUTPUT}])
@pytest.mark.parametrize(
    ("account", "region", "found"),
    [(ONE, "a", True), (ONE, "b", False), (TWO, "a", False), ("${AccountId}", "a", False), (ONE, "${Region}", False)],
)
def test_they_stay_within_one_account_and_region(raw: Any, account: str, region: str, found: bool) -> None:
    exporter = stack(account, region, EXPORTER)
    assert (referred(raw, stack(ONE, "a"), exporter) is exporter) is found


@pytest.mark.parametrize("raw", [IMPORT, {"Fn::GetStackOutput": OUTPUT}])
@pytest.mark.parametrize("region", ["a", "${Region}"])
def test_an_app_deployed_twice_refers_to_itself(raw: Any, region: str) -> None:
    """In two regions, or in two stages that could be anywhere."""
    places = [(region, "dev"), (region if region.startswith("$") else "b", "prod")]
    exporters = [stack(ONE, place, EXPORTER, folder) for place, folder in places]
    for exporter, (place, folder) in zip(exporters, places, strict=True):
        assert referred(raw, stack(ONE, place, folder=folder), *exporters) is exporter


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"RoleArn": ROLE}, True),
        ({"RoleArn": ROLE, "Region": "a"}, True),
        ({"RoleArn": ROLE, "Region": "b"}, False),
        ({"RoleArn": {"Ref": "Nothing"}}, False),
        ({"Region": {"Ref": "Nothing"}}, False),
        ({}, False),
    ],
)
def test_an_output_is_read_in_another_account_with_a_role(change: Any, found: bool) -> None:
    exporter = stack(TWO, "a", EXPORTER)
    raw = {"Fn::GetStackOutput": {**OUTPUT, **change}}
    assert (referred(raw, stack(ONE, "a"), exporter) is exporter) is found


def test_an_output_exists_under_its_condition() -> None:
    condition = {"Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "yes"]}}}
    output = {**EXPORTER["Outputs"]["Out"], "Condition": "C"}
    importer = stack(ONE, "a")
    exporter = stack(ONE, "a", {**EXPORTER, **condition, "Outputs": {"Out": output}})
    app = App([importer, exporter])
    values = [world.resolve(importer, IMPORT) for world in worlds(app)]
    assert values == [UNKNOWN, Reference(exporter.resources["Queue"])]
