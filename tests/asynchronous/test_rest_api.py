import json
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from constructs_lib import LambdaFunction, RestApiToLambdaAsync
from tests.helpers import ACCOUNT, make_function, only, resources, warnings
from tests.offload.vtl import NASTY, answer, request

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"
CONFIG = "AWS::Lambda::EventInvokeConfig"


def integration(stack: Stack) -> dict[str, Any]:
    return dict(only(stack, "AWS::ApiGateway::Method")["Integration"])


def test_the_function_is_invoked_asynchronously(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambdaAsync(stack, "Orders", function=function)
    method = only(stack, "AWS::ApiGateway::Method")
    assert (method["HttpMethod"], method["AuthorizationType"]) == ("POST", "AWS_IAM")
    wired = method["Integration"]
    assert wired["Type"] == "AWS"  # with a proxy, the header would have no effect
    assert wired["RequestParameters"] == {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
    assert json.dumps(stack.resolve(function.function_arn)) in json.dumps(wired["Uri"])


def test_the_client_gets_202(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambdaAsync(stack, "Orders", function=function)
    (response,) = integration(stack)["IntegrationResponses"]
    assert (response["StatusCode"], "SelectionPattern" in response) == ("202", False)
    assert json.loads(response["ResponseTemplates"]["application/json"]) == {"requestId": "$context.requestId"}
    declared = {each["StatusCode"] for each in only(stack, "AWS::ApiGateway::Method")["MethodResponses"]}
    assert "202" in declared


def test_bad_requests_do_not_reach_the_function(stack: Stack, function: LambdaFunction) -> None:
    schema = apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT, required=["item"])
    RestApiToLambdaAsync(stack, "Orders", function=function, request_schema=schema)
    method = only(stack, "AWS::ApiGateway::Method")
    assert method["Integration"]["PassthroughBehavior"] == "NEVER"
    assert set(method["Integration"]["RequestTemplates"]) == set(method["RequestModels"]) == {"application/json"}
    ((validator, settings),) = resources(stack, "AWS::ApiGateway::RequestValidator").items()
    assert settings["ValidateRequestBody"] is True
    assert method["RequestValidatorId"] == {"Ref": validator}
    assert only(stack, "AWS::ApiGateway::Model")["Schema"]["required"] == ["item"]


CONTEXT = {
    "accountId": ACCOUNT,
    "apiId": "abc",
    "httpMethod": "POST",
    "identity": {"sourceIp": "192.0.2.1", "userAgent": "curl/8", "userArn": "arn:aws:iam::123456789012:user/o'brien"},
    "path": "/prod/orders",
    "requestId": "1-2-3",
    "requestTimeEpoch": 1795262485000,
    "resourcePath": "/orders",
    "stage": "prod",
}


@pytest.fixture
def post(stack: Stack, function: LambdaFunction) -> dict[str, Any]:
    RestApiToLambdaAsync(stack, "Orders", function=function, path="orders")
    return only(stack, "AWS::ApiGateway::Method")


def event(post: dict[str, Any], body: str = "{}", **context: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(request(post, body=body, context=CONTEXT | context))
    return loaded


def test_the_event_is_that_of_a_proxy_integration(post: dict[str, Any]) -> None:
    """Powertools reads it: routes and validates as for a synchronous API."""
    app = APIGatewayRestResolver()

    @app.post("/orders")
    def order() -> dict[str, Any]:
        found = app.current_event
        context = found.request_context
        return {
            "body": found.json_body,
            "query": found.query_string_parameters,
            "header": found.headers["X-Tenant"],
            "who": context.identity.user_arn,
            "from": context.identity.source_ip,
            "path": context.path,
            "id": context.request_id,
        }

    sent = request(
        post,
        body='{"item": 1}',
        parameters={"querystring": {"page": "2"}, "header": {"X-Tenant": "a"}},
        context=CONTEXT,
    )
    answered = app(json.loads(sent), None)
    assert (answered["statusCode"], json.loads(answered["body"])) == (
        200,
        {
            "body": {"item": 1},
            "query": {"page": "2"},
            "header": "a",
            "who": "arn:aws:iam::123456789012:user/o'brien",
            "from": "192.0.2.1",
            "path": "/prod/orders",
            "id": "1-2-3",
        },
    )


@pytest.mark.parametrize("text", NASTY)
def test_the_event_is_json_whatever_the_request_holds(post: dict[str, Any], text: str) -> None:
    given = {f"k{text}": text, "other": text}
    sent = request(
        post,
        body=text,
        parameters={"path": given, "querystring": given, "header": given},
        context=CONTEXT | {"path": f"/prod/{text}", "identity": {"userAgent": text}, "authorizer": given},
        stage_variables=given,
    )
    found = json.loads(sent)
    assert (found["body"], found["path"], found["requestContext"]["identity"]["userAgent"]) == (text, f"/{text}", text)
    for field in ("headers", "pathParameters", "queryStringParameters", "stageVariables"):
        assert found[field] == given
    assert found["requestContext"]["authorizer"] == given


@pytest.mark.parametrize(
    ("full", "expected"),
    [
        ("/prod/orders", "/orders"),
        ("/prod/prod/orders", "/prod/orders"),
        ("/prod", "/"),
        ("/prod/", "/"),
        ("/orders", "/orders"),  # a domain name of its own
        ("/production/orders", "/production/orders"),
    ],
)
def test_the_path_has_no_stage(post: dict[str, Any], full: str, expected: str) -> None:
    found = event(post, path=full)
    assert (found["path"], found["requestContext"]["path"]) == (expected, full)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"principalId": "me", "tenant": 'o\'brien "1"', "isAdmin": "true", "integrationLatency": "12"},
        {"claims": {"sub": "1-2", "cognito:groups": "a,b", "email": "o'brien@example.com"}},
        {"principalId": "me", "claims": "a text"},
    ],
)
def test_what_an_authorizer_says_is_passed_on(post: dict[str, Any], said: dict[str, Any]) -> None:
    assert event(post, authorizer=said)["requestContext"]["authorizer"] == said


def test_without_an_authorizer_there_is_nothing_of_it(post: dict[str, Any]) -> None:
    found = event(post)
    assert found["requestContext"]["authorizer"] == {}
    assert (found["pathParameters"], found["queryStringParameters"]) == ({}, {})


def test_the_client_gets_the_id_of_the_request(post: dict[str, Any]) -> None:
    assert answer(post, 202, "", context=CONTEXT) == (202, {"requestId": "1-2-3"}, {})


def test_a_failed_event_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = RestApiToLambdaAsync(stack, "Orders", function=function, alarm_topic=topic, retry_attempts=0)
    assert orders.failure_queue is not None
    queue = stack.resolve(orders.failure_queue.queue_arn)
    config = only(stack, CONFIG)
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert config["MaximumRetryAttempts"] == 0
    alarms = resources(stack, "AWS::CloudWatch::Alarm").values()
    watched = {alarm["MetricName"] for alarm in alarms}
    assert watched == {"ApproximateNumberOfMessagesVisible", "DestinationDeliveryFailures", "5XXError"}
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms)
    assert len(orders.alarms) == 3


def test_the_function_may_take_its_time(stack: Stack) -> None:
    slow = make_function(stack, timeout=Duration.minutes(15))
    RestApiToLambdaAsync(stack, "Orders", function=slow)
    assert len(resources(stack, "AWS::ApiGateway::Method")) == 1


def test_a_path_and_who_may_call(stack: Stack, function: LambdaFunction) -> None:
    RestApiToLambdaAsync(
        stack,
        "Orders",
        function=function,
        path="v1/orders",
        authorization_type=apigateway.AuthorizationType.NONE,
        throttling_rate_limit=10,
        throttling_burst_limit=20,
    )
    assert {each["PathPart"] for each in resources(stack, "AWS::ApiGateway::Resource").values()} == {"v1", "orders"}
    assert only(stack, "AWS::ApiGateway::Method")["AuthorizationType"] == "NONE"
    (settings,) = only(stack, "AWS::ApiGateway::Stage")["MethodSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (10, 20)


def test_one_permission_covers_this_method_and_no_other(stack: Stack, function: LambdaFunction) -> None:
    orders = RestApiToLambdaAsync(stack, "Orders", function=function, path="v1/orders")
    permission = only(stack, "AWS::Lambda::Permission")  # none for a test in the console
    assert permission["Principal"] == "apigateway.amazonaws.com"
    parts = permission["SourceArn"]["Fn::Join"][1]
    api, stage = stack.resolve(orders.api.rest_api_id), stack.resolve(orders.api.deployment_stage.stage_name)
    assert (parts[-4], parts[-3], parts[-2], parts[-1]) == (api, "/", stage, "/POST/v1/orders")


def test_the_stage_of_an_imported_api_is_not_known(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi.from_rest_api_attributes(stack, "Mine", rest_api_id="abc", root_resource_id="def")
    RestApiToLambdaAsync(stack, "Orders", function=function, api=api, path="orders")
    assert json.dumps(only(stack, "AWS::Lambda::Permission")["SourceArn"]).endswith(':abc/*/POST/orders"]]}')


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_qualifier_is_invoked_and_configured(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    RestApiToLambdaAsync(stack, "Orders", function=target)
    arn = stack.resolve(target.function_arn)
    assert json.dumps(arn) in json.dumps(integration(stack)["Uri"])
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn
    assert only(stack, CONFIG)["Qualifier"] != "$LATEST"


def test_an_api_of_the_user_is_added_to(stack: Stack, function: LambdaFunction) -> None:
    api = apigateway.RestApi(stack, "Mine", cloud_watch_role=False)
    orders = RestApiToLambdaAsync(stack, "Orders", function=function, api=api, path="orders")
    assert orders.api is api
    assert len(resources(stack, "AWS::ApiGateway::RestApi")) == 1
    assert len(resources(stack, "AWS::ApiGateway::Method")) == 1
    with pytest.raises(ValueError, match="expected throttling_rate_limit only for a new api, got api= as well"):
        RestApiToLambdaAsync(stack, "More", function=function, api=api, throttling_rate_limit=1)


def test_imported_api_and_function_are_wired(stack: Stack) -> None:
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/orders"),
        same_environment=True,
    )
    api = apigateway.RestApi.from_rest_api_attributes(stack, "Mine", rest_api_id="abc", root_resource_id="def")
    topic = sns.Topic(stack, "Topic")
    orders = RestApiToLambdaAsync(stack, "Orders", function=imported, api=api, alarm_topic=topic)
    assert only(stack, "AWS::ApiGateway::Method")["RestApiId"] == "abc"
    assert FUNCTION_ARN in json.dumps(integration(stack)["Uri"])
    assert any("importedApiDeployment" in warning for warning in warnings(stack))
    assert len(orders.alarms) == 2


@pytest.mark.parametrize("api_in", [None, "A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
def test_function_api_and_pattern_may_stand_in_different_stacks(app: App, pattern_in: str, api_in: str | None) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    api = None if api_in is None else apigateway.RestApi(stacks[api_in], "Mine", cloud_watch_role=False)
    RestApiToLambdaAsync(stacks[pattern_in], "Orders", function=make_function(stacks["A"]), api=api, path="orders")
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks["A"], CONFIG)) == 1
    assert sum(len(resources(stack, "AWS::Lambda::Permission")) for stack in stacks.values()) == 1


@pytest.mark.parametrize("api_in", [None, "Front", "Back"])
def test_a_topic_beside_the_api_of_a_function_elsewhere_is_refused(app: App, api_in: str | None) -> None:
    stacks = {name: Stack(app, name) for name in ("Front", "Back")}
    api = None if api_in is None else apigateway.RestApi(stacks[api_in], "Mine", cloud_watch_role=False)
    topic, function = sns.Topic(stacks["Front"], "Topic"), make_function(stacks["Back"])

    def make() -> None:
        RestApiToLambdaAsync(stacks["Front"], "Orders", function=function, api=api, path="orders", alarm_topic=topic)

    if api_in == "Back":
        make()
        app.synth()  # would raise if the stacks needed each other
        assert len(resources(stacks["Back"], "AWS::ApiGateway::Method")) == 1
    else:
        with pytest.raises(ValueError, match="expected alarm_topic in the stack of Back/Function, whose alarm"):
            make()
