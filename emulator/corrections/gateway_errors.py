"""What clients of API Gateway see of a failed function: no error text, and the right status (Y1).

REST API: 502 for an error or an answer that is malformed, 500 for a throttle. HTTP API: 500. ministack shows the text
of the error, answers 429 for a throttle, and 502 for an error behind an HTTP API.
"""

import contextvars
import json
from typing import Any

from ministack.services import apigateway, apigateway_v1, lambda_svc

_BODY = json.dumps({"message": "Internal server error"})
_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_http_api: contextvars.ContextVar[bool] = contextvars.ContextVar("http_api", default=False)


def apply() -> None:
    """Replace the answers to failed proxy integrations."""
    rest, http = apigateway_v1._lambda_proxy_response, apigateway._invoke_lambda_proxy
    shape = lambda_svc.lambda_execute_result_to_api_proxy_response

    def rest_answer(result: dict[str, Any]) -> Any:
        if result.get("throttle"):
            return {"statusCode": 500, "body": _BODY}, None
        if result.get("error") or _is_malformed(result.get("body")):
            return {"statusCode": 502, "body": _BODY}, None
        return rest(result)

    async def within_http_api(*arguments: Any, **more: Any) -> Any:
        token = _http_api.set(True)
        try:
            return await http(*arguments, **more)
        finally:
            _http_api.reset(token)

    def http_answer(result: dict[str, Any]) -> Any:
        if _http_api.get() and result.get("error"):
            return {"statusCode": 500, "body": _BODY}, None
        return shape(result)

    apigateway_v1._lambda_proxy_response = rest_answer
    apigateway._invoke_lambda_proxy = within_http_api
    lambda_svc.lambda_execute_result_to_api_proxy_response = http_answer


def _is_malformed(answer: Any) -> bool:
    if answer is None:
        return False
    return not isinstance(answer, dict) or not set(answer) <= _KEYS or isinstance(answer.get("body"), (dict, list))
