import json

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.aws_apigatewayv2_authorizers import HttpUserPoolAuthorizer

from constructs_lib import HttpApiToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"
ROUTE = "AWS::ApiGatewayV2::Route"


def test_every_request_goes_to_the_function(stack: Stack, function: LambdaFunction) -> None:
    HttpApiToLambda(stack, "Orders", function=function)
    route = only(stack, ROUTE)
    assert (route["RouteKey"], route["AuthorizationType"]) == ("$default", "AWS_IAM")
    integration = only(stack, "AWS::ApiGatewayV2::Integration")
    assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    assert integration["IntegrationUri"] == stack.resolve(function.function_arn)


def test_one_permission_covers_the_api_with_its_default_route(stack: Stack, function: LambdaFunction) -> None:
    orders = HttpApiToLambda(stack, "Orders", function=function)
    permission = only(stack, "AWS::Lambda::Permission")
    assert permission["Principal"] == "apigateway.amazonaws.com"
    (*_, api, ending) = permission["SourceArn"]["Fn::Join"][1]
    # */*/* would leave out the route $default, whose ARN ends in <stage>/$default.
    assert (api, ending) == (stack.resolve(orders.api.api_id), "/*/*")


def test_routes_of_the_users_own(stack: Stack, function: LambdaFunction) -> None:
    orders = HttpApiToLambda(stack, "Orders", function=function, proxy=False)
    assert isinstance(orders.api, apigatewayv2.HttpApi)
    for path in ("/orders", "/orders/{id}"):
        orders.api.add_routes(path=path, methods=[apigatewayv2.HttpMethod.GET], integration=orders.integration)
    routes = resources(stack, ROUTE).values()
    assert {route["RouteKey"] for route in routes} == {"GET /orders", "GET /orders/{id}"}
    assert {route["AuthorizationType"] for route in routes} == {"AWS_IAM"}
    assert only(stack, "AWS::Lambda::Permission")["SourceArn"]["Fn::Join"][1][-1] == "/*/*/*"


def test_a_public_api_is_asked_for(stack: Stack, function: LambdaFunction) -> None:
    HttpApiToLambda(stack, "Orders", function=function, authorizer=apigatewayv2.HttpNoneAuthorizer())
    assert only(stack, ROUTE)["AuthorizationType"] == "NONE"


def test_an_authorizer_guards_the_route(stack: Stack, function: LambdaFunction) -> None:
    authorizer = HttpUserPoolAuthorizer("Authorizer", cognito.UserPool(stack, "Pool"))
    HttpApiToLambda(stack, "Orders", function=function, authorizer=authorizer)
    (name,) = resources(stack, "AWS::ApiGatewayV2::Authorizer")
    route = only(stack, ROUTE)
    assert (route["AuthorizationType"], route["AuthorizerId"]) == ("JWT", {"Ref": name})


def test_the_stage_logs_throttles_and_deploys(stack: Stack, function: LambdaFunction) -> None:
    HttpApiToLambda(stack, "Orders", function=function, throttling_rate_limit=10, throttling_burst_limit=20)
    stage = only(stack, "AWS::ApiGatewayV2::Stage")
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}
    log = json.loads(stage["AccessLogSettings"]["Format"])
    assert log["integrationError"] == "$context.integrationErrorMessage"
    (name,) = (name for name in resources(stack, "AWS::Logs::LogGroup") if "AccessLog" in name)
    assert name in json.dumps(stage["AccessLogSettings"]["DestinationArn"])


def test_a_function_slower_than_the_api_is_refused(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.seconds(31))
    with pytest.raises(ValueError, match=r"expected a function that answers within the 30 s .* a timeout of 31 s"):
        HttpApiToLambda(stack, "Orders", function=slow)


def test_a_function_just_fast_enough_is_taken(stack: Stack) -> None:
    HttpApiToLambda(stack, "Orders", function=make_function(stack, timeout=Duration.seconds(30)))
    assert len(resources(stack, ROUTE)) == 1


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_an_api_of_the_user_is_added_to(stack: Stack, function: LambdaFunction, kind: str) -> None:
    api = (
        apigatewayv2.HttpApi(stack, "Mine")
        if kind == "owned"
        else apigatewayv2.HttpApi.from_http_api_attributes(stack, "Mine", http_api_id="abc")
    )
    orders = HttpApiToLambda(stack, "Orders", function=function, api=api)
    assert (orders.api, orders.stage) == (api, None)
    route = only(stack, ROUTE)
    assert (route["ApiId"], route["AuthorizationType"]) == (stack.resolve(api.api_id), "AWS_IAM")
    assert only(stack, "AWS::CloudWatch::Alarm")["Dimensions"] == [
        {"Name": "ApiId", "Value": stack.resolve(api.api_id)}
    ]


def test_the_authorizer_of_the_users_api_is_kept(stack: Stack, function: LambdaFunction) -> None:
    api = apigatewayv2.HttpApi(stack, "Mine", default_authorizer=apigatewayv2.HttpNoneAuthorizer())
    HttpApiToLambda(stack, "Orders", function=function, api=api)
    assert only(stack, ROUTE)["AuthorizationType"] == "NONE"


def test_settings_of_a_new_api_beside_an_api_are_refused(stack: Stack, function: LambdaFunction) -> None:
    api = apigatewayv2.HttpApi(stack, "Mine")
    with pytest.raises(ValueError, match="expected throttling_rate_limit only for a new api, got api= as well"):
        HttpApiToLambda(stack, "Orders", function=function, api=api, throttling_rate_limit=1)
    with pytest.raises(ValueError, match="expected authorizer only for a new api, got api= as well"):
        HttpApiToLambda(
            stack, "More", function=function, api=api, proxy=False, authorizer=apigatewayv2.HttpNoneAuthorizer()
        )


def test_server_errors_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = HttpApiToLambda(stack, "Orders", function=function, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert (alarm["MetricName"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("5xx", 0.05, 3)
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]
    assert len(orders.alarms) == 1


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_an_alias_or_version_is_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    HttpApiToLambda(stack, "Orders", function=target)
    arn = stack.resolve(target.function_arn)
    assert only(stack, "AWS::ApiGatewayV2::Integration")["IntegrationUri"] == arn
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn


@pytest.mark.parametrize("proxy", [True, False])
def test_function_and_api_may_stand_in_different_stacks(app: App, proxy: bool) -> None:
    compute, front = Stack(app, "Compute"), Stack(app, "Front")
    orders = HttpApiToLambda(front, "Orders", function=make_function(compute), proxy=proxy)
    if not proxy:
        assert isinstance(orders.api, apigatewayv2.HttpApi)
        orders.api.add_routes(path="/orders", integration=orders.integration)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::Lambda::Permission")) == 1


def test_what_is_no_http_api_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected api to be an HTTP API of the CDK, got 'abc'"):
        HttpApiToLambda(stack, "Orders", function=function, api="abc")  # type: ignore[arg-type]
