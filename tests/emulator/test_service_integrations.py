import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e
Response = tuple[int, Any]


def post(bench: Bench, uri: str, body: Any, responses: list[dict[str, Any]], **integration: Any) -> Response:
    """Post to the root of a REST API with a non-proxy integration of this URI."""
    client = bench.clients["apigateway"]
    api = client.create_rest_api(name=bench.name("api"))["id"]
    root = {"restApiId": api, "resourceId": client.get_resources(restApiId=api)["items"][0]["id"], "httpMethod": "POST"}
    client.put_method(**root, authorizationType="NONE")
    client.put_integration(**root, type="AWS", integrationHttpMethod="POST", uri=uri, **integration)
    for response in responses:
        client.put_method_response(**root, statusCode=response["statusCode"])
        client.put_integration_response(**root, **response)
    client.create_deployment(restApiId=api, stageName="test")
    if "functions/" in uri:
        function = uri.split("functions/")[1].removesuffix("/invocations")
        bench.permit(function, "apigateway.amazonaws.com", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*/POST/")
    url = f"{bench.clients.url}/_aws/execute-api/{api}/test/"
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def uri(function: str) -> str:
    return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"


def test_the_event_header_makes_the_call_asynchronous(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("raise RuntimeError", ("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    answer = post(
        bench,
        uri(function),
        {"n": 1},
        [{"statusCode": "202", "responseTemplates": {"application/json": '{"id": "$context.requestId"}'}}],
        requestParameters={"integration.request.header.X-Amz-Invocation-Type": "'Event'"},
        requestTemplates={"application/json": '{"body": $input.json("$"), "id": "$context.requestId"}'},
    )
    assert answer[0] == 202
    bench.wait_for_calls(3)
    assert json.loads(bench.messages(queue)[0]["Body"]) == {"body": {"n": 1}, "id": answer[1]["id"]}


@pytest.mark.parametrize(("message", "status"), [("bad order", 400), ("anything else", 200)])
def test_a_function_error_is_mapped_by_its_message(bench: Bench, message: str, status: int) -> None:
    function = bench.function(f"raise RuntimeError({message!r})")
    responses = [{"statusCode": "200"}, {"statusCode": "400", "selectionPattern": "bad .*"}]
    code, body = post(bench, uri(function), {}, responses)
    assert code == status
    assert body["errorMessage"] == message


@pytest.mark.parametrize("permitted", [True, False])
def test_an_api_starts_a_state_machine_with_its_role(bench: Bench, permitted: bool) -> None:
    states = bench.clients["stepfunctions"]
    machine = states.create_state_machine(
        name=bench.name("machine"),
        definition=json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}),
        roleArn=bench.role("machine", service="states.amazonaws.com"),
    )["stateMachineArn"]
    grants = [("states:StartExecution", machine)] if permitted else []
    template = f'{{"stateMachineArn": "{machine}", "input": "$util.escapeJavaScript($input.body)"}}'
    done = "{\"name\": \"$input.path('$.executionArn').split(':')[7]\"}"
    status, body = post(
        bench,
        f"arn:aws:apigateway:{REGION}:states:action/StartExecution",
        {"n": 1},
        [
            {"statusCode": "202", "selectionPattern": "200", "responseTemplates": {"application/json": done}},
            {"statusCode": "500"},
        ],
        credentials=bench.role("api", *grants, service="apigateway.amazonaws.com"),
        requestTemplates={"application/json": template},
    )
    executions = states.list_executions(stateMachineArn=machine)["executions"]
    assert status == (202 if permitted else 500)
    assert [execution["name"] for execution in executions] == ([body["name"]] if permitted else [])
