from typing import Any

import pytest

from constructs_lib.graph.invokers.apis import api_calls
from tests.graph.build import FUNCTION, make_world

URI = {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}
STREAM = {"Fn::Sub": "arn:aws:apigateway:r:lambda:path/2021-11-15/functions/${Fn.Arn}/response-streaming-invocations"}
HEADER = "integration.request.header.X-Amz-Invocation-Type"


def call(kind: str, properties: Any, **resources: Any) -> Any:
    world = make_world({"Resources": {"Fn": FUNCTION, "X": {"Type": kind, "Properties": properties}, **resources}})
    (found,) = world.once(api_calls)
    return found


def method(**integration: Any) -> Any:
    return call("AWS::ApiGateway::Method", {"Integration": {"Type": "AWS", "Uri": URI, **integration}})


@pytest.mark.parametrize(
    ("integration", "model"),
    [
        ({}, "synchronous"),
        ({"RequestParameters": {HEADER: "'Event'"}}, "asynchronous"),
        ({"RequestParameters": {HEADER.lower(): "'Event'"}}, "asynchronous"),
        ({"RequestParameters": {HEADER: "Event"}}, "synchronous"),
        ({"RequestParameters": {HEADER: "'Event'"}, "Type": "AWS_PROXY"}, "synchronous"),
        ({"RequestParameters": {HEADER: "method.request.header.InvocationType"}}, None),
        ({"RequestParameters": {HEADER: {"Ref": "Nothing"}}}, None),
        ({"RequestParameters": {HEADER: "'Event'"}, "Type": {"Ref": "Nothing"}}, None),
    ],
)
def test_the_event_header_makes_a_method_asynchronous(integration: Any, model: str | None) -> None:
    found = method(**integration).model
    assert (found.value if found else None) == model


@pytest.mark.parametrize(
    ("integration", "streams"),
    [
        ({}, False),
        ({"ResponseTransferMode": "BUFFERED"}, False),
        ({"ResponseTransferMode": "STREAM"}, True),
        ({"ResponseTransferMode": {"Ref": "Nothing"}}, True),
        ({"Uri": STREAM}, True),
    ],
)
def test_streaming(integration: Any, streams: bool) -> None:
    assert method(**integration).streams is streams


API = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}}
SOCKET = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "WEBSOCKET"}}
V2 = {"ApiId": {"Ref": "Api"}, "IntegrationUri": {"Ref": "Fn"}}


@pytest.mark.parametrize(
    ("kind", "properties", "api", "timeout"),
    [
        ("AWS::ApiGateway::Method", {"Integration": {"Uri": URI}}, API, 29),
        ("AWS::ApiGateway::Method", {"Integration": {"Uri": URI, "TimeoutInMillis": "60000"}}, API, 60),
        ("AWS::ApiGateway::Method", {"Integration": {"Uri": URI, "TimeoutInMillis": {"Ref": "Nothing"}}}, API, None),
        ("AWS::ApiGateway::Authorizer", {"AuthorizerUri": URI}, API, 29),
        ("AWS::ApiGatewayV2::Integration", V2, API, 30),
        ("AWS::ApiGatewayV2::Integration", V2, SOCKET, 29),
        ("AWS::ApiGatewayV2::Integration", {**V2, "ApiId": "imported"}, API, 30),
        ("AWS::ApiGatewayV2::Integration", {**V2, "TimeoutInMillis": 5000}, API, 5),
        ("AWS::ApiGatewayV2::Authorizer", {"ApiId": {"Ref": "Api"}, "AuthorizerUri": URI}, API, 10),
        ("AWS::ApiGatewayV2::Authorizer", {"ApiId": {"Ref": "Api"}, "AuthorizerUri": URI}, SOCKET, 29),
        ("AWS::ApiGatewayV2::Api", {"ProtocolType": "HTTP", "Target": {"Ref": "Fn"}}, API, 30),
    ],
)
def test_timeouts(kind: str, properties: Any, api: Any, timeout: float | None) -> None:
    assert call(kind, properties, Api=api).timeout == timeout


INTEGRATION = {"x-amazon-apigateway-integration": {"type": "aws", "uri": URI, "timeoutInMillis": 7000}}
AUTHORIZER = {"x-amazon-apigateway-authorizer": {"authorizerUri": URI}}


@pytest.mark.parametrize("kind", ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"])
@pytest.mark.parametrize(
    ("body", "authorizer"),
    [
        ({"paths": {"/a.b": {"get": INTEGRATION}}}, False),
        ({"components": {"x-amazon-apigateway-integrations": {"i": {"uri": URI, "timeoutInMillis": 7000}}}}, False),
        ({"components": {"securitySchemes": {"a": AUTHORIZER}}}, True),
        ({"securityDefinitions": {"a": AUTHORIZER}}, True),
    ],
)
def test_openapi_documents(kind: str, body: Any, authorizer: bool) -> None:
    found = call(kind, {"Body": body})
    assert found.authorizer is authorizer
    assert found.target.function.logical_id == "Fn"
    if not authorizer:
        assert found.timeout == 7


def test_the_event_header_of_an_openapi_document() -> None:
    integration = {"type": "AWS", "uri": URI, "requestParameters": {HEADER: "'Event'"}}
    body = {"paths": {"/": {"post": {"x-amazon-apigateway-integration": integration}}}}
    found = call("AWS::ApiGateway::RestApi", {"Body": body})
    assert found.model.value == "asynchronous"
