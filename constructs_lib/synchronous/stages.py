"""What HTTP and WebSocket APIs (API Gateway version 2) have in common: the stage's access log, the kind of API."""

import json
from typing import cast

from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_logs as logs
from constructs import Construct

# Beside the standard fields, what tells a slow or failing function from a failing API.
_COMMON = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integration.status",
    "integrationError": "$context.integrationErrorMessage",
    "error": "$context.error.message",
}
HTTP_LOG_FORMAT = json.dumps(
    {
        **_COMMON,
        "httpMethod": "$context.httpMethod",
        "path": "$context.path",
        "protocol": "$context.protocol",
        "responseLength": "$context.responseLength",
        "responseLatency": "$context.responseLatency",
    }
)
WEBSOCKET_LOG_FORMAT = json.dumps(
    {**_COMMON, "eventType": "$context.eventType", "connectionId": "$context.connectionId"}
)


def throttle(rate_limit: int | None, burst_limit: int | None) -> apigatewayv2.ThrottleSettings:
    """Return how many requests or messages a new API lets through: 100 a second and 200 at once unless said."""
    return apigatewayv2.ThrottleSettings(
        rate_limit=100 if rate_limit is None else rate_limit, burst_limit=200 if burst_limit is None else burst_limit
    )


def log_access(scope: Construct, stage: apigatewayv2.HttpStage | apigatewayv2.WebSocketStage, format: str) -> None:
    """Let a stage write an access log that is kept for a month."""
    log = logs.LogGroup(scope, "AccessLog", retention=logs.RetentionDays.ONE_MONTH)
    destination = apigatewayv2.LogGroupLogDestination(log).bind(stage)
    # CDK's parameter for this takes only an object that implements an interface of its own.
    cast(
        apigatewayv2.CfnStage, stage.node.default_child
    ).access_log_settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(
        destination_arn=destination.destination_arn, format=format
    )


def check_api(owner: Construct, api: object, kind: str, mark: str) -> None:
    """Raise ``TypeError`` for an ``api`` that is not of the kind, which has an attribute of the name ``mark``."""
    if api is not None and not hasattr(api, mark):
        raise TypeError(
            f"{owner.node.path}: expected api to be {kind} of the CDK, got {api!r}; for an existing one, use the "
            "from_... methods of its class"
        )
