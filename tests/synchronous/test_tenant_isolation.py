"""Functions that keep the environments of tenants apart: each invocation of them must name the tenant."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from constructs_lib import (
    AsyncInvocation,
    CloudFrontToLambda,
    FirehoseToLambda,
    FunctionUrlToLambda,
    HttpApiToLambda,
    LoadBalancerToLambda,
    RestApiToLambda,
    RestApiToLambdaAsync,
    SnsToLambda,
    StateMachineToLambda,
    UserPoolToLambda,
    WebSocketApiToLambda,
)
from tests.helpers import ACCOUNT, CODE, make_function, only, resources

HEADER = "integration.request.header.X-Amz-Tenant-Id"
CONTEXT = "context.authorizer.tenantId"


def isolated(stack: Stack) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Isolated",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        timeout=Duration.seconds(5),
        tenancy_config=lambda_.TenancyConfig.PER_TENANT,
    )


def of_escape_hatch(stack: Stack) -> lambda_.Function:
    function = make_function(stack)
    resource: Any = function.node.default_child
    resource.tenancy_config = lambda_.CfnFunction.TenancyConfigProperty(tenant_isolation_mode="PER_TENANT")
    return function


def imported(stack: Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders",
        tenancy_config=lambda_.TenancyConfig.PER_TENANT,
    )


def alias(stack: Stack) -> lambda_.Alias:
    return lambda_.Alias(stack, "Live", alias_name="live", version=isolated(stack).current_version)


def load_balancer(stack: Stack, function: Any) -> object:
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    listener = elbv2.ApplicationListener.from_application_listener_attributes(
        stack,
        "Listener",
        listener_arn=f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:listener/app/mine/1/2",
        security_group=group,
    )
    conditions = [elbv2.ListenerCondition.path_patterns(["/orders/*"])]
    return LoadBalancerToLambda(
        stack, "Pattern", function=function, listener=listener, conditions=conditions, priority=1
    )


def user_pool(stack: Stack, function: Any) -> object:
    pool = cognito.UserPool(stack, "Pool")
    return UserPoolToLambda(
        stack, "Pattern", function=function, user_pool=pool, trigger=cognito.UserPoolOperation.PRE_SIGN_UP
    )


def cloud_front(stack: Stack, function: Any) -> object:
    event_type = cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST
    return CloudFrontToLambda(stack, "Pattern", function=function, event_type=event_type)


SOURCES: dict[str, Callable[[Stack, Any], object]] = {
    "HttpApiToLambda": lambda stack, function: HttpApiToLambda(stack, "Pattern", function=function),
    "WebSocketApiToLambda": lambda stack, function: WebSocketApiToLambda(stack, "Pattern", function=function),
    "FunctionUrlToLambda": lambda stack, function: FunctionUrlToLambda(stack, "Pattern", function=function),
    "StateMachineToLambda": lambda stack, function: StateMachineToLambda(stack, "Pattern", function=function),
    "FirehoseToLambda": lambda stack, function: FirehoseToLambda(stack, "Pattern", function=function),
    "RestApiToLambdaAsync": lambda stack, function: RestApiToLambdaAsync(stack, "Pattern", function=function),
    "SnsToLambda": lambda stack, function: SnsToLambda(
        stack, "Pattern", function=function, topic=sns.Topic(stack, "Topic")
    ),
    "LoadBalancerToLambda": load_balancer,
    "UserPoolToLambda": user_pool,
    "CloudFrontToLambda": cloud_front,
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_that_names_no_tenant_is_refused(stack: Stack, source: str) -> None:
    message = f"expected a function without tenant isolation, got Stack/Isolated; {source} passes no tenant's id"
    with pytest.raises(ValueError, match=message):
        SOURCES[source](stack, isolated(stack))


@pytest.mark.parametrize("make", [of_escape_hatch, imported, alias])
def test_isolation_is_seen_wherever_it_stands(stack: Stack, make: Callable[[Stack], Any]) -> None:
    function = make(stack)
    with pytest.raises(ValueError, match=f"without tenant isolation, got {function.node.path}; HttpApiToLambda"):
        HttpApiToLambda(stack, "Pattern", function=function)


def test_callers_of_their_own_name_the_tenant(stack: Stack) -> None:
    class Orders(AsyncInvocation):
        pass

    Orders(stack, "Orders", function=isolated(stack))
    assert len(resources(stack, "AWS::Lambda::EventInvokeConfig")) == 1


@pytest.mark.parametrize("make", [isolated, imported])
def test_a_rest_api_without_the_tenants_id_is_refused(stack: Stack, make: Callable[[Stack], Any]) -> None:
    with pytest.raises(ValueError, match=r"expected tenant_id for the tenant-isolated function .*, got none; say"):
        RestApiToLambda(stack, "Orders", function=make(stack))


@pytest.mark.parametrize("make", [isolated, imported])
def test_a_rest_api_passes_the_tenants_id(stack: Stack, make: Callable[[Stack], Any]) -> None:
    RestApiToLambda(stack, "Orders", function=make(stack), tenant_id=CONTEXT)
    methods = list(resources(stack, "AWS::ApiGateway::Method").values())
    assert [method["Integration"]["RequestParameters"] for method in methods] == [{HEADER: CONTEXT}] * 2
    assert all("RequestParameters" not in method for method in methods)


def test_what_the_request_brings_is_declared(stack: Stack) -> None:
    source = "method.request.header.x-tenant-id"
    RestApiToLambda(stack, "Orders", function=isolated(stack), tenant_id=source)
    methods = list(resources(stack, "AWS::ApiGateway::Method").values())
    assert [method["RequestParameters"] for method in methods] == [{source: True}] * 2
    # Without a validator, API Gateway lets a request without it through, and Lambda refuses that.
    ((validator, properties),) = resources(stack, "AWS::ApiGateway::RequestValidator").items()
    assert properties["ValidateRequestParameters"] is True
    assert [method["RequestValidatorId"] for method in methods] == [{"Ref": validator}] * 2


def test_methods_of_the_users_own_can_refuse_requests_without_it(stack: Stack) -> None:
    source = "method.request.querystring.tenant"
    orders = RestApiToLambda(stack, "Orders", function=isolated(stack), proxy=False, tenant_id=source)
    orders.api.root.add_method(
        "POST", orders.integration, request_parameters={source: True}, request_validator=orders.tenant_validator
    )
    assert "RequestValidatorId" in only(stack, "AWS::ApiGateway::Method")


def test_the_validator_stands_in_the_stack_of_the_api() -> None:
    app = App()
    front, back = Stack(app, "Front"), Stack(app, "Back")
    api = apigateway.RestApi(front, "Api")
    source = "method.request.header.x-tenant-id"
    RestApiToLambda(back, "Orders", function=imported(back), api=api, tenant_id=source)
    assert len(resources(front, "AWS::ApiGateway::RequestValidator")) == 1
    assert resources(back, "AWS::ApiGateway::RequestValidator") == {}


@pytest.mark.parametrize("tenant_id", [CONTEXT, "stageVariables.tenant", "'one-tenant'", "context.authorizer.claims.t"])
def test_only_what_the_request_brings_is_validated(stack: Stack, tenant_id: str) -> None:
    orders = RestApiToLambda(stack, "Orders", function=isolated(stack), tenant_id=tenant_id)
    assert orders.tenant_validator is None
    assert resources(stack, "AWS::ApiGateway::RequestValidator") == {}


def test_a_token_is_not_read(stack: Stack) -> None:
    tenant_id = CfnParameter(stack, "Tenant").value_as_string
    RestApiToLambda(stack, "Orders", function=isolated(stack), tenant_id=tenant_id)
    methods = resources(stack, "AWS::ApiGateway::Method").values()
    assert [method["Integration"]["RequestParameters"] for method in methods] == [{HEADER: {"Ref": "Tenant"}}] * 2


@pytest.mark.parametrize(
    "tenant_id",
    [
        "",
        "''",
        "tenantId",
        "'a'b'",
        "context.",
        "method.request.body.tenant",
        "method.request.header",
        "method.request.header.",
        "method.request.header.x tenant",
        "$context.authorizer.tenantId",
    ],
)
def test_what_no_request_has_is_refused(stack: Stack, tenant_id: str) -> None:
    with pytest.raises(ValueError, match=r"expected tenant_id to be method\.request\.header\.name .* got"):
        RestApiToLambda(stack, "Orders", function=isolated(stack), tenant_id=tenant_id)


def test_methods_of_the_users_own_pass_it_too(stack: Stack) -> None:
    api = apigateway.RestApi(stack, "Api")
    orders = RestApiToLambda(stack, "Orders", function=isolated(stack), api=api, proxy=False, tenant_id=CONTEXT)
    api.root.add_method("POST", orders.integration)
    assert only(stack, "AWS::ApiGateway::Method")["Integration"]["RequestParameters"] == {HEADER: CONTEXT}


def test_a_tenants_id_for_another_function_is_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"only for a tenant-isolated .* got context.* lambda_\.Function\("):
        RestApiToLambda(stack, "Orders", function=make_function(stack), tenant_id=CONTEXT)
