import json

import pytest
from aws_cdk import Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions

from constructs_lib import RestApiToStateMachine
from tests.helpers import statements
from tests.offload.reading import methods, template_of


@pytest.fixture
def machine(stack: Stack) -> stepfunctions.StateMachine:
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(stack, "Done"))
    return stepfunctions.StateMachine(stack, "Machine", definition_body=body)


def test_a_request_starts_an_execution(stack: Stack, machine: stepfunctions.StateMachine) -> None:
    RestApiToStateMachine(stack, "Reports", state_machine=machine)
    post = methods(stack)["POST"]
    request = post["Integration"]["RequestTemplates"]["application/json"]
    assert json.dumps(stack.resolve(machine.state_machine_arn)) in json.dumps(request)
    assert "$util.escapeJavaScript($input.body)" in json.dumps(request)
    assert "executionId" in template_of(post, "202")
    arn = stack.resolve(machine.state_machine_arn)
    assert {"Action": "states:StartExecution", "Effect": "Allow", "Resource": arn} in statements(stack)


def test_what_is_no_state_machine_is_refused(stack: Stack) -> None:
    with pytest.raises(TypeError, match="expected state_machine to be a state machine of the CDK, got 'reports'"):
        RestApiToStateMachine(stack, "Reports", state_machine="reports")  # type: ignore[arg-type]


def test_an_express_state_machine_is_refused(stack: Stack) -> None:
    machine = stepfunctions.StateMachine(
        stack,
        "Machine",
        definition_body=stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(stack, "Done")),
        state_machine_type=stepfunctions.StateMachineType.EXPRESS,
    )
    with pytest.raises(ValueError, match="expected a standard state machine, got the express Stack/Machine"):
        RestApiToStateMachine(stack, "Reports", state_machine=machine)


def test_a_topic_that_nothing_would_notify_is_refused(stack: Stack, machine: stepfunctions.StateMachine) -> None:
    api = apigateway.RestApi.from_rest_api_attributes(stack, "Mine", rest_api_id="abc", root_resource_id="def")
    with pytest.raises(ValueError, match="expected no alarm_topic for the imported API Stack/Mine"):
        RestApiToStateMachine(stack, "Reports", state_machine=machine, api=api, alarm_topic=sns.Topic(stack, "Topic"))
