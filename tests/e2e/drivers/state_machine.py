"""Step Functions: executions are started."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.queues import receive


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

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for message in receive(deployed.clients, deployed.outputs["Failures"]):
            (token,) = (token for token in tokens if token in message["Body"])
            assert token not in deployed.captured, f"{token} was captured twice"
            deployed.captured[token] = message["Body"]
