"""The REST API that patterns make, or add to, with its access log, throttling, authorization and alarm."""

import json
from typing import TypedDict, Unpack

from aws_cdk import Annotations, Duration, Names
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_kinds, refuse_settings, refuse_unknown
from constructs_lib.types import AnyAuthorizer, AnyRestApi, AnyTopic

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


class RestApiOptions(TypedDict, total=False):
    """The settings of a new REST API, all optional.

    API Gateway writes logs only with a role that is set once per account and Region. If the account has none, the
    deployment says "CloudWatch Logs role ARN must be set in account settings": set it there, or once with
    ``cloud_watch_role``.
    """

    authorization_type: apigateway.AuthorizationType | None
    """Who may call. Default: callers that sign with IAM credentials. ``AuthorizationType.NONE`` is public."""
    authorizer: AnyAuthorizer | None
    """Custom or Cognito authorizer. Default: none."""
    throttling_rate_limit: int | None
    """Requests per second that pass on average. Default: 100."""
    throttling_burst_limit: int | None
    """Requests that pass at once. Default: 200."""
    cloud_watch_role: bool | None
    """Whether to set the account's role for logs, for every API of this account and Region. Default: no."""


def rest_api(
    pattern: Construct,
    given: AnyRestApi | None,
    integration: apigateway.Integration | None,
    options: RestApiOptions,
) -> AnyRestApi:
    """Return the given API, or a new one beneath the pattern: Regional, throttled, with access log and tracing.

    Raises
    ------
    ValueError
        If a setting of a new API comes with a given one.
    TypeError
        If what is given is no REST API, or there is no such setting.
    """
    check_kinds(pattern, api=given)
    refuse_unknown(pattern, options, RestApiOptions)
    if given is None:
        return _make(pattern, integration, **options)
    refuse_settings(pattern, "api", **options)
    if not isinstance(given, apigateway.RestApi):
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:importedApiDeployment",
            f"methods added to the imported API {given.node.path} are not served before that API is deployed again: "
            "add a Deployment for it, then acknowledge this warning",
        )
    return given


def root_of(pattern: Construct, api: AnyRestApi) -> apigateway.IResource:
    """Return the root resource of an API; raise ``ValueError`` if it was imported without."""
    try:
        return api.root
    except RuntimeError as error:
        raise ValueError(
            f"{pattern.node.path}: expected an API whose root resource is known, got {api.node.path}; import it with "
            "RestApi.from_rest_api_attributes(rest_api_id=..., root_resource_id=...)"
        ) from error


def watch_rest_api(
    pattern: Construct, api: AnyRestApi, alarm_topic: AnyTopic | None, *, watches_more: bool = False
) -> list[cloudwatch.Alarm]:
    """Return the alarm on an API's server errors; none for an imported one, whose name is not known.

    Parameters
    ----------
    pattern
        Beneath which the alarm stands.
    api
        Owned or imported.
    alarm_topic
        Notified by the alarm.
    watches_more
        Whether the pattern has other alarms, too, so that it has a use for the topic even with an imported API.

    Raises
    ------
    ValueError
        If there is a topic for an imported API, and nothing else that would notify it.
    """
    if not isinstance(api, apigateway.RestApi):
        if alarm_topic is not None and not watches_more:
            raise ValueError(
                f"{pattern.node.path}: expected no alarm_topic for the imported API {api.node.path}, got one; metrics "
                "go by the API's name, which is not known here: set the alarm where that API is made"
            )
        return []
    # Statistic, threshold and duration are those of AWS's recommended alarm on this metric.
    alarm = WatchedAlarm(
        pattern,
        "ServerErrorsAlarm",
        metric=api.metric_server_error(period=Duration.minutes(1), statistic="Average"),
        threshold=0.05,
        evaluation_periods=3,
        description=f"At least 5 % of requests to {pattern.node.path} end in server errors: see the function's logs.",
        alarm_topic=alarm_topic,
    )
    return [alarm]


def _make(
    pattern: Construct, integration: apigateway.Integration | None, **options: Unpack[RestApiOptions]
) -> apigateway.RestApi:
    authorization_type, authorizer = options.get("authorization_type"), options.get("authorizer")
    if authorization_type is None and authorizer is None:
        authorization_type = apigateway.AuthorizationType.IAM
    rate, burst = options.get("throttling_rate_limit"), options.get("throttling_burst_limit")
    access_log = logs.LogGroup(pattern, "AccessLog", retention=logs.RetentionDays.ONE_MONTH)
    api = apigateway.RestApi(
        pattern,
        "Api",
        # Metrics go by this name: with CDK's default, the construct id, APIs of one account would share theirs.
        rest_api_name=Names.unique_resource_name(pattern, separator="-", max_length=128),
        endpoint_types=[apigateway.EndpointType.REGIONAL],
        cloud_watch_role=bool(options.get("cloud_watch_role")),
        default_integration=integration,
        default_method_options=apigateway.MethodOptions(authorization_type=authorization_type, authorizer=authorizer),
        deploy_options=apigateway.StageOptions(
            access_log_destination=apigateway.LogGroupLogDestination(access_log),
            access_log_format=_ACCESS_LOG_FORMAT,
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            throttling_rate_limit=100 if rate is None else rate,
            throttling_burst_limit=200 if burst is None else burst,
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
