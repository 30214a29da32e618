"""A state machine behind a REST API: what fails stays in its execution."""

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks

from constructs_lib import LambdaFunction, RestApiToStateMachine
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.http import request
from tests.e2e.drivers.rest_api import url_of
from tests.e2e.drivers.state_machine import check_failure, revoke_from_state_machine, running


class ExecutionDriver(Driver):
    """A state machine of one task that neither retries nor catches."""

    attempts = 1
    outlasts_throttles = False  # the task does not retry

    def build(self, stack: Stack, function: LambdaFunction) -> Any:
        task = tasks.LambdaInvoke(stack, "Invoke", lambda_function=function, retry_on_service_exceptions=False)
        machine = stepfunctions.StateMachine(
            stack, "Machine", definition_body=stepfunctions.DefinitionBody.from_chainable(task)
        )
        return RestApiToStateMachine(stack, "Pattern", state_machine=machine)

    def outputs(self, built: Any) -> dict[str, str]:
        return {
            "Api": built.api.rest_api_id,
            "Stage": built.api.deployment_stage.stage_name,
            "StateMachine": built.state_machine.state_machine_arn,
        }

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            response = request("POST", url_of(deployed, ""), json.dumps({"token": token}))
            assert response.status == 202, response
            assert json.loads(response.text)["executionId"]

    def revoke(self, deployed: Deployed) -> None:
        """Take from the state machine what lets it invoke the function."""
        revoke_from_state_machine(deployed)

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        client = deployed.clients["stepfunctions"]
        failed = client.list_executions(stateMachineArn=deployed.outputs["StateMachine"], statusFilter="FAILED")
        for each in failed["executions"]:
            execution = client.describe_execution(executionArn=each["executionArn"])
            token = json.loads(execution["input"])["token"]
            if token in tokens:  # the others are those of earlier scenarios: executions stay
                check_failure({"Error": execution["error"], "Cause": execution["cause"]}, token)
                arn = execution["executionArn"]
                assert deployed.captured.setdefault(token, arn) == arn, f"{token} was captured twice"

    def on_its_way(self, deployed: Deployed) -> int:
        return running(deployed)
