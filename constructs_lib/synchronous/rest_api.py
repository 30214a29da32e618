"""API Gateway REST API to a function."""

import json
from typing import cast

from aws_cdk import Annotations, Duration, Names
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_fast_enough, check_function, check_kinds, refuse_settings
from constructs_lib.facts import REST_API_TIMEOUT_DEFAULT_SECONDS
from constructs_lib.timeouts import known_seconds
from constructs_lib.types import AnyAuthorizer, AnyFunction, AnyRestApi, AnyTopic

# Beside the standard fields, what tells a slow or failing function from a failing API.
_ACCESS_LOG_FORMAT = apigateway.AccessLogFormat.custom(
    json.dumps(
        {
            "requestId": "$context.requestId",
            "requestTime": "$context.requestTime",
            "ip": "$context.identity.sourceIp",
            "httpMethod": "$context.httpMethod",
            "path": "$context.path",
            "protocol": "$context.protocol",
            "status": "$context.status",
            "responseLength": "$context.responseLength",
            "responseLatency": "$context.responseLatency",
            "integrationLatency": "$context.integrationLatency",
            "integrationStatus": "$context.integration.status",
            "integrationError": "$context.integration.error",
            "error": "$context.error.message",
        }
    )
)


class RestApiToLambda(Construct):
    """A REST API whose methods a function answers, synchronously.

    The handler gets the whole request and returns ``{"statusCode": ..., "headers": ..., "body": ...}``. If it raises,
    or returns anything else, the client gets 502 and a body that says nothing (AWS: lambda/services-apigateway-errors);
    for a bad request it returns a 4xx instead of raising.

    Where a failed event goes
        Nowhere: the client waits for the answer, sees the error, and decides whether to send the request again, so a
        request may arrive twice. Nothing is retried or kept on the way. For work that must not be lost, answer 202
        and put it on a queue.

    API Gateway writes access logs only with a role that is set once per account and Region. If the account has none,
    the deployment says "CloudWatch Logs role ARN must be set in account settings": set it there, or once with
    ``cloud_watch_role=True``.

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
    authorization_type
        Who may call a new API. Default: callers that sign with IAM credentials. ``AuthorizationType.NONE`` is public.
    authorizer
        Custom or Cognito authorizer for a new API. Default: none.
    throttling_rate_limit
        Requests per second that a new API lets through on average. Default: 100.
    throttling_burst_limit
        Requests that a new API lets through at once. Default: 200.
    cloud_watch_role
        Whether to set the account's role for logs, for every API of this account and Region. Default: no.
    alarm_topic
        Notified by the alarm on server errors. Default: it notifies nobody.

    Attributes
    ----------
    function, api
        What was given or made.
    integration : apigateway.LambdaIntegration
        For methods of your own.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern; none for an imported API.

    Raises
    ------
    ValueError
        If the function may take longer than the API waits, if an edge-optimized API should wait longer than 29 s, if
        the root of an imported API is not known, or if a setting of a new API comes with ``api``.
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
        authorization_type: apigateway.AuthorizationType | None = None,
        authorizer: AnyAuthorizer | None = None,
        throttling_rate_limit: int | None = None,
        throttling_burst_limit: int | None = None,
        cloud_watch_role: bool | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, api=api, alarm_topic=alarm_topic)
        self.function = function
        self._check_timeout(timeout, api)
        self.integration = apigateway.LambdaIntegration(function, timeout=timeout, scope_permission_to_method=False)
        if api is None:
            api = self._make_api(
                authorization_type=authorization_type,
                authorizer=authorizer,
                throttling_rate_limit=100 if throttling_rate_limit is None else throttling_rate_limit,
                throttling_burst_limit=200 if throttling_burst_limit is None else throttling_burst_limit,
                cloud_watch_role=bool(cloud_watch_role),
            )
        else:
            refuse_settings(
                self,
                "api",
                authorization_type=authorization_type,
                authorizer=authorizer,
                throttling_rate_limit=throttling_rate_limit,
                throttling_burst_limit=throttling_burst_limit,
                cloud_watch_role=cloud_watch_role,
            )
            if not isinstance(api, apigateway.RestApi):
                self._warn_of_deployment(api)
        self.api = api
        if proxy:
            self._root(api).add_proxy(default_integration=self.integration)  # for the root path itself, too
        acknowledge_no_dead_letter_queue(function, "The API invokes synchronously, which never uses such a queue")
        self.alarms = self._watch(api, alarm_topic)

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

    def _make_api(
        self,
        *,
        authorization_type: apigateway.AuthorizationType | None,
        authorizer: AnyAuthorizer | None,
        throttling_rate_limit: int,
        throttling_burst_limit: int,
        cloud_watch_role: bool,
    ) -> apigateway.RestApi:
        if authorization_type is None and authorizer is None:
            authorization_type = apigateway.AuthorizationType.IAM
        access_log = logs.LogGroup(self, "AccessLog", retention=logs.RetentionDays.ONE_MONTH)
        api = apigateway.RestApi(
            self,
            "Api",
            # Metrics go by this name: with CDK's default, the construct id, APIs of one account would share theirs.
            rest_api_name=Names.unique_resource_name(self, separator="-", max_length=128),
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=cloud_watch_role,
            default_integration=self.integration,
            default_method_options=apigateway.MethodOptions(
                authorization_type=authorization_type, authorizer=authorizer
            ),
            deploy_options=apigateway.StageOptions(
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=_ACCESS_LOG_FORMAT,
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                throttling_rate_limit=throttling_rate_limit,
                throttling_burst_limit=throttling_burst_limit,
                tracing_enabled=True,
            ),
        )
        acknowledge(
            api,
            "The integration passes every request on as it is, so that the handler validates it",
            "AwsSolutions-APIG2",
        )
        acknowledge(
            api,
            "A web ACL is chosen and paid for per app, and is associated with the stage from outside",
            "AwsSolutions-APIG3",
        )
        if authorization_type is not apigateway.AuthorizationType.NONE:
            acknowledge(api, "Callers are authorized, if not by a Cognito user pool", "AwsSolutions-COG4")
        return api

    def _warn_of_deployment(self, api: AnyRestApi) -> None:
        Annotations.of(self).add_warning_v2(
            "lambda-invocation-constructs:importedApiDeployment",
            f"methods added to the imported API {api.node.path} are not served before that API is deployed again: add "
            "a Deployment for it, then acknowledge this warning",
        )

    def _root(self, api: AnyRestApi) -> apigateway.IResource:
        try:
            return api.root
        except RuntimeError as error:
            raise ValueError(
                f"{self.node.path}: expected an API whose root resource is known, got {api.node.path}; import it with "
                "RestApi.from_rest_api_attributes(rest_api_id=..., root_resource_id=...)"
            ) from error

    def _watch(self, api: AnyRestApi, alarm_topic: AnyTopic | None) -> list[cloudwatch.Alarm]:
        if not isinstance(api, apigateway.RestApi):
            if alarm_topic is not None:
                raise ValueError(
                    f"{self.node.path}: expected no alarm_topic for the imported API {api.node.path}, got one; metrics "
                    "go by the API's name, which is not known here: set the alarm where that API is made"
                )
            return []
        # Statistic, threshold and duration are those of AWS's recommended alarm on this metric.
        alarm = WatchedAlarm(
            self,
            "ServerErrorsAlarm",
            metric=api.metric_server_error(period=Duration.minutes(1), statistic="Average"),
            threshold=0.05,
            evaluation_periods=3,
            description=f"At least 5 % of requests to {self.node.path} end in server errors: see the function's logs.",
            alarm_topic=alarm_topic,
        )
        return [alarm]


def _is_edge(api: AnyRestApi) -> bool:
    if not isinstance(api, apigateway.RestApi):
        return False  # imported: not known
    endpoints = cast(apigateway.CfnRestApi, api.node.default_child).endpoint_configuration
    types = getattr(endpoints, "types", None)  # without any, API Gateway makes an edge-optimized API
    return endpoints is None or (types is not None and "EDGE" in types)
