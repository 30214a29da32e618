"""Step Functions: executions are started."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.queues import receive
from tests.e2e.drivers.roles import forbid_to_invoke


class StateMachineDriver(Driver):
    """A failed task is caught: its input and error go to the failure queue."""

    attempts = 1  # of the handler's own errors there is no retry by default

    def outputs(self, built: Any) -> dict[str, str]:
        return {
            "Failures": built.failure_queue.queue_url,
            "StateMachine": built.state_machine.state_machine_arn,
        }

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            deployed.clients["stepfunctions"].start_execution(
                stateMachineArn=deployed.outputs["StateMachine"], name=token, input=json.dumps({"token": token})
            )

    def revoke(self, deployed: Deployed) -> None:
        """Take from the state machine what lets it invoke the function."""
        revoke_from_state_machine(deployed)

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for message in receive(deployed.clients, deployed.outputs["Failures"]):
            (token,) = (token for token in tokens if token in message["Body"])
            self.check(deployed, json.loads(message["Body"]), token)
            assert token not in deployed.captured, f"{token} was captured twice"
            deployed.captured[token] = message["Body"]

    def on_its_way(self, deployed: Deployed) -> int:
        return running(deployed)

    def check(self, deployed: Deployed, kept: dict[str, Any], token: str) -> None:
        """Hold a message of the failure queue to what the pattern promises."""
        assert set(kept) == {"executionId", "input", "failure"}, kept
        assert kept["executionId"].endswith(f":{token}")
        assert kept["input"] == {"token": token}
        check_failure(kept["failure"], token)


def running(deployed: Deployed) -> int:
    """Count the executions of a state machine that have not ended."""
    answer = deployed.clients["stepfunctions"].list_executions(
        stateMachineArn=deployed.outputs["StateMachine"], statusFilter="RUNNING"
    )
    return len(answer["executions"])


def revoke_from_state_machine(deployed: Deployed) -> None:
    """Take from the role of a state machine what lets it invoke the function."""
    machine = deployed.clients["stepfunctions"].describe_state_machine(stateMachineArn=deployed.outputs["StateMachine"])
    forbid_to_invoke(deployed.clients, machine["roleArn"])


def check_failure(failure: dict[str, str], token: str) -> None:
    """Hold the output of a ``Catch`` to the error of the handler, or of Lambda."""
    assert set(failure) == {"Error", "Cause"}, failure
    plan = token.split("-")[1]
    if plan == "slow":  # which fails only if all attempts are throttled
        assert failure["Error"] == "Lambda.TooManyRequestsException", failure
    elif plan == "gone":
        assert failure["Error"] in ("Lambda.ResourceNotFoundException", "States.Permissions"), failure
    elif plan == "timeout":
        assert "timed out" in failure["Cause"].lower(), failure
    else:
        assert failure["Error"] == "Failure", failure
        assert json.loads(failure["Cause"])["errorMessage"] == f"{token} was to fail"
