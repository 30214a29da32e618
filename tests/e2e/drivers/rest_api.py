"""REST APIs of API Gateway: clients send HTTP requests."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.http import request
from tests.e2e.drivers.sqs import SqsDriver, now_in_ms
from tests.e2e.drivers.synchronous import Answer, SynchronousDriver


def url_of(deployed: Deployed, path: str) -> str:
    """Return the emulator's address of a path of an API; its stage is that of the deployment."""
    return f"{deployed.clients.url}/_aws/execute-api/{deployed.outputs['Api']}/{deployed.outputs['Stage']}/{path}"


class RestApiDriver(SynchronousDriver):
    """A proxy integration: 200 from the handler, 502 if it failed."""

    failed_status, refused_status = 502, 500  # Y1

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Api": built.api.rest_api_id, "Stage": built.api.deployment_stage.stage_name}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        response = request("POST", url_of(deployed, token), json.dumps(token))
        if response.status != 200:
            assert json.loads(response.text) == {"message": "Internal server error"}, response  # Y1: no error text
        return Answer(response.status, response.text)


class AsyncRestApiDriver(AsynchronousDriver):
    """202 as soon as the event waits in Lambda's queue."""

    refused_status = 500  # Y1
    """What the client gets when Lambda does not take the event."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Api": built.api.rest_api_id, "Stage": built.api.deployment_stage.stage_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            answer = self.ask(deployed, token)
            assert answer.status == 202, answer

    def ask(self, deployed: Deployed, token: str) -> Answer:
        """Send one event; return what the client is told at once."""
        response = request("POST", url_of(deployed, ""), json.dumps({"token": token}))
        return Answer(response.status, response.text)


class QueuedRestApiDriver(SqsDriver):
    """202 as soon as the message waits in the queue."""

    def body(self, token: str) -> str:
        return json.dumps({"token": token})

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Api": built.api.rest_api_id, "Stage": built.api.deployment_stage.stage_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            response = request("POST", url_of(deployed, ""), self.body(token))
            assert response.status == 202, response
            self.sent_until[token] = now_in_ms()
