"""REST APIs of API Gateway: clients send HTTP requests."""

import json
from typing import Any

from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.http import request
from tests.e2e.drivers.synchronous import Answer, SynchronousDriver


def url_of(deployed: Deployed, path: str) -> str:
    """Return the emulator's address of a path of an API; its stage is that of the deployment."""
    return f"{deployed.clients.url}/_aws/execute-api/{deployed.outputs['Api']}/{deployed.outputs['Stage']}/{path}"


class RestApiDriver(SynchronousDriver):
    """A proxy integration: 200 from the handler, 502 if it failed."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Api": built.api.rest_api_id, "Stage": built.api.deployment_stage.stage_name}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        response = request("POST", url_of(deployed, token), json.dumps(token))
        assert response.status in (200, 429, 500, 502, 504), response
        return Answer(response.status == 200, response.text)
