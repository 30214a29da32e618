"""The methods whose templates the tests render."""

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as stepfunctions

from constructs_lib import JobApi, RestApiToSqsToLambda, RestApiToStateMachine
from tests.helpers import make_function, resources


def method(stack: Stack, verb: str) -> dict[str, Any]:
    (found,) = (each for each in resources(stack, "AWS::ApiGateway::Method").values() if each["HttpMethod"] == verb)
    return found


@pytest.fixture(scope="session")
def to_queue() -> dict[str, Any]:
    stack = Stack(None, "Queue")
    RestApiToSqsToLambda(stack, "Orders", function=make_function(stack))
    return method(stack, "POST")


@pytest.fixture(scope="session")
def to_machine() -> dict[str, Any]:
    stack = Stack(None, "StateMachine")
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(stack, "Done"))
    machine = stepfunctions.StateMachine(stack, "Machine", definition_body=body)
    RestApiToStateMachine(stack, "Reports", state_machine=machine)
    return method(stack, "POST")


@pytest.fixture(scope="session")
def job_stack() -> Stack:
    stack = Stack(None, "Jobs")
    JobApi(stack, "Jobs", function=make_function(stack))
    return stack


@pytest.fixture(scope="session")
def start(job_stack: Stack) -> dict[str, Any]:
    return method(job_stack, "POST")


@pytest.fixture(scope="session")
def status(job_stack: Stack) -> dict[str, Any]:
    return method(job_stack, "GET")
