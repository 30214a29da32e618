from typing import Any

import pytest

from constructs_lib.graph.targets import LATEST, target_of
from constructs_lib.graph.template import Environment
from constructs_lib.graph.values import UNKNOWN, Reference
from tests.graph.build import FUNCTION, make_world

RESOURCES: dict[str, Any] = {
    "Fn": FUNCTION,
    "Alias": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Fn"}, "Name": "live"}},
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Fn::GetAtt": ["Fn", "Arn"]}}},
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Loop": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Loop"}, "Name": "x"}},
}
ARN = "arn:aws:lambda:eu-west-1:111111111111:function:physical"
URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/%s/invocations"
HERE = Environment("111111111111", "eu-west-1")


def find(raw: Any, environment: Environment | None = None) -> tuple[str, Any] | None:
    world = make_world({"Resources": RESOURCES}, environment=environment)
    target = target_of(world, world.resolve(world.app.templates[0], raw))
    if target is None:
        return None
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
        {"Ref": "Nothing"},
        "other",
        "",
        "arn:aws:sqs:eu-west-1:111111111111:physical",
        "arn:aws:lambda:eu-west-1:111111111111:layer:physical",
        "arn:aws:lambda:us-east-1:111111111111:function:physical",
        "arn:aws:lambda:eu-west-1:222222222222:function:physical",
        {"Fn::Sub": URI % "arn:aws:lambda:eu-west-1:111111111111:function:${!stageVariables.name}"},
        [],
        {},
        3,
    ],
)
def test_everything_else_is_no_function(raw: Any) -> None:
    assert find(raw, HERE) is None


def test_a_name_that_two_functions_have_is_unknown() -> None:
    world = make_world({"Resources": {"A": FUNCTION, "B": FUNCTION}})
    assert target_of(world, "physical") is None
