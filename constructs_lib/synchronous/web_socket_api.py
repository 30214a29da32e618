"""API Gateway WebSocket API to a function."""

from collections.abc import Sequence

from aws_cdk import Annotations, Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_iam as iam
from aws_cdk.aws_apigatewayv2_authorizers import WebSocketIamAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import WebSocketLambdaIntegration
from constructs import Construct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue, acknowledge_wildcard
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_fast_enough, check_function, check_kinds, refuse_settings
from constructs_lib.facts import WEBSOCKET_API_TIMEOUT_SECONDS
from constructs_lib.grants import allow
from constructs_lib.synchronous.stages import WEBSOCKET_LOG_FORMAT, check_api, log_access, throttle
from constructs_lib.types import AnyFunction, AnyTopic, AnyWebSocketApi, AnyWebSocketAuthorizer

_CONNECT = "$connect"


class WebSocketApiToLambda(Construct):
    """A WebSocket API whose connections and messages a function handles, synchronously.

    The handler finds in ``requestContext`` the ``routeKey`` and the ``connectionId``. For ``$connect`` it returns
    ``{"statusCode": 200}``, or a 4xx to refuse the connection. It answers messages by posting to the connection, at
    ``https://`` + ``domainName`` + ``/`` + ``stage`` of ``requestContext``, which it is allowed to do.

    Where a failed event goes
        *delivery* and *execution*: nowhere. The client gets a message that says "Internal server error", and decides
        whether to send its message again, so it may arrive twice; a failed ``$connect`` closes the connection. Nothing
        is retried or kept on the way, and ``$disconnect`` may not arrive at all.

    API Gateway writes access logs only with a role that is set once per account and Region, see ``RestApiToLambda``.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; at most 29 s. It is allowed to post to connections and to close them.
    api
        An owned or imported WebSocket API to add to. Default: a new one, which chooses routes by ``action`` in the
        message: access log, throttled, deployed by itself.
    routes
        Which routes the function handles, such as ``"sendMessage"``; an API has each once. Default: ``$connect``,
        ``$disconnect`` and ``$default``, which is every message that no other route takes.
    authorizer
        Who may connect. Default: callers that sign with IAM credentials. ``WebSocketNoneAuthorizer()`` is public.
    stage_name
        Last part of a new API's address. Default: ``prod``.
    throttling_rate_limit
        Messages per second that a new API lets through on average. Default: 100.
    throttling_burst_limit
        Messages that a new API lets through at once. Default: 200.
    alarm_topic
        Notified by the alarm on integration errors. Default: it notifies nobody.

    Attributes
    ----------
    function, api
        What was given or made.
    stage : apigatewayv2.WebSocketStage or None
        Of a new API; its address is ``.stage.url``.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than the API waits, if ``routes`` is empty, if an authorizer comes without the
        route ``$connect``, or a setting of a new API with ``api``.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        api: AnyWebSocketApi | None = None,
        routes: Sequence[str] = (_CONNECT, "$disconnect", "$default"),
        authorizer: AnyWebSocketAuthorizer | None = None,
        stage_name: str | None = None,
        throttling_rate_limit: int | None = None,
        throttling_burst_limit: int | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, alarm_topic=alarm_topic)
        check_api(self, api, "a WebSocket API", "is_websocket_api")
        check_fast_enough(self, function, WEBSOCKET_API_TIMEOUT_SECONDS, "the API")
        self._check_routes(routes, authorizer)
        self.function = function
        self.stage: apigatewayv2.WebSocketStage | None = None
        if api is None:
            limits = throttle(throttling_rate_limit, throttling_burst_limit)
            new = apigatewayv2.WebSocketApi(self, "Api")
            self.stage = apigatewayv2.WebSocketStage(
                self, "Stage", web_socket_api=new, stage_name=stage_name or "prod", auto_deploy=True, throttle=limits
            )
            log_access(self, self.stage, WEBSOCKET_LOG_FORMAT)
            api = new
        else:
            refuse_settings(
                self,
                "api",
                stage_name=stage_name,
                throttling_rate_limit=throttling_rate_limit,
                throttling_burst_limit=throttling_burst_limit,
            )
        self.api = api
        integration = WebSocketLambdaIntegration("Integration", function)
        for route in routes:
            made = apigatewayv2.WebSocketRoute(
                self,
                f"Route{route}",
                web_socket_api=api,
                route_key=route,
                integration=integration,
                authorizer=(authorizer or WebSocketIamAuthorizer()) if route == _CONNECT else None,
            )
            if route != _CONNECT:
                acknowledge(
                    made, "Only $connect takes an authorizer: it decides for all messages", "AwsSolutions-APIG4"
                )
        self._allow_managing_connections()
        acknowledge_no_dead_letter_queue(function, "The API invokes synchronously, which never uses such a queue")
        self.alarms = [
            WatchedAlarm(
                self,
                "IntegrationErrorsAlarm",
                metric=api.metric("IntegrationError", period=Duration.minutes(1), statistic="Sum"),
                threshold=1,
                evaluation_periods=3,
                description=f"Messages to {self.node.path} keep failing in the function: see its logs.",
                alarm_topic=alarm_topic,
            )
        ]

    def _check_routes(self, routes: Sequence[str], authorizer: AnyWebSocketAuthorizer | None) -> None:
        if isinstance(routes, str) or not routes:
            raise ValueError(
                f"{self.node.path}: expected a list of at least one route, got {routes!r}; leave out routes= for "
                "$connect, $disconnect and $default"
            )
        if authorizer is not None and _CONNECT not in routes:
            raise ValueError(
                f"{self.node.path}: expected an authorizer only with the route {_CONNECT}, got one for "
                f"{', '.join(routes)}; who may connect is decided there, once for all messages"
            )

    def _allow_managing_connections(self) -> None:
        connections = Stack.of(self).format_arn(
            service="execute-api",
            resource=self.api.api_id,
            resource_name=f"{self.stage.stage_name if self.stage else '*'}/*/@connections/*",
        )
        statement = iam.PolicyStatement(actions=["execute-api:ManageConnections"], resources=[connections])
        holder = allow(self, "ManageConnections", self.function, statement)
        if holder is not None:
            acknowledge_wildcard(holder, "Which connections there will be is not known beforehand", connections)
        else:
            Annotations.of(self).add_warning_v2(
                "lambda-invocation-constructs:manageConnections",
                f"whether {self.function.node.path} may answer over its connections cannot be seen, as it was imported "
                "without its role: allow it execute-api:ManageConnections, then acknowledge this warning",
            )
