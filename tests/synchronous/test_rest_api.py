import json

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from constructs_lib import LambdaFunction, RestApiToLambda
from tests.helpers import ACCOUNT, make_function, only, resources, warnings

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"


def test_every_path_and_method_goes_to_the_function(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambda(stack, "Orders", function=function)
    methods = resources(stack, "AWS::ApiGateway::Method").values()
    assert [method["HttpMethod"] for method in methods] == ["ANY", "ANY"]
    for method in methods:
        assert method["Integration"]["Type"] == "AWS_PROXY"
        assert json.dumps(stack.resolve(function.function_arn)) in json.dumps(method["Integration"]["Uri"])
    assert only(stack, "AWS::ApiGateway::Resource")["PathPart"] == "{proxy+}"


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_the_root_of_a_given_api_goes_to_the_function_too(stack: Stack, function: LambdaFunction, kind: str) -> None:
    api = (
        apigateway.RestApi(stack, "Api")
        if kind == "owned"
        else apigateway.RestApi.from_rest_api_attributes(stack, "Api", rest_api_id="abc", root_resource_id="def")
    )
    RestApiToLambda(stack, "Orders", function=function, api=api)
    methods = resources(stack, "AWS::ApiGateway::Method").values()
    assert [method["Integration"]["Type"] for method in methods] == ["AWS_PROXY", "AWS_PROXY"]


def test_one_permission_covers_the_api_and_no_other(stack: Stack, function: LambdaFunction) -> None:
    orders = RestApiToLambda(stack, "Orders", function=function)
    permission = only(stack, "AWS::Lambda::Permission")
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert json.dumps(stack.resolve(orders.api.rest_api_id)) in json.dumps(permission["SourceArn"])


def test_callers_sign_unless_said_otherwise(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambda(stack, "Orders", function=function)
    assert {method["AuthorizationType"] for method in resources(stack, "AWS::ApiGateway::Method").values()} == {
        "AWS_IAM"
    }


def test_a_public_api_is_asked_for(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambda(stack, "Orders", function=function, authorization_type=apigateway.AuthorizationType.NONE)
    assert {method["AuthorizationType"] for method in resources(stack, "AWS::ApiGateway::Method").values()} == {"NONE"}


def test_an_authorizer_guards_every_method(stack: Stack, function: LambdaFunction) -> None:
    authorizer = apigateway.CognitoUserPoolsAuthorizer(
        stack, "Authorizer", cognito_user_pools=[cognito.UserPool(stack, "Pool")]
    )
    RestApiToLambda(stack, "Orders", function=function, authorizer=authorizer)
    for method in resources(stack, "AWS::ApiGateway::Method").values():
        assert method["AuthorizationType"] == "COGNITO_USER_POOLS"
        assert method["AuthorizerId"] == stack.resolve(authorizer.authorizer_id)


def test_the_stage_logs_traces_and_throttles(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambda(stack, "Orders", function=function, throttling_rate_limit=10, throttling_burst_limit=20)
    stage = only(stack, "AWS::ApiGateway::Stage")
    assert stage["TracingEnabled"] is True
    (settings,) = stage["MethodSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (10, 20)
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("ERROR", False)
    assert json.loads(stage["AccessLogSetting"]["Format"])["integrationError"] == "$context.integration.error"


def test_nothing_of_the_account_is_touched_unless_asked(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambda(stack, "Orders", function=function)
    assert resources(stack, "AWS::ApiGateway::Account") == {}


def test_the_accounts_role_for_logs_on_request(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambda(stack, "Orders", function=function, cloud_watch_role=True)
    assert "CloudWatchRoleArn" in only(stack, "AWS::ApiGateway::Account")


def test_routes_of_the_users_own(stack: Stack, function: LambdaFunction) -> None:
    orders = RestApiToLambda(stack, "Orders", function=function, proxy=False)
    orders.api.root.add_resource("orders").add_method("POST")
    method = only(stack, "AWS::ApiGateway::Method")
    assert (method["HttpMethod"], method["AuthorizationType"]) == ("POST", "AWS_IAM")
    assert method["Integration"]["Type"] == "AWS_PROXY"


@pytest.mark.parametrize("seconds", [30, 900])
def test_a_function_slower_than_the_api_is_refused(stack: Stack, seconds: int) -> None:
    slow = make_function(stack, timeout=Duration.seconds(seconds))
    with pytest.raises(
        ValueError,
        match=rf"expected a function that answers within the 29 s .* got Stack/Function with a timeout of {seconds} s",
    ):
        RestApiToLambda(stack, "Orders", function=slow)


def test_a_function_just_fast_enough_is_taken(stack: Stack) -> None:
    RestApiToLambda(stack, "Orders", function=make_function(stack, timeout=Duration.seconds(29)))
    assert len(resources(stack, "AWS::ApiGateway::RestApi")) == 1


def test_a_raised_quota_lets_slower_functions_pass(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.seconds(60))
    RestApiToLambda(stack, "Orders", function=slow, timeout=Duration.seconds(60))
    for method in resources(stack, "AWS::ApiGateway::Method").values():
        assert method["Integration"]["TimeoutInMillis"] == 60_000


def test_an_api_that_waits_less_than_the_function_takes_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match=r"answers within the 0.5 s that the API waits, got .* a timeout of 10 s"):
        RestApiToLambda(stack, "Orders", function=function, timeout=Duration.millis(500))


def test_an_alias_is_judged_by_its_function(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.minutes(1))
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=slow.current_version)
    with pytest.raises(ValueError, match="got Stack/Live with a timeout of 60 s"):
        RestApiToLambda(stack, "Orders", function=alias)


def test_tokens_and_imported_functions_are_not_judged(stack: Stack) -> None:
    seconds = Duration.seconds(CfnParameter(stack, "Seconds", type="Number").value_as_number)
    RestApiToLambda(stack, "A", function=make_function(stack, timeout=seconds))
    RestApiToLambda(stack, "B", function=lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN))
    assert len(resources(stack, "AWS::ApiGateway::RestApi")) == 2


def test_an_api_of_the_user_is_added_to(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi(stack, "Mine", cloud_watch_role=False)
    orders = RestApiToLambda(stack, "Orders", function=function, api=api)
    assert orders.api is api
    assert len(resources(stack, "AWS::ApiGateway::RestApi")) == 1
    assert len(resources(stack, "AWS::ApiGateway::Method")) == 2
    assert warnings(stack) == []


def test_an_imported_api_is_warned_of(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi.from_rest_api_attributes(stack, "Mine", rest_api_id="abc", root_resource_id="def")
    RestApiToLambda(stack, "Orders", function=function, api=api)
    assert {method["RestApiId"] for method in resources(stack, "AWS::ApiGateway::Method").values()} == {"abc"}
    (warning,) = warnings(stack)
    assert "[ack: lambda-invocation-constructs:importedApiDeployment]" in warning


def test_settings_of_a_new_api_beside_an_api_are_refused(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi(stack, "Mine", cloud_watch_role=False)
    with pytest.raises(ValueError, match="expected throttling_rate_limit only for a new api, got api= as well"):
        RestApiToLambda(stack, "Orders", function=function, api=api, throttling_rate_limit=1)


def test_server_errors_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = RestApiToLambda(stack, "Orders", function=function, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert (alarm["MetricName"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("5XXError", 0.05, 3)
    assert alarm["AlarmActions"] == alarm["OKActions"] == [stack.resolve(topic.topic_arn)]
    assert len(orders.alarms) == 1


def test_function_and_api_may_stand_in_different_stacks(app: App) -> None:
    compute, front = Stack(app, "Compute"), Stack(app, "Front")
    RestApiToLambda(front, "Orders", function=make_function(compute))
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::Lambda::Permission")) == 1


@pytest.mark.parametrize("endpoint_types", [None, [apigateway.EndpointType.EDGE]])
def test_an_edge_optimized_api_waits_29_seconds_at_most(
    stack: Stack, endpoint_types: list[apigateway.EndpointType] | None
) -> None:
    api = apigateway.RestApi(stack, "Mine", cloud_watch_role=False, endpoint_types=endpoint_types)
    slow = make_function(stack, timeout=Duration.seconds(60))
    with pytest.raises(ValueError, match="expected a timeout of at most 29 s for the edge-optimized API Stack/Mine"):
        RestApiToLambda(stack, "Orders", function=slow, api=api, timeout=Duration.seconds(60))


def test_a_regional_api_of_the_user_may_wait_longer(stack: Stack) -> None:
    api = apigateway.RestApi(stack, "Mine", cloud_watch_role=False, endpoint_types=[apigateway.EndpointType.REGIONAL])
    slow = make_function(stack, timeout=Duration.seconds(60))
    RestApiToLambda(stack, "Orders", function=slow, api=api, timeout=Duration.seconds(60))
    assert len(resources(stack, "AWS::ApiGateway::Method")) == 2


def test_what_is_no_function_is_refused(stack: Stack) -> None:
    with pytest.raises(TypeError, match="expected function to be a function, an alias or a version of the CDK"):
        RestApiToLambda(stack, "Orders", function="orders")  # type: ignore[arg-type]


def test_apis_do_not_share_their_metrics(app: App) -> None:
    stacks = [Stack(app, name) for name in "AB"]
    for stack in stacks:
        RestApiToLambda(stack, "Orders", function=make_function(stack))
    names = [only(stack, "AWS::ApiGateway::RestApi")["Name"] for stack in stacks]
    assert len(set(names)) == 2
    for stack, name in zip(stacks, names, strict=True):
        assert only(stack, "AWS::CloudWatch::Alarm")["Dimensions"] == [{"Name": "ApiName", "Value": name}]


def test_an_imported_api_is_not_watched_by_a_guessed_name(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi.from_rest_api_attributes(stack, "Mine", rest_api_id="abc", root_resource_id="def")
    assert RestApiToLambda(stack, "Orders", function=function, api=api).alarms == []
    with pytest.raises(ValueError, match="expected no alarm_topic for the imported API Stack/Mine"):
        RestApiToLambda(stack, "More", function=function, api=api, proxy=False, alarm_topic=sns.Topic(stack, "Topic"))


def test_an_imported_api_needs_its_root(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi.from_rest_api_id(stack, "Mine", "abc")
    with pytest.raises(ValueError, match="expected an API whose root resource is known, got Stack/Mine; import it"):
        RestApiToLambda(stack, "Orders", function=function, api=api)
