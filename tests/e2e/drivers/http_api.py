"""HTTP APIs and function URLs: clients send HTTP requests."""

from typing import Any
from urllib.parse import urlsplit

from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.http import request
from tests.e2e.drivers.synchronous import Answer, SynchronousDriver


class HttpApiDriver(SynchronousDriver):
    """A proxy integration: 200 from the handler, 500 if it failed."""

    failed_status = refused_status = 500  # Y1, for HTTP APIs

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Api": built.api.api_id}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        url = f"{deployed.clients.url}/_aws/execute-api/{deployed.outputs['Api']}/$default/{token}"
        response = request("POST", url, f'"{token}"')
        return Answer(response.status, response.text)


class FunctionUrlDriver(SynchronousDriver):
    """The function's own address: 200 from the handler, 502 if it failed."""

    failed_status = 502
    refused_status = 429  # as Lambda's own API answers

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Url": built.url.url}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        url_id = (urlsplit(deployed.outputs["Url"]).hostname or "").split(".")[0]
        url, caller = f"{deployed.clients.url}/_aws/lambda-url/{url_id}/{token}", deployed.clients.credentials
        response = request("POST", url, f'"{token}"', service="lambda", credentials=caller)
        return Answer(response.status, response.text)
