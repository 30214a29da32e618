"""What clients of a WebSocket API see of its function (V3, Y1): no error text, and no answer that nobody asked for.

A message whose function fails, is throttled or may not be invoked is answered by "Internal server error" with the ids
of the connection and the request (so its users see it; no page of AWS shows it), and the connection stays. What the
handler returns is passed on only by a route with a route response (AWS:
apigateway/apigateway-websocket-api-route-response). A ``$connect`` that fails is refused. ministack sends the text of
the error and every answer, throttles nobody, and asks for no permission.
"""

import json
from typing import Any

from ministack.core.concurrency import run_reentrant
from ministack.services import apigateway, lambda_svc

from emulator.functions import call
from emulator.permissions import service_may_invoke


def apply() -> None:
    """Replace the call of functions; other integrations stay as they are."""
    others = apigateway._invoke_ws_lambda

    async def invoke(api: str, account: str, region: str, route: dict[str, Any], *rest: Any, **more: Any) -> Any:
        integration = apigateway._integrations.get(api, {}).get(route.get("target", "").rsplit("/", 1)[-1]) or {}
        if integration.get("integrationType") not in ("AWS", "AWS_PROXY"):
            return await others(api, account, region, route, *rest, **more)
        function = apigateway._extract_lambda_ref_from_integration_uri(integration["integrationUri"])
        return await _invoke(function, f"arn:aws:execute-api:{region}:{account}:{api}", route, *rest, **more)

    apigateway._invoke_ws_lambda = invoke


async def _invoke(
    function: str,
    api: str,
    route: dict[str, Any],
    stage: str,
    connection: str,
    kind: str,
    request: str,
    body: str,
    address: str,
    headers: dict[str, str],
    query_params: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any] | None:
    api_id = api.rsplit(":", 1)[1]
    context = apigateway._ws_request_context(
        api_id, route["routeKey"], stage, connection, kind, request, address, headers
    )
    if more.get("authorizer") is not None:
        context["authorizer"] = more["authorizer"]
    if kind == "MESSAGE":
        context["messageId"] = request
    elif kind == "DISCONNECT":
        context["disconnectReason"] = more.get("disconnect_reason", "")
        context["disconnectStatusCode"] = int(more.get("disconnect_code", 1005))
    event = {"requestContext": context, "body": body or "", "isBase64Encoded": False}
    if kind == "CONNECT":
        event.update(apigateway._ws_connect_fields(headers, query_params))
    result: dict[str, Any] = {"error": True}
    if service_may_invoke(function, "apigateway.amazonaws.com", f"{api}/{stage}/{route['routeKey']}"):
        result = await run_reentrant(call, function, event)
    if result.get("error") or result.get("throttle"):
        text = {"message": "Internal server error", "connectionId": connection, "requestId": request}
        return {"statusCode": 502 if kind == "CONNECT" else 500, "body": json.dumps(text)}
    answer: dict[str, Any] | None = lambda_svc.lambda_execute_result_to_api_proxy_response(result)[0]
    two_way = apigateway._route_responses.get(api_id, {}).get(route["routeId"])
    return answer if kind == "CONNECT" or two_way else None
