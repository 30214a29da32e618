"""API Gateway REST API to a function."""

import re
from typing import Unpack, cast

from aws_cdk import Duration, Token
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.checks import check_fast_enough, check_function, check_kinds, is_tenant_isolated
from constructs_lib.facts import REST_API_TIMEOUT_DEFAULT_SECONDS
from constructs_lib.offload.stacks import scope_beside
from constructs_lib.rest_apis import RestApiOptions, rest_api, root_of, watch_rest_api
from constructs_lib.timeouts import known_seconds, owned_function
from constructs_lib.types import AnyFunction, AnyRestApi, AnyTopic

# What API Gateway maps to a header (AWS: apigateway/rest-api-parameter-mapping-sources), but for what has several
# values, and for the body, of which no method can require a field as it can a parameter.
_TENANT_ID = re.compile(
    r"(method\.request\.(header|querystring|path)|context|stageVariables)\.[A-Za-z0-9_.$-]*[A-Za-z0-9_$-]|'[^']+'"
)
_TENANT_HEADER = "integration.request.header.X-Amz-Tenant-Id"


class RestApiToLambda(Construct):
    """A REST API whose methods a function answers, synchronously.

    The handler gets the whole request and returns ``{"statusCode": ..., "headers": ..., "body": ...}``. If it raises,
    or returns anything else, the client gets 502 and a body that says nothing (AWS: lambda/services-apigateway-errors);
    for a bad request it returns a 4xx instead of raising.

    Where a failed event goes
        Nowhere: the client waits for the answer, sees the error, and decides whether to send the request again, so a
        request may arrive twice. Nothing is retried or kept on the way. For work that must not be lost, answer 202
        and put it on a queue.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported. One permission lets the whole API invoke it.
    api
        An owned or imported REST API to add to. Default: a new one: Regional, access log, tracing, throttled.
    proxy
        Whether every path and method goes to the function. If not, add them: ``.api.root.add_resource("orders")
        .add_method("POST")``. Default: every one.
    timeout
        How long the API waits for the function: 50 ms to 29 s; more only if the account's quota was raised, which AWS
        does for Regional and private APIs. Default: 29 seconds (AWS: apigateway limits).
    tenant_id
        For a tenant-isolated function: where a request has the tenant's id, such as ``context.authorizer.tenantId``,
        ``stageVariables.tenant`` or ``'one-tenant'``, in single quotes; or, if callers may choose for themselves,
        ``method.request.header.x-tenant-id`` or the same of ``querystring`` or ``path``. A request without such a
        parameter is answered 400; methods of your own must declare it in ``request_parameters`` (AWS:
        lambda/tenant-isolation-invoke), and take ``tenant_validator`` for that. Default: none.
    alarm_topic
        Notified by the alarm on server errors. Default: it notifies nobody.
    options
        ``authorization_type``, ``authorizer``, ``throttling_rate_limit``, ``throttling_burst_limit`` and
        ``cloud_watch_role`` of ``RestApiOptions``, for a new API.

    Attributes
    ----------
    function, api
        What was given or made.
    integration : apigateway.LambdaIntegration
        For methods of your own.
    tenant_validator : apigateway.RequestValidator or None
        Refuses requests without the parameter that ``tenant_id`` names; ``None`` if it names none.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern; none for an imported API.

    Raises
    ------
    ValueError
        If the function may take longer than the API waits, if an edge-optimized API should wait longer than 29 s, if
        a tenant-isolated function comes without ``tenant_id`` or one of this app that is not with it, if ``tenant_id``
        names no place that a request has, if the root of an imported API is not known, or if a setting of a new API
        comes with ``api``.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        api: AnyRestApi | None = None,
        proxy: bool = True,
        timeout: Duration | None = None,
        tenant_id: str | None = None,
        alarm_topic: AnyTopic | None = None,
        **options: Unpack[RestApiOptions],
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function, passes_tenant_id=True)
        check_kinds(self, api=api, alarm_topic=alarm_topic)
        self.function = function
        self._check_timeout(timeout, api)
        self._check_tenant(tenant_id)
        self.integration = apigateway.LambdaIntegration(
            function,
            timeout=timeout,
            scope_permission_to_method=False,
            request_parameters=None if tenant_id is None else {_TENANT_HEADER: tenant_id},
        )
        self.api = rest_api(self, api, self.integration, options)
        self.tenant_validator = None
        declared = None
        if tenant_id is not None and tenant_id.startswith("method."):
            declared = {tenant_id: True}
            self.tenant_validator = apigateway.RequestValidator(
                scope_beside(self, self.api), "TenantValidator", rest_api=self.api, validate_request_parameters=True
            )
        if proxy:
            # Adds the method for the root path itself, too, which would else have the API's own default integration.
            root_of(self, self.api).add_proxy(any_method=False).add_method(
                "ANY", self.integration, request_parameters=declared, request_validator=self.tenant_validator
            )
        acknowledge_no_dead_letter_queue(function, "The API invokes synchronously, which never uses such a queue")
        self.alarms = watch_rest_api(self, self.api, alarm_topic)

    def _check_timeout(self, timeout: Duration | None, api: AnyRestApi | None) -> None:
        limit = REST_API_TIMEOUT_DEFAULT_SECONDS if timeout is None else known_seconds(timeout)
        if limit is not None and limit > REST_API_TIMEOUT_DEFAULT_SECONDS and api is not None and _is_edge(api):
            raise ValueError(
                f"{self.node.path}: expected a timeout of at most {REST_API_TIMEOUT_DEFAULT_SECONDS} s for the "
                f"edge-optimized API {api.node.path}, got {limit:g} s; AWS raises that quota only for Regional and "
                "private APIs: give that API endpoint_types=[EndpointType.REGIONAL]"
            )
        if limit is not None:
            check_fast_enough(self, self.function, limit, "the API")

    def _check_tenant(self, tenant_id: str | None) -> None:
        # Lambda refuses an isolated function without a tenant's id, and any other with one (AWS:
        # lambda/tenant-isolation-troubleshooting). Of an imported function it may not be known.
        is_isolated = is_tenant_isolated(self.function)
        if is_isolated and tenant_id is None:
            raise ValueError(
                f"{self.node.path}: expected tenant_id for the tenant-isolated function {self.function.node.path}, got "
                'none; say where a request has it, as in tenant_id="context.authorizer.tenantId"'
            )
        if tenant_id is not None and not is_isolated and owned_function(self.function) is not None:
            raise ValueError(
                f"{self.node.path}: expected tenant_id only for a tenant-isolated function, got {tenant_id} for "
                f"{self.function.node.path}, whose invocations would fail; make that as lambda_.Function(..., "
                "tenancy_config=TenancyConfig.PER_TENANT), which LambdaFunction does not take, or leave out tenant_id"
            )
        if tenant_id is not None and not Token.is_unresolved(tenant_id) and not _TENANT_ID.fullmatch(tenant_id):
            raise ValueError(
                f"{self.node.path}: expected tenant_id to be method.request.header.name (or querystring or path), "
                f"context.name, stageVariables.name or a literal in single quotes, got {tenant_id!r}; say where a "
                'request has it, as in tenant_id="context.authorizer.tenantId"'
            )


def _is_edge(api: AnyRestApi) -> bool:
    if not isinstance(api, apigateway.RestApi):
        return False  # imported: not known
    endpoints = cast(apigateway.CfnRestApi, api.node.default_child).endpoint_configuration
    types = getattr(endpoints, "types", None)  # without any, API Gateway makes an edge-optimized API
    return endpoints is None or (types is not None and "EDGE" in types)
