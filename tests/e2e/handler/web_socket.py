"""Answers a message over its connection, as handlers of WebSocket APIs do, after doing what it asks for.

Handlers of one's own would use ``boto3.client("apigatewaymanagementapi")``. To make one takes longer on a busy machine
than the function may, so this one signs the request itself.
"""

import os
import urllib.request
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from index import act  # type: ignore[import-not-found]  # they are deployed side by side

CREDENTIALS = Credentials(
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_SESSION_TOKEN"]
)


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Let everyone connect, and send each message back to whom it came from; who invokes directly gets none back."""
    if "requestContext" not in event:
        act(event["token"], context)
    elif event["requestContext"]["eventType"] == "MESSAGE":
        act(event["body"], context)
        post(event["requestContext"], event["body"])
    return {"statusCode": 200}


def post(connection: dict[str, str], text: str) -> None:
    """Send a text over the connection; the emulator has a path for each API, where AWS has a domain."""
    api = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{connection['apiId']}/{connection['stage']}"
    url = f"{api}/@connections/{connection['connectionId']}"
    signed = AWSRequest(method="POST", url=url, data=text.encode())
    SigV4Auth(CREDENTIALS, "execute-api", os.environ["AWS_REGION"]).add_auth(signed)
    request = urllib.request.Request(url, data=signed.data, method="POST", headers=dict(signed.headers.items()))
    with urllib.request.urlopen(request, timeout=10):
        pass
