"""API Gateway, load balancers, user pools and callers of function URLs need a permission for each request (Y15, I13).

Without it, or without the function, the client of an API gets 500 (Y1). That of a load balancer gets 502, as for any
function that it cannot use; what AWS names is the reason in its log, ``LambdaAccessDenied``
(AWS: elasticloadbalancing/load-balancer-access-logs). Who signs up gets an error of Cognito; its other triggers are not
corrected. ministack asks for no permission.

A function URL takes both ``lambda:InvokeFunctionUrl`` and ``lambda:InvokeFunction``: a public one from the policy of
the function, any other from that or the caller's own (AWS: lambda/urls-auth). ministack asks signed callers for the
first only.
"""

import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services import alb, apigateway, apigateway_v1, cognito, lambda_svc

from emulator.permissions import anyone_may, service_may_invoke

Answer = tuple[int, dict[str, str], bytes]
_REFUSED = json.dumps({"message": "Internal server error"}).encode()
_FORBIDDEN = json.dumps({"Message": "Forbidden"}).encode()
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>"


def apply() -> None:
    """Ask before each proxy integration, each target, the trigger at sign-up, and each call of a function URL."""
    rest, http = apigateway_v1._invoke_lambda_proxy_v1, apigateway._invoke_lambda_proxy
    target, sign_up = alb._invoke_lambda_target, cognito._apply_presignup_trigger
    from_url = lambda_svc.handle_function_url_request

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

    async def from_url_if_permitted(
        url: str, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]], **more: Any
    ) -> Any:
        found = more.get("resolved") or lambda_svc.resolve_function_url(url)
        is_preflight = found and method == "OPTIONS" and found[4].get("Cors")
        if found and not is_preflight and not _permits_url(found, extract_access_key_id(headers, query)):
            return 403, {"Content-Type": "application/json", "x-amzn-ErrorType": "AccessDeniedException"}, _FORBIDDEN
        return await from_url(url, method, path, headers, body, query, **more)

    lambda_svc.handle_function_url_request = from_url_if_permitted
    apigateway_v1._invoke_lambda_proxy_v1 = from_rest_api
    apigateway._invoke_lambda_proxy = from_http_api
    alb._invoke_lambda_target = from_load_balancer
    cognito._apply_presignup_trigger = from_user_pool


def _permits(function: str, called: str, *, owner_account_id: str, owner_region: str, **_: Any) -> bool:
    source = f"arn:aws:execute-api:{owner_region}:{owner_account_id}:{called}"
    return service_may_invoke(function, "apigateway.amazonaws.com", source)


def _permits_url(url: tuple[str, str, str, str | None, dict[str, Any]], caller: str) -> bool:
    account, region, name, qualifier, config = url
    function = ":".join(["arn:aws:lambda", region, account, "function", name, *([qualifier] if qualifier else [])])
    if config["AuthType"] == "NONE":
        is_public = anyone_may("lambda:InvokeFunctionUrl", function, functionurlauthtype="NONE")
        return is_public and anyone_may("lambda:InvokeFunction", function, invokedviafunctionurl="true")
    # ministack has asked for lambda:InvokeFunctionUrl already.
    via_url = {"lambda:InvokedViaFunctionUrl": "true"}
    refusal = iam_evaluator.enforce(caller, "lambda:InvokeFunction", "lambda", region, function, via_url)
    return refusal is None


def _refused() -> Answer:
    return 500, {"Content-Type": "application/json"}, _REFUSED
