"""API Gateway, load balancers and user pools need the function's permission for each request (Y15).

Without it, or without the function, the client of an API gets 500 (Y1). That of a load balancer gets 502, as for any
function that it cannot use; what AWS names is the reason in its log, ``LambdaAccessDenied``
(AWS: elasticloadbalancing/load-balancer-access-logs). Who signs up gets an error of Cognito; its other triggers are not
corrected. ministack asks for no permission.
"""

import json
from typing import Any

from ministack.services import alb, apigateway, apigateway_v1, cognito

from emulator.permissions import service_may_invoke

Answer = tuple[int, dict[str, str], bytes]
_REFUSED = json.dumps({"message": "Internal server error"}).encode()
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>"


def apply() -> None:
    """Ask before each proxy integration, before each target, and before the trigger at sign-up."""
    rest, http = apigateway_v1._invoke_lambda_proxy_v1, apigateway._invoke_lambda_proxy
    target, sign_up = alb._invoke_lambda_target, cognito._apply_presignup_trigger

    async def from_rest_api(*request: Any, **more: Any) -> Any:
        integration, api, stage, _, resource, _, method, *_ = request
        function = apigateway_v1._extract_lambda_ref_from_integration_uri(integration["uri"])
        called = f"{api}/{stage}/{method}{resource['path']}"
        return await rest(*request, **more) if _permits(function, called, **more) else _refused()

    async def from_http_api(*request: Any, **more: Any) -> Any:
        integration, api, stage, _, _, _, _, _, route, *_ = request
        function = apigateway._extract_lambda_ref_from_integration_uri(integration["integrationUri"])
        called = f"{api}/{stage}/{route.replace(' ', '', 1)}"  # such as POST/orders, or $default
        return await http(*request, **more) if _permits(function, called, **more) else _refused()

    async def from_load_balancer(function: str, target_group: str, *request: Any) -> Any:
        if service_may_invoke(function, "elasticloadbalancing.amazonaws.com", target_group):
            return await target(function, target_group, *request)
        return 502, {"Content-Type": "text/html"}, _BAD_GATEWAY

    def from_user_pool(pool: str, *request: Any, **more: Any) -> Any:
        found = cognito._user_pools[pool]
        function = (found.get("LambdaConfig") or {}).get("PreSignUp")
        if function and not service_may_invoke(function, "cognito-idp.amazonaws.com", found["Arn"]):
            raise cognito._PreSignUpRejected("PreSignUp invocation failed due to error AccessDeniedException.")
        return sign_up(pool, *request, **more)

    apigateway_v1._invoke_lambda_proxy_v1 = from_rest_api
    apigateway._invoke_lambda_proxy = from_http_api
    alb._invoke_lambda_target = from_load_balancer
    cognito._apply_presignup_trigger = from_user_pool


def _permits(function: str, called: str, *, owner_account_id: str, owner_region: str, **_: Any) -> bool:
    source = f"arn:aws:execute-api:{owner_region}:{owner_account_id}:{called}"
    return service_may_invoke(function, "apigateway.amazonaws.com", source)


def _refused() -> Answer:
    return 500, {"Content-Type": "application/json"}, _REFUSED
