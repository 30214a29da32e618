import json
from typing import Any

import pytest

from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.unseen import invoked_unseen
from tests.graph.build import FUNCTION, make_world


def found(**resources: Any) -> list[tuple[str, str, str]]:
    world = make_world({"Resources": {"Fn": FUNCTION, **resources}})
    several = [one for group in world.once(invocations).values() for one in group]
    return [
        (one.service.principal, one.model.value if one.model else "unknown", one.resource.logical_id) for one in several
    ]


def permission(principal: Any, action: str = "lambda:InvokeFunction") -> dict[str, Any]:
    properties = {"FunctionName": {"Ref": "Fn"}, "Principal": principal, "Action": action}
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}


@pytest.mark.parametrize(
    ("principal", "model"),
    [
        ("s3.amazonaws.com", "asynchronous"),
        ("sns.amazonaws.com", "asynchronous"),
        ("events.amazonaws.com", "asynchronous"),
        ("logs.amazonaws.com", "asynchronous"),
        ("logs.eu-west-1.amazonaws.com", "asynchronous"),
        ("ses.amazonaws.com", "asynchronous"),
        ("iot.amazonaws.com", "asynchronous"),
        ("config.amazonaws.com", "asynchronous"),
        ("codecommit.amazonaws.com", "asynchronous"),
        ("lambda.alarms.cloudwatch.amazonaws.com", "asynchronous"),
        ("apigateway.amazonaws.com", "unknown"),
        ("elasticloadbalancing.amazonaws.com", "synchronous"),
        ("cognito-idp.amazonaws.com", "unknown"),
        ("secretsmanager.amazonaws.com", "unknown"),
    ],
)
def test_a_permission_alone_is_evidence(principal: str, model: str) -> None:
    assert [(one[1], one[2]) for one in found(P=permission(principal))] == [(model, "P")]


@pytest.mark.parametrize("principal", ["*", "123456789012", "other.amazonaws.com", {"Ref": "Nothing"}, None, 7])
def test_other_principals_may_invoke_in_any_way(principal: Any) -> None:
    assert found(P=permission(principal)) == [("", "unknown", "P")]


def test_what_the_source_decides_is_known_when_it_is_in_sight() -> None:
    pool = {
        "Type": "AWS::Cognito::UserPool",
        "Properties": {"LambdaConfig": {"PreSignUp": {"Fn::GetAtt": ["Fn", "Arn"]}}},
    }
    evidence = found(Pool=pool, P=permission("cognito-idp.amazonaws.com"))
    assert evidence == [("cognito-idp", "synchronous", "Pool")]


def test_other_actions_tell_nothing() -> None:
    assert found(P=permission("s3.amazonaws.com", "lambda:GetFunction")) == []


def test_a_permission_to_use_the_url_is_evidence_of_a_url() -> None:
    assert found(P=permission("*", "lambda:InvokeFunctionUrl")) == [("lambda-url", "synchronous", "P")]
    through_url = permission("*")
    through_url["Properties"]["InvokedViaFunctionUrl"] = True
    assert found(P=through_url) == [("lambda-url", "synchronous", "P")]


def test_the_source_counts_before_the_permission() -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": {"Fn::GetAtt": ["Fn", "Arn"]}}]}}
    evidence = found(Rule=rule, A=permission("events.amazonaws.com"), B=permission("s3.amazonaws.com"))
    assert evidence == [("events", "asynchronous", "Rule"), ("s3", "asynchronous", "B")]


@pytest.mark.parametrize(
    ("principal", "function", "unseen"),
    [
        ("events.amazonaws.com", {"Fn::Sub": "${Stage}-orders"}, True),
        ("apigateway.amazonaws.com", {"Fn::Sub": "${Stage}-orders"}, True),
        ("elasticloadbalancing.amazonaws.com", {"Fn::Sub": "${Stage}-orders"}, False),
        ("events.amazonaws.com", "elsewhere", False),
    ],
)
def test_a_permission_may_be_on_any_function(principal: str, function: Any, unseen: bool) -> None:
    resource = permission(principal)
    resource["Properties"]["FunctionName"] = function
    world = make_world({"Resources": {"Fn": FUNCTION, "P": resource}})
    assert invoked_unseen(world, world.app.templates[0].resources["Fn"]) is unseen


STATEMENT = {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Principal": {"Service": ["sns.amazonaws.com"]}}


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize(
    ("change", "services"),
    [
        ({}, ["sns"]),
        ({"Effect": "Deny"}, []),
        ({"Action": "lambda:*"}, ["sns"]),
        ({"Principal": {"Service": "s3.amazonaws.com"}}, ["s3"]),
        ({"Principal": "*"}, [""]),
        ({"Principal": {"AWS": "*"}}, [""]),
        ({"Principal": "*", "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}}, ["lambda-url"]),
        ({"Principal": "*", "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "false"}}}, [""]),
        ({"Principal": "*", "Action": "lambda:InvokeFunctionUrl"}, ["lambda-url"]),
    ],
)
def test_resource_policies(change: Any, services: list[str], as_text: bool) -> None:
    policy: Any = {"Statement": [{**STATEMENT, **change}]}
    properties = {
        "ResourceArn": {"Fn::GetAtt": ["Fn", "Arn"]},
        "PolicyDocument": json.dumps(policy) if as_text else policy,
    }
    assert [one[0] for one in found(P={"Type": "AWS::Lambda::ResourcePolicy", "Properties": properties})] == services
