"""Non-proxy integrations of a REST API: Lambda, also asynchronously (G1, G3), and Step Functions.

A function error is answered by the integration response whose pattern fits its message, 200 without one (Y1). ministack
ignores the header ``X-Amz-Invocation-Type`` and the templates, and cannot call Step Functions.
"""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from ministack.services import apigateway_v1

from emulator import clients, vtl
from emulator.corrections.asynchronous import invoke
from emulator.functions import call
from emulator.permissions import service_may_invoke

Answer = tuple[int, dict[str, str], bytes]
_EVENT_HEADER = "integration.request.header.X-Amz-Invocation-Type"
_ERROR = {"message": "Internal server error"}


def apply() -> None:
    """Replace the call of what is neither a proxy integration nor a queue."""
    apigateway_v1._invoke_lambda_custom_v1 = _integrate


async def _integrate(integration: dict[str, Any], *request: Any, **more: Any) -> Answer:
    more.pop("owner_account_id"), more.pop("owner_region")
    event = apigateway_v1._build_lambda_event_v1(*request, **more)
    variables = _variables(event)
    template = (integration.get("requestTemplates") or {}).get("application/json")
    body = event["body"] or ""
    payload = vtl.render(template, body=body, **variables)[0] if template else body
    region, service, _, target = apigateway_v1._parse_service_integration_uri(integration["uri"])
    if service == "states":
        status, text = await asyncio.to_thread(_start, integration["credentials"], region, target, payload)
        return _respond(integration, variables, status, text, str(status))
    function = apigateway_v1._extract_lambda_ref_from_integration_uri(integration["uri"])
    context = event["requestContext"]
    called = f"{context['stage']}/{event['httpMethod']}{event['resource']}"
    source = f"arn:aws:execute-api:{region}:{context['accountId']}:{context['apiId']}/{called}"
    if not service_may_invoke(function, "apigateway.amazonaws.com", source):
        return 500, {"Content-Type": "application/json"}, json.dumps(_ERROR).encode()
    if (integration.get("requestParameters") or {}).get(_EVENT_HEADER) == "'Event'":
        invoke(function, json.loads(payload or "{}"))
        return _respond(integration, variables, 202, "", "")
    return await asyncio.to_thread(_call, integration, variables, function, json.loads(payload or "{}"))


def _call(integration: dict[str, Any], variables: dict[str, Any], function: str, payload: Any) -> Answer:
    result = call(function, payload)
    if result.get("throttle"):
        return 500, {"Content-Type": "application/json"}, json.dumps(_ERROR).encode()
    message = result["body"].get("errorMessage", "") if result.get("error") else ""
    return _respond(integration, variables, 200, json.dumps(result.get("body")), message)


def _start(role: str, region: str, action: str, payload: str) -> tuple[int, str]:
    account = role.split(":")[4]
    caller = {"Role": role, "FunctionName": "apigateway"}
    caller["FunctionArn"] = f"arn:aws:lambda:{region}:{account}:function:apigateway"  # only names the session
    client = clients.of_role("stepfunctions", caller, region)
    operation: Callable[..., dict[str, Any]] = getattr(client, xform_name(action))
    try:
        answer = operation(**json.loads(payload))
    except ClientError as error:
        found = error.response["Error"]
        body = {"__type": found["Code"], "message": found["Message"]}
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"]), json.dumps(body)
    return 200, json.dumps(
        {k: v for k, v in answer.items() if k != "ResponseMetadata"}, default=lambda d: d.timestamp()
    )


def _respond(integration: dict[str, Any], variables: dict[str, Any], status: int, text: str, matched: str) -> Answer:
    responses = list((integration.get("integrationResponses") or {}).values())
    fit = [r for r in responses if r.get("selectionPattern") and re.fullmatch(r["selectionPattern"], matched, re.S)]
    fit = fit or [r for r in responses if not r.get("selectionPattern")]
    if not fit:
        return 500, {"Content-Type": "application/json"}, json.dumps(_ERROR).encode()
    template = (fit[0].get("responseTemplates") or {}).get("application/json")
    body, override = vtl.render(template, body=text, **variables) if template else (text, {"header": {}})
    headers = {"Content-Type": "application/json", **override["header"]}
    for name, value in (fit[0].get("responseParameters") or {}).items():
        headers[name.removeprefix("method.response.header.")] = str(value).strip("'")
    return int(override.get("status") or fit[0].get("statusCode") or status), headers, body.encode()


def _variables(event: dict[str, Any]) -> dict[str, Any]:
    kinds = {"path": "pathParameters", "querystring": "queryStringParameters", "header": "headers"}
    return {
        "parameters": {kind: event.get(name) or {} for kind, name in kinds.items()},
        "context": event["requestContext"],
        "stage_variables": event.get("stageVariables") or {},
    }
