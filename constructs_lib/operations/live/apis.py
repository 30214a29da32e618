"""API Gateway: the integrations with functions and the authorizers by functions, as they are set, deployed or not."""

from collections.abc import Iterator
from typing import Any

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import Item, taken


def read_rest_apis(calls: Calls) -> Iterator[Item]:
    """Yield the REST APIs of the region, with their methods and authorizers."""
    for found in calls.pages("apigateway.get_rest_apis", "items", "list the REST APIs"):
        name, identity = found.get("name", ""), found["id"]
        arn = _arn(calls, "restapis", identity)
        api = Item("api", f"{name} {identity}", "AWS::ApiGateway::RestApi", {"Name": name}, arn)
        yield api
        what = f"read the methods of the REST API {name}"
        resources = calls.maybe_pages(
            "apigateway.get_resources", "items", what, restApiId=identity, embed=["methods"], limit=500
        )
        for resource in resources or ():
            for verb, method in sorted((resource.get("resourceMethods") or {}).items()):
                label = f"{api.name} {verb} {resource.get('path', '')}"
                yield from _method(api, label, method.get("methodIntegration") or {})
        what = f"read the authorizers of the REST API {name}"
        for one in calls.maybe_pages("apigateway.get_authorizers", "items", what, restApiId=identity) or ():
            properties = {
                "RestApiId": {"Ref": api.logical_id},
                "AuthorizerUri": one.get("authorizerUri"),
                "AuthorizerCredentials": one.get("authorizerCredentials"),
            }
            yield Item("authorizer", f"{api.name} {one.get('name')}", "AWS::ApiGateway::Authorizer", properties)


def read_http_apis(calls: Calls) -> Iterator[Item]:
    """Yield the HTTP APIs and WebSocket APIs of the region, with their integrations and authorizers."""
    for found in calls.pages("apigatewayv2.get_apis", "Items", "list the HTTP and WebSocket APIs"):
        name, identity = found["Name"], found["ApiId"]
        properties: dict[str, Any] = taken(found, "Name", "ProtocolType")
        arn = _arn(calls, "apis", identity)
        api = Item("api", f"{name} {identity}", "AWS::ApiGatewayV2::Api", properties, arn)
        yield api
        reference = {"ApiId": {"Ref": api.logical_id}}
        what = f"read the integrations of the API {name}"
        for one in calls.maybe_pages("apigatewayv2.get_integrations", "Items", what, ApiId=identity) or ():
            same = ("IntegrationType", "IntegrationUri", "TimeoutInMillis", "CredentialsArn", "RequestParameters")
            label = f"{api.name} {one.get('IntegrationId')}"
            yield Item("integration", label, "AWS::ApiGatewayV2::Integration", {**reference, **taken(one, *same)})
        what = f"read the authorizers of the API {name}"
        for one in calls.maybe_pages("apigatewayv2.get_authorizers", "Items", what, ApiId=identity) or ():
            properties = {**reference, **taken(one, "AuthorizerUri", "AuthorizerCredentialsArn")}
            yield Item("authorizer", f"{api.name} {one.get('Name')}", "AWS::ApiGatewayV2::Authorizer", properties)


def _method(api: Item, label: str, found: dict[str, Any]) -> Iterator[Item]:
    if not found:
        return
    integration = {
        "Type": found.get("type"),
        "Uri": found.get("uri"),
        "Credentials": found.get("credentials"),
        "RequestParameters": found.get("requestParameters"),
        "TimeoutInMillis": found.get("timeoutInMillis"),
        "ResponseTransferMode": found.get("responseTransferMode"),
        "IntegrationResponses": [
            {"StatusCode": one.get("statusCode"), "SelectionPattern": one.get("selectionPattern")}
            for _, one in sorted((found.get("integrationResponses") or {}).items())
        ],
    }
    properties = {"RestApiId": {"Ref": api.logical_id}, "Integration": integration}
    yield Item("method", label, "AWS::ApiGateway::Method", properties)


def _arn(calls: Calls, kind: str, identity: str) -> str:
    return f"arn:{calls.account.partition}:apigateway:{calls.account.region}::/{kind}/{identity}"
