"""HTTP APIs and function URLs: clients send HTTP requests."""

from typing import Any
from urllib.parse import urlsplit

from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.http import request
from tests.e2e.drivers.synchronous import Answer, SynchronousDriver


class HttpApiDriver(SynchronousDriver):
    """A proxy integration: 200 from the handler, 500 if it failed."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Api": built.api.api_id}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        url = f"{deployed.clients.url}/_aws/execute-api/{deployed.outputs['Api']}/$default/{token}"
        response = request("POST", url, f'"{token}"')
        assert response.status in (200, 429, 500, 502, 503, 504), response
        return Answer(response.status == 200, response.text)


class FunctionUrlDriver(SynchronousDriver):
    """The function's own address: 200 from the handler, 502 if it failed."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Url": built.url.url}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        url_id = (urlsplit(deployed.outputs["Url"]).hostname or "").split(".")[0]
        response = request(
            "POST", f"{deployed.clients.url}/_aws/lambda-url/{url_id}/{token}", f'"{token}"', service="lambda"
        )
        assert response.status in (200, 429, 500, 502, 503, 504), response
        return Answer(response.status == 200, response.text)
