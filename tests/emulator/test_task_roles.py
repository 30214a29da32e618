import json
from typing import Any

import pytest

from tests.e2e.clients import wait_until
from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e


def run(bench: Bench, integration: str, parameters: dict[str, Any], *allowed: tuple[str, str]) -> dict[str, Any]:
    """Run a state machine of one task as a role that may do what is allowed; return how that ended."""
    states = bench.clients["stepfunctions"]
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{integration}", "Parameters": parameters, "End": True}
    machine = states.create_state_machine(
        name=bench.name("machine"),
        definition=json.dumps({"StartAt": "T", "States": {"T": task}}),
        roleArn=bench.role("states", *allowed, service="states.amazonaws.com"),
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    wait_until(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", "an end", seconds=10)
    found = dict(states.describe_execution(executionArn=execution))
    assert found["status"] == "SUCCEEDED" or found["error"] == "States.Permissions", found
    return found


def test_a_function_runs_only_if_the_role_may_invoke_it(bench: Bench) -> None:
    function = bench.function("pass")
    called = run(bench, "lambda:invoke", {"FunctionName": function, "Payload": {}}, ("lambda:GetFunction", function))
    assert called["status"] == "FAILED"
    assert function in called["cause"]
    assert bench.calls() == []


@pytest.mark.slow_e2e
@pytest.mark.parametrize("allowed", [True, False])
def test_a_message_is_sent_only_if_the_role_may_send_to_the_queue(bench: Bench, allowed: bool) -> None:
    queue, other = bench.queue(), bench.queue("other")
    parameters = {"QueueUrl": bench.url(queue), "MessageBody": "hello"}
    run(bench, "sqs:sendMessage", parameters, ("sqs:SendMessage", queue if allowed else other))
    if allowed:
        assert [message["Body"] for message in bench.messages(queue)] == ["hello"]
    else:
        assert bench.is_empty(queue)


@pytest.mark.slow_e2e
@pytest.mark.parametrize("allowed", [True, False])
def test_an_item_is_put_only_if_the_role_may_put_it(bench: Bench, allowed: bool) -> None:
    table, dynamodb = bench.name("table"), bench.clients["dynamodb"]
    dynamodb.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    action = "dynamodb:PutItem" if allowed else "dynamodb:GetItem"
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}"
    run(bench, "dynamodb:putItem", {"TableName": table, "Item": {"id": {"S": "1"}}}, (action, arn))
    assert dynamodb.scan(TableName=table)["Count"] == int(allowed)


@pytest.mark.slow_e2e
@pytest.mark.parametrize("allowed", [True, False])
def test_a_topic_is_told_only_if_the_role_may_publish(bench: Bench, allowed: bool) -> None:
    topic = bench.clients["sns"].create_topic(Name=bench.name("topic"))["TopicArn"]
    action = "sns:Publish" if allowed else "sns:Subscribe"
    told = run(bench, "sns:publish", {"TopicArn": topic, "Message": "hello"}, (action, topic))
    assert told["status"] == ("SUCCEEDED" if allowed else "FAILED")
