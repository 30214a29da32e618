import json
from dataclasses import dataclass

import pytest

from tests.e2e.drivers.web_socket_client import Connection, RefusedError
from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e
FAIL_MESSAGES = """
if event["requestContext"]["eventType"] == "MESSAGE":
    raise RuntimeError("a secret")
return {"statusCode": 200}
"""


@dataclass(frozen=True)
class Api:
    url: str
    id: str
    route: str
    """Id of the route of all messages."""


def make_api(bench: Bench, function: str, *, permitted: bool = True) -> Api:
    client = bench.clients["apigatewayv2"]
    api = client.create_api(
        Name=bench.name("api"), ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    made = client.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=uri)
    target = f"integrations/{made['IntegrationId']}"
    client.create_route(ApiId=api, RouteKey="$connect", Target=target)
    route = client.create_route(ApiId=api, RouteKey="$default", Target=target)["RouteId"]
    client.create_stage(ApiId=api, StageName="test", AutoDeploy=True)
    if permitted:
        bench.permit(function, "apigateway.amazonaws.com", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*")
    return Api(f"{bench.clients.url}/_aws/execute-api/{api}/test", api, route)


def answer(connection: Connection, text: str = "hello") -> str:
    connection.send(text)
    return connection.receive()


def test_a_client_is_told_of_a_failure_without_its_text_and_stays_connected(bench: Bench) -> None:
    with Connection(make_api(bench, bench.function(FAIL_MESSAGES)).url) as connection:
        for _ in range(2):
            told = json.loads(answer(connection))
            assert told.pop("connectionId")
            assert told.pop("requestId")
            assert told == {"message": "Internal server error"}


def test_a_client_is_told_of_a_throttle(bench: Bench) -> None:
    function = bench.function("return {'statusCode': 200}")
    with Connection(make_api(bench, function).url) as connection:
        bench.clients["lambda"].put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
        assert json.loads(answer(connection))["message"] == "Internal server error"


def test_a_client_is_told_when_the_function_may_not_be_invoked(bench: Bench) -> None:
    function = bench.function("return {'statusCode': 200}")
    with Connection(make_api(bench, function).url) as connection:
        bench.clients["lambda"].remove_permission(FunctionName=function, StatementId="push")
        assert json.loads(answer(connection))["message"] == "Internal server error"
    assert len(bench.calls()) == 1  # to connect


@pytest.mark.slow_e2e
def test_what_the_handler_returns_is_sent_only_where_a_route_response_asks_for_it(bench: Bench) -> None:
    api = make_api(bench, bench.function("return {'statusCode': 200, 'body': event.get('body', '')}"))
    with Connection(api.url) as connection:
        connection.send("unanswered")
        bench.wait_for_calls(2)
        bench.clients["apigatewayv2"].create_route_response(
            ApiId=api.id, RouteId=api.route, RouteResponseKey="$default"
        )
        assert answer(connection, "answered") == "answered"


@pytest.mark.slow_e2e
@pytest.mark.parametrize("body", ["raise RuntimeError('a secret')", "return {'statusCode': 403}"])
def test_who_cannot_connect_is_refused(bench: Bench, body: str) -> None:
    api = make_api(bench, bench.function(body))
    with pytest.raises(RefusedError):
        Connection(api.url)


def test_nobody_can_connect_without_the_permission(bench: Bench) -> None:
    api = make_api(bench, bench.function("return {'statusCode': 200}"), permitted=False)
    with pytest.raises(RefusedError):
        Connection(api.url)
    assert bench.calls() == []
