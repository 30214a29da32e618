"""Rules over several stacks and stages of one app."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.app import App
from constructs_lib.graph.template import Environment, Template
from constructs_lib.nag.engine import check
from constructs_lib.nag.selection import choose_rules

QUEUE = {"Type": "AWS::SQS::Queue"}
RULE = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": {"Fn::GetAtt": ["Function", "Arn"]}}]}}
CONFIG: dict[str, Any] = {
    "Type": "AWS::Lambda::EventInvokeConfig",
    "Properties": {
        "FunctionName": "orders",
        "Qualifier": "$LATEST",
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}},
    },
}
FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "orders"}}


def rules(*templates: tuple[Environment, str, dict[str, Any]]) -> list[str]:
    app = App(
        Template(Path(folder, f"{index}.template.json"), {"Resources": deepcopy(resources)}, environment)
        for index, (environment, folder, resources) in enumerate(templates)
    )
    asked = choose_rules(["AsyncFailureTarget", "AsyncConfigDuplicate"])
    return [finding.rule for finding in check(app, asked)]


@pytest.mark.parametrize(
    "environments",
    [(Environment(), Environment()), (Environment("1", "a"), Environment("1", "b"))],
    ids=["stages", "regions"],
)
def test_a_name_that_every_stage_uses_is_that_of_its_own_function(environments: tuple[Environment, ...]) -> None:
    functions = {"Function": FUNCTION, "Rule": RULE}
    configs = {"Failures": QUEUE, "Config": CONFIG}
    stages = list(zip(environments, ("dev", "prod"), strict=True))
    assert rules(*((*stage, part) for stage in stages for part in (functions, configs))) == []
    assert rules((*stages[0], functions), (*stages[0], configs), (*stages[1], functions)) == ["AsyncFailureTarget"]


def test_a_function_elsewhere_can_be_configured_once_in_every_stage() -> None:
    configs = {"Failures": QUEUE, "Config": CONFIG}
    assert rules((Environment(), "dev", configs), (Environment(), "prod", configs)) == []
    assert rules((Environment(), "dev", configs), (Environment(), "dev", configs)) == ["AsyncConfigDuplicate"] * 2


def test_a_literal_region_may_be_the_one_that_is_not_known() -> None:
    config = {**CONFIG, "Properties": {**CONFIG["Properties"], "FunctionName": "arn:aws:lambda:a:1:function:orders"}}
    resources = {"Function": FUNCTION, "Rule": RULE, "Failures": QUEUE, "Config": config}
    assert rules((Environment(), "dev", resources)) == []
    assert rules((Environment("1", "b"), "dev", resources)) == ["AsyncFailureTarget"]


@pytest.mark.parametrize(
    ("publisher", "found"),
    [
        ({"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Ref": "Function"}}}, []),
        ({"Type": "Custom::Writer", "Properties": {"Props": {"x": [{"Fn::GetAtt": ["Function", "Arn"]}]}}}, []),
        ({"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"F": {"Ref": "Function"}}}}, []),
        ({"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Ref": "Function"}}}, ["AsyncFailureTarget"]),
    ],
)
def test_an_unknown_configuration_may_be_of_a_function_that_others_know(publisher: Any, found: list[str]) -> None:
    config = {**CONFIG, "Properties": {**CONFIG["Properties"], "FunctionName": "{{resolve:ssm:/name}}"}}
    function = {"Type": "AWS::Lambda::Function"}
    resources = {"Function": function, "Rule": RULE, "Failures": QUEUE, "Config": config, "Publisher": publisher}
    assert rules((Environment(), "dev", resources)) == found
