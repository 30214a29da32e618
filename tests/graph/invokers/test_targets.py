from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.app import App
from constructs_lib.graph.invokers.targets import LATEST, Target, target_of
from constructs_lib.graph.template import Environment, Template
from constructs_lib.graph.values import UNKNOWN, Reference, Unknown
from constructs_lib.graph.worlds import worlds
from tests.graph.build import FUNCTION, make_world

RESOURCES: dict[str, Any] = {
    "Fn": FUNCTION,
    "Alias": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Fn"}, "Name": "live"}},
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Fn::GetAtt": ["Fn", "Arn"]}}},
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Custom": {"Type": "Custom::Lookup"},
    "Nested": {"Type": "AWS::CloudFormation::Stack"},
    "Loop": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Loop"}, "Name": "x"}},
}
ARN = "arn:aws:lambda:eu-west-1:111111111111:function:physical"
URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/%s/invocations"
HERE = Environment("111111111111", "eu-west-1")


def find(raw: Any, environment: Environment | None = None) -> tuple[str, Any] | Unknown | None:
    world = make_world({"Resources": RESOURCES}, environment=environment)
    here = world.app.templates[0]
    target = target_of(world, here, world.resolve(here, raw))
    if not isinstance(target, Target):
        return target
    qualifier = target.qualifier
    name = f"{qualifier.resource.logical_id}.{qualifier.attribute}" if isinstance(qualifier, Reference) else qualifier
    return target.function.logical_id, name


@pytest.mark.parametrize(
    ("raw", "qualifier"),
    [
        ({"Ref": "Fn"}, LATEST),
        ({"Fn::GetAtt": ["Fn", "Arn"]}, LATEST),
        ({"Ref": "Alias"}, "live"),
        ({"Fn::GetAtt": ["Alias", "AliasArn"]}, "live"),
        ({"Ref": "Version"}, "Version.Version"),
        ({"Fn::Sub": "${Fn.Arn}:live"}, "live"),
        ({"Fn::Sub": "${Fn}:${Version.Version}"}, "Version.Version"),
        ({"Fn::Sub": "${Fn.Arn}:${Nothing}"}, UNKNOWN),
        ({"Fn::Sub": URI % "${Fn.Arn}"}, LATEST),
        ({"Fn::Sub": URI % "${Alias}"}, "live"),
        ({"Fn::Sub": URI % "${Fn.Arn}:live"}, "live"),
        ({"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Fn}"}, LATEST),
        ({"Fn::Sub": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:physical:live"}, "live"),
        (ARN, LATEST),
        (f"{ARN}:7", "7"),
        ("physical", LATEST),
        ("physical:live", "live"),
        ("111111111111:function:physical", LATEST),
    ],
)
def test_a_function_is_found(raw: Any, qualifier: Any) -> None:
    assert find(raw, HERE) == ("Fn", qualifier)


@pytest.mark.parametrize(
    "raw",
    [
        {"Ref": "Queue"},
        {"Ref": "Loop"},
        "other",
        "ops@example.com",
        "",
        "arn:aws:sqs:eu-west-1:111111111111:physical",
        "arn:aws:lambda:eu-west-1:111111111111:layer:physical",
        "arn:aws:lambda:us-east-1:111111111111:function:physical",
        "arn:aws:lambda:eu-west-1:222222222222:function:physical",
        [],
        {},
        3,
    ],
)
def test_everything_else_is_no_function(raw: Any) -> None:
    assert find(raw, HERE) is None


@pytest.mark.parametrize(
    "raw",
    [
        {"Ref": "Nothing"},
        {"Fn::Sub": "${Nothing}-orders"},
        {"Fn::Sub": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${Nothing}-orders"},
        {"Fn::Sub": "arn:aws:lambda:${Nothing}:111111111111:function:physical"},
        {"Fn::Sub": "arn:aws:${Nothing}"},
        {"Fn::Sub": URI % "arn:aws:lambda:eu-west-1:111111111111:function:${!stageVariables.name}"},
        {"Fn::GetAtt": ["Custom", "FunctionArn"]},
        {"Fn::GetAtt": ["Nested", "Outputs.Function"]},
        "{{resolve:ssm:/name}}",
        "arn:aws:lambda:eu-west-1:111111111111:function:{{resolve:ssm:/name}}",
    ],
)
def test_what_may_be_any_function_is_unknown(raw: Any) -> None:
    assert find(raw, HERE) is UNKNOWN


def test_a_name_that_two_functions_have_is_unknown() -> None:
    world = make_world({"Resources": {"A": FUNCTION, "B": FUNCTION}})
    assert target_of(world, world.app.templates[0], "physical") is UNKNOWN


@pytest.mark.parametrize(
    ("here", "there", "name", "found"),
    [
        (HERE, HERE, "physical", True),
        (HERE, Environment("111111111111", "us-east-1"), "physical", None),
        (HERE, Environment("222222222222", "eu-west-1"), "physical", None),
        (HERE, Environment("222222222222"), "physical", None),
        (HERE, Environment(), "physical", UNKNOWN),
        (Environment(), HERE, "physical", UNKNOWN),
        (Environment(), Environment(), "physical", True),
        (Environment(), HERE, ARN, True),
        (Environment(), Environment(), ARN, UNKNOWN),
        (Environment("222222222222", "eu-west-1"), HERE, "111111111111:function:physical", True),
    ],
)
def test_a_name_means_something_in_one_account_and_region(
    here: Environment, there: Environment, name: str, found: Unknown | bool | None
) -> None:
    template = Template(Path("here.template.json"), {"Resources": {}}, here)
    other = Template(Path("there.template.json"), {"Resources": {"Fn": FUNCTION}}, there)
    target = target_of(next(worlds(App([template, other]))), template, name)
    assert (isinstance(target, Target) or target) is found


@pytest.mark.parametrize("environment", [HERE, Environment()])
def test_of_several_stages_the_own_one_is_meant(environment: Environment) -> None:
    stages = [
        [Template(Path(stage, name), {"Resources": resources}, environment) for name, resources in sections.items()]
        for stage in ("dev", "prod")
        for sections in ({"Functions.template.json": {"Fn": FUNCTION}, "Rules.template.json": {}},)
    ]
    world = next(worlds(App(template for stage in stages for template in stage)))
    for functions, rules in stages:
        for here in (functions, rules):
            assert target_of(world, here, "physical") == Target(functions.resources["Fn"])


def test_a_name_may_be_that_of_a_function_whose_name_is_unknown() -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Fn::Sub": "${Stage}-orders"}}}
    world = make_world({"Parameters": {"Stage": {"Type": "String"}}, "Resources": {"Fn": function}})
    assert target_of(world, world.app.templates[0], "dev-orders") is UNKNOWN
