"""HTTP requests, signed as AWS's tools do."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from scripts.local.emulator import REGION
from tests.e2e.clients import EVERYTHING

SECONDS = 40


@dataclass(frozen=True)
class Response:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    text: str


def request(
    method: str,
    url: str,
    body: str | None = None,
    *,
    service: str | None = "execute-api",
    credentials: Credentials = EVERYTHING,
) -> Response:
    """Send a request, signed for ``service`` unless it is None; return the response, whatever its status."""
    data = None if body is None else body.encode()
    headers = {"Content-Type": "application/json"} if data else {}
    if service is not None:
        signed = AWSRequest(method=method, url=url, data=data, headers=headers)
        SigV4Auth(credentials, service, REGION).add_auth(signed)
        headers = dict(signed.headers.items())
    asked = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            return Response(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Response(error.code, dict(error.headers), error.read().decode())
