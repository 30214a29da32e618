import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e
FAIL = "raise RuntimeError('a secret')"


def rest(bench: Bench, function: str, *, permitted: str = "*") -> tuple[int, Any]:
    client = bench.clients["apigateway"]
    api = client.create_rest_api(name=bench.name("api"))["id"]
    root = {"restApiId": api, "resourceId": client.get_resources(restApiId=api)["items"][0]["id"], "httpMethod": "GET"}
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    client.put_method(**root, authorizationType="NONE")
    client.put_integration(**root, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    client.create_deployment(restApiId=api, stageName="test")
    permit(bench, function, f"{api}/{permitted}")
    return get(f"{bench.clients.url}/_aws/execute-api/{api}/test/")


def http(bench: Bench, function: str, *, permitted: str = "*") -> tuple[int, Any]:
    client = bench.clients["apigatewayv2"]
    api = client.create_api(Name=bench.name("api"), ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )
    client.create_route(ApiId=api, RouteKey="GET /", Target=f"integrations/{integration['IntegrationId']}")
    client.create_stage(ApiId=api, StageName="test", AutoDeploy=True)
    permit(bench, function, f"{api}/{permitted}")
    return get(f"{bench.clients.url}/_aws/execute-api/{api}/test/")


def permit(bench: Bench, function: str, called: str) -> None:
    bench.permit(function, "apigateway.amazonaws.com", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{called}")


def get(url: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.mark.parametrize("body", [FAIL, "return 'no proxy response'", "return {'id': 1}"])
def test_a_rest_api_answers_502_for_a_function_that_fails(bench: Bench, body: str) -> None:
    assert rest(bench, bench.function(body)) == (502, {"message": "Internal server error"})


def test_a_rest_api_answers_500_for_a_throttle(bench: Bench) -> None:
    function = bench.function("return {'statusCode': 200, 'body': '1'}")
    bench.clients["lambda"].put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    assert rest(bench, function) == (500, {"message": "Internal server error"})


@pytest.mark.parametrize("ask", [rest, http])
def test_what_the_handler_answers_is_passed_on(bench: Bench, ask: Any) -> None:
    assert ask(bench, bench.function("return {'statusCode': 502, 'body': '1'}")) == (502, 1)


def test_an_http_api_answers_500_for_a_function_that_fails(bench: Bench) -> None:
    assert http(bench, bench.function(FAIL)) == (500, {"message": "Internal server error"})


@pytest.mark.parametrize("ask", [rest, http])
def test_an_api_answers_500_for_a_function_that_does_not_permit_the_request(bench: Bench, ask: Any) -> None:
    function = bench.function("return {'statusCode': 200, 'body': '1'}")
    assert ask(bench, function, permitted="test/POST/*") == (500, {"message": "Internal server error"})
    assert bench.calls() == []


@pytest.mark.parametrize("ask", [rest, http])
def test_an_api_asks_for_the_permission_of_its_stage_method_and_path(bench: Bench, ask: Any) -> None:
    function = bench.function("return {'statusCode': 200, 'body': '1'}")
    assert ask(bench, function, permitted="test/GET/") == (200, 1)
