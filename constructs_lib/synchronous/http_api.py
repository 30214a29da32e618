"""API Gateway HTTP API to a function."""

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk.aws_apigatewayv2_authorizers import HttpIamAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_fast_enough, check_function, check_kinds, refuse_settings
from constructs_lib.facts import HTTP_API_TIMEOUT_SECONDS
from constructs_lib.synchronous.stages import HTTP_LOG_FORMAT, check_api, log_access, throttle
from constructs_lib.types import AnyFunction, AnyHttpApi, AnyHttpAuthorizer, AnyTopic


class HttpApiToLambda(Construct):
    """An HTTP API whose routes a function answers, synchronously.

    The handler gets the whole request in payload format 2.0 and returns ``{"statusCode": ..., "headers": ...,
    "body": ...}``. If it raises, the client gets 500 and a body that says nothing; for a bad request it returns a 4xx
    instead of raising.

    Where a failed event goes
        *delivery* and *execution*: nowhere. The client waits for the answer, sees the error, and decides whether to
        send the request again, so a request may arrive twice. Nothing is retried or kept on the way. For work that must
        not be lost, answer 202 and put it on a queue.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; at most 30 s, which no quota raises (AWS: apigateway/http-api-quotas). One
        permission lets the whole API invoke it.
    api
        An owned or imported HTTP API to add to. Default: a new one: access log, throttled, deployed by itself.
    proxy
        Whether every request that no other route takes goes to the function, as the API's route ``$default``. If not,
        add routes: ``.api.add_routes(path="/orders", integration=orders.integration)``. Default: it does.
    authorizer
        Who may call: of every route of a new API, or of the route ``$default`` of yours. Default: that of your API, or
        callers that sign with IAM credentials. ``HttpNoneAuthorizer()`` is public.
    throttling_rate_limit
        Requests per second that a new API lets through on average. Default: 100.
    throttling_burst_limit
        Requests that a new API lets through at once. Default: 200.
    alarm_topic
        Notified by the alarm on server errors. Default: it notifies nobody.

    Attributes
    ----------
    function, api
        What was given or made.
    stage : apigatewayv2.HttpStage or None
        Of a new API; its address is ``.stage.url``.
    integration : HttpLambdaIntegration
        For routes of your own.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than the API waits, if a setting of a new API comes with ``api``, or an
        authorizer has no route.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        api: AnyHttpApi | None = None,
        proxy: bool = True,
        authorizer: AnyHttpAuthorizer | None = None,
        throttling_rate_limit: int | None = None,
        throttling_burst_limit: int | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, alarm_topic=alarm_topic)
        check_api(self, api, "an HTTP API", "is_http_api")
        check_fast_enough(self, function, HTTP_API_TIMEOUT_SECONDS, "the API")
        self.function = function
        # The permission of the route $default is for all routes. CDK's permission for a whole API is not: what it
        # writes, */*/*, leaves $default out, whose ARN ends in /$default (aws/serverless-application-model#1860).
        self.integration = HttpLambdaIntegration("Integration", function, scope_permission_to_route=proxy)
        self.stage: apigatewayv2.HttpStage | None = None
        if api is None:
            limits = throttle(throttling_rate_limit, throttling_burst_limit)
            api = apigatewayv2.HttpApi(
                self, "Api", create_default_stage=False, default_authorizer=authorizer or HttpIamAuthorizer()
            )
            self.stage = apigatewayv2.HttpStage(self, "Stage", http_api=api, auto_deploy=True, throttle=limits)
            log_access(self, self.stage, HTTP_LOG_FORMAT)
        else:
            refuse_settings(
                self,
                "api",
                throttling_rate_limit=throttling_rate_limit,
                throttling_burst_limit=throttling_burst_limit,
                authorizer=None if proxy else authorizer,
            )
        self.api = api
        if proxy:
            apigatewayv2.HttpRoute(
                self,
                "Route",
                http_api=api,
                route_key=apigatewayv2.HttpRouteKey.DEFAULT,
                integration=self.integration,
                authorizer=authorizer or api.default_authorizer or HttpIamAuthorizer(),
            )
        acknowledge_no_dead_letter_queue(function, "The API invokes synchronously, which never uses such a queue")
        self.alarms = [
            WatchedAlarm(
                self,
                "ServerErrorsAlarm",
                # Statistic, threshold and duration are those of AWS's recommended alarm on REST APIs.
                metric=api.metric_server_error(period=Duration.minutes(1), statistic="Average"),
                threshold=0.05,
                evaluation_periods=3,
                description=f"At least 5 % of requests to {self.node.path} end in server errors: see the function's "
                "logs.",
                alarm_topic=alarm_topic,
            )
        ]
