import json
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from constructs_lib import LambdaFunction, WebSocketApiToLambda
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:chat"
ROUTE = "AWS::ApiGatewayV2::Route"


def authorizations(stack: Stack) -> dict[str, str]:
    return {route["RouteKey"]: route["AuthorizationType"] for route in resources(stack, ROUTE).values()}


def test_connections_and_messages_go_to_the_function(stack: Stack, function: LambdaFunction) -> None:
    WebSocketApiToLambda(stack, "Chat", function=function)
    assert authorizations(stack) == {"$connect": "AWS_IAM", "$disconnect": "NONE", "$default": "NONE"}
    assert json.dumps(stack.resolve(function.function_arn)) in json.dumps(
        only(stack, "AWS::ApiGatewayV2::Integration")["IntegrationUri"]
    )
    endings = [found["SourceArn"]["Fn::Join"][1][-1] for found in resources(stack, "AWS::Lambda::Permission").values()]
    assert set(endings) == {"/*$connect", "/*$disconnect", "/*$default"}


def test_the_function_may_answer_over_the_connections_of_its_stage(stack: Stack, function: LambdaFunction) -> None:
    chat = WebSocketApiToLambda(stack, "Chat", function=function)
    (managing,) = (found for found in statements(stack) if found["Action"] == "execute-api:ManageConnections")
    parts = managing["Resource"]["Fn::Join"][1]
    assert parts[-3:] == [":", stack.resolve(chat.api.api_id), "/prod/*/@connections/*"]


def test_a_function_without_role_is_warned_of(stack: Stack) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    WebSocketApiToLambda(stack, "Chat", function=imported)
    assert any("[ack: lambda-invocation-constructs:manageConnections]" in warning for warning in warnings(stack))


def test_a_public_api_is_asked_for(stack: Stack, function: LambdaFunction) -> None:
    WebSocketApiToLambda(stack, "Chat", function=function, authorizer=apigatewayv2.WebSocketNoneAuthorizer())
    assert authorizations(stack)["$connect"] == "NONE"


def test_the_stage_logs_throttles_and_deploys(stack: Stack, function: LambdaFunction) -> None:
    WebSocketApiToLambda(
        stack, "Chat", function=function, stage_name="v1", throttling_rate_limit=10, throttling_burst_limit=20
    )
    stage = only(stack, "AWS::ApiGatewayV2::Stage")
    assert (stage["StageName"], stage["AutoDeploy"]) == ("v1", True)
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}
    assert json.loads(stage["AccessLogSettings"]["Format"])["connectionId"] == "$context.connectionId"


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_routes_are_added_to_an_api_of_the_user(stack: Stack, function: LambdaFunction, kind: str) -> None:
    api: Any = (
        apigatewayv2.WebSocketApi(stack, "Mine")
        if kind == "owned"
        else apigatewayv2.WebSocketApi.from_web_socket_api_attributes(stack, "Mine", web_socket_id="abc")
    )
    chat = WebSocketApiToLambda(stack, "Chat", function=function, api=api, routes=["sendMessage"])
    assert (chat.api, chat.stage) == (api, None)
    route = only(stack, ROUTE)
    assert (route["RouteKey"], route["ApiId"]) == ("sendMessage", stack.resolve(api.api_id))
    (managing,) = (found for found in statements(stack) if found["Action"] == "execute-api:ManageConnections")
    assert json.dumps(managing["Resource"]).endswith('/*/*/@connections/*"]]}')


def test_a_function_slower_than_the_api_is_refused(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.seconds(30))
    with pytest.raises(ValueError, match=r"within the 29 s that the API waits, got .* a timeout of 30 s"):
        WebSocketApiToLambda(stack, "Chat", function=slow)


@pytest.mark.parametrize("routes", [[], "sendMessage"])
def test_no_list_of_routes_is_refused(stack: Stack, function: LambdaFunction, routes: Any) -> None:
    with pytest.raises(ValueError, match="expected a list of at least one route, got"):
        WebSocketApiToLambda(stack, "Chat", function=function, routes=routes)


def test_an_authorizer_of_messages_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match=r"expected an authorizer only with the route \$connect, got one for send"):
        WebSocketApiToLambda(
            stack,
            "Chat",
            function=function,
            routes=["send"],
            authorizer=apigatewayv2.WebSocketNoneAuthorizer(),
        )


def test_settings_of_a_new_api_beside_an_api_are_refused(stack: Stack, function: LambdaFunction) -> None:
    api = apigatewayv2.WebSocketApi(stack, "Mine")
    with pytest.raises(ValueError, match="expected stage_name only for a new api, got api= as well"):
        WebSocketApiToLambda(stack, "Chat", function=function, api=api, stage_name="v1")


def test_what_is_no_web_socket_api_is_refused(stack: Stack, function: LambdaFunction) -> None:
    api: Any = apigatewayv2.HttpApi(stack, "Mine")
    with pytest.raises(TypeError, match="expected api to be a WebSocket API of the CDK"):
        WebSocketApiToLambda(stack, "Chat", function=function, api=api)


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_an_alias_or_version_is_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    WebSocketApiToLambda(stack, "Chat", function=target)
    arn = stack.resolve(target.function_arn)
    assert {found["FunctionName"]["Ref"] for found in resources(stack, "AWS::Lambda::Permission").values()} == {
        arn["Ref"]
    }


def test_integration_errors_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    chat = WebSocketApiToLambda(stack, "Chat", function=function, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert alarm["MetricName"] == "IntegrationError"
    assert alarm["Dimensions"] == [{"Name": "ApiId", "Value": stack.resolve(chat.api.api_id)}]
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]


def test_function_and_api_may_stand_in_different_stacks(app: App) -> None:
    compute, front = Stack(app, "Compute"), Stack(app, "Front")
    WebSocketApiToLambda(front, "Chat", function=make_function(compute))
    app.synth()  # would raise if the stacks needed each other
    assert any(found["Action"] == "execute-api:ManageConnections" for found in statements(front))
