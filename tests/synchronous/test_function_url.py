import json
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from constructs_lib import FunctionUrlToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"


def test_callers_sign_and_nobody_else_may_call(stack: Stack, function: LambdaFunction) -> None:
    FunctionUrlToLambda(stack, "Orders", function=function)
    assert only(stack, "AWS::Lambda::Url") == {
        "AuthType": "AWS_IAM",
        "InvokeMode": "BUFFERED",
        "TargetFunctionArn": stack.resolve(function.function_arn),
    }
    assert resources(stack, "AWS::Lambda::Permission") == {}


def test_an_invoker_gets_both_actions_on_this_function_only(stack: Stack, function: LambdaFunction) -> None:
    user = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    FunctionUrlToLambda(stack, "Orders", function=function, invokers=[user])
    arn = stack.resolve(function.function_arn)
    granted = {found["Action"]: found for found in statements(stack) if found["Resource"] == arn}
    assert set(granted) == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert granted["lambda:InvokeFunctionUrl"]["Condition"] == {
        "StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}
    }
    assert granted["lambda:InvokeFunction"]["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": True}}


def test_an_invoker_of_another_account_is_named_by_the_function(stack: Stack, function: LambdaFunction) -> None:
    FunctionUrlToLambda(stack, "Orders", function=function, invokers=[iam.AccountPrincipal("210987654321")])
    permissions = resources(stack, "AWS::Lambda::Permission").values()
    assert {found["Action"] for found in permissions} == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert all("210987654321" in json.dumps(found["Principal"]) for found in permissions)


def test_a_public_url_is_asked_for(stack: Stack, function: LambdaFunction) -> None:
    FunctionUrlToLambda(stack, "Orders", function=function, auth_type=lambda_.FunctionUrlAuthType.NONE)
    assert only(stack, "AWS::Lambda::Url")["AuthType"] == "NONE"
    permissions = {found["Action"]: found for found in resources(stack, "AWS::Lambda::Permission").values()}
    assert permissions["lambda:InvokeFunctionUrl"]["FunctionUrlAuthType"] == "NONE"
    assert permissions["lambda:InvokeFunction"]["InvokedViaFunctionUrl"] is True


def test_invokers_of_a_public_url_are_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected invokers only for a URL that asks who calls, got 1 for a public"):
        FunctionUrlToLambda(
            stack,
            "Orders",
            function=function,
            auth_type=lambda_.FunctionUrlAuthType.NONE,
            invokers=[iam.AccountRootPrincipal()],
        )


def test_streaming_and_other_origins(stack: Stack, function: LambdaFunction) -> None:
    FunctionUrlToLambda(
        stack,
        "Orders",
        function=function,
        invoke_mode=lambda_.InvokeMode.RESPONSE_STREAM,
        cors=lambda_.FunctionUrlCorsOptions(allowed_origins=["https://example.com"]),
    )
    url = only(stack, "AWS::Lambda::Url")
    assert (url["InvokeMode"], url["Cors"]) == (
        "RESPONSE_STREAM",
        {"AllowOrigins": ["https://example.com"], "AllowMethods": ["*"]},
    )


@pytest.mark.parametrize(
    ("runtime", "count"),
    [
        (lambda_.Runtime.PYTHON_3_14, 1),
        (lambda_.Runtime.JAVA_21, 1),
        (lambda_.Runtime.NODEJS_22_X, 0),
        (lambda_.Runtime.PROVIDED_AL2023, 0),
    ],
)
@pytest.mark.parametrize("qualified", [True, False])
def test_streaming_is_warned_of_where_the_runtime_cannot(
    stack: Stack, runtime: lambda_.Runtime, count: int, qualified: bool
) -> None:
    code = lambda_.Code.from_asset("tests/synchronous")
    function = lambda_.Function(stack, "Plain", code=code, handler="index.handler", runtime=runtime)
    target = (
        lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version) if qualified else function
    )
    FunctionUrlToLambda(stack, "Orders", function=target, invoke_mode=lambda_.InvokeMode.RESPONSE_STREAM)
    assert ["[ack: lambda-invocation-constructs:responseStreaming]" in found for found in warnings(stack)] == (
        [True] * count
    )


@pytest.mark.parametrize(("mode", "count"), [("RESPONSE_STREAM", 1), ("BUFFERED", 0)])
@pytest.mark.parametrize("qualified", [True, False])
def test_streaming_from_a_vpc_is_warned_of(stack: Stack, mode: str, count: int, qualified: bool) -> None:
    function = lambda_.Function(
        stack,
        "Plain",
        code=lambda_.Code.from_asset("tests/synchronous"),
        handler="index.handler",
        runtime=lambda_.Runtime.NODEJS_22_X,
        vpc=ec2.Vpc(stack, "Vpc"),
    )
    target = (
        lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version) if qualified else function
    )
    FunctionUrlToLambda(stack, "Orders", function=target, invoke_mode=lambda_.InvokeMode[mode])
    found = [warning for warning in warnings(stack) if "[ack: lambda-invocation-constructs:" in warning]
    assert ["responseStreamingVpc]" in warning for warning in found] == [True] * count


def test_what_streams_in_an_image_is_not_judged(stack: Stack) -> None:
    image = lambda_.DockerImageCode.from_ecr(ecr.Repository.from_repository_name(stack, "Repository", "orders"))
    function = lambda_.DockerImageFunction(stack, "Image", code=image)
    FunctionUrlToLambda(stack, "Orders", function=function, invoke_mode=lambda_.InvokeMode.RESPONSE_STREAM)
    assert warnings(stack) == []


def test_no_warning_without_streaming(stack: Stack, function: LambdaFunction) -> None:
    FunctionUrlToLambda(stack, "Orders", function=function)
    assert warnings(stack) == []


def test_an_alias_is_called_by_its_own_url(stack: Stack, function: LambdaFunction) -> None:
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    FunctionUrlToLambda(stack, "Orders", function=alias)
    url = only(stack, "AWS::Lambda::Url")
    assert (url["TargetFunctionArn"], url["Qualifier"]) == (stack.resolve(function.function_arn), "live")
    names = {part["Name"] for part in only(stack, "AWS::CloudWatch::Alarm")["Dimensions"]}
    assert names == {"FunctionName", "Resource"}


def test_a_version_has_no_url(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected a function or an alias, got the version Stack/Function/CurrentVer"):
        FunctionUrlToLambda(stack, "Orders", function=function.current_version)


def test_an_imported_function(stack: Stack) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    FunctionUrlToLambda(stack, "Orders", function=imported)
    assert only(stack, "AWS::Lambda::Url")["TargetFunctionArn"] == FUNCTION_ARN


def test_server_errors_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = FunctionUrlToLambda(stack, "Orders", function=function, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == ("Url5xxCount", "Sum", 1)
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]
    assert len(orders.alarms) == 1


@pytest.mark.parametrize("auth_type", [lambda_.FunctionUrlAuthType.NONE, lambda_.FunctionUrlAuthType.AWS_IAM])
def test_function_url_and_invoker_may_stand_in_different_stacks(app: App, auth_type: Any) -> None:
    compute, front, callers = Stack(app, "Compute"), Stack(app, "Front"), Stack(app, "Callers")
    invokers = [iam.Role(callers, "Caller", assumed_by=iam.AccountRootPrincipal())]
    FunctionUrlToLambda(
        front,
        "Orders",
        function=make_function(compute),
        auth_type=auth_type,
        invokers=invokers if auth_type is lambda_.FunctionUrlAuthType.AWS_IAM else (),
    )
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::Lambda::Url")) == 1


def test_what_is_no_function_is_refused(stack: Stack) -> None:
    with pytest.raises(TypeError, match="expected function to be a function, an alias or a version of the CDK"):
        FunctionUrlToLambda(stack, "Orders", function="orders")  # type: ignore[arg-type]
