"""Answers a message over its connection, as handlers of WebSocket APIs do, after doing what it asks for."""

import functools
import os
from typing import Any

import boto3
from index import act  # type: ignore[import-not-found]  # they are deployed side by side

SESSION = boto3.Session()


@functools.cache
def connections(api: str, stage: str) -> Any:
    """Make the client that posts to connections of an API; the emulator has no domain for each."""
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{api}/{stage}"
    make: Any = SESSION.client
    return make("apigatewaymanagementapi", endpoint_url=url)


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Let everyone connect, and send each message back to whom it came from."""
    asked = event["requestContext"]
    client = connections(asked["apiId"], asked["stage"])
    if asked["eventType"] == "MESSAGE":
        act(event["body"], context)
        client.post_to_connection(ConnectionId=asked["connectionId"], Data=event["body"])
    return {"statusCode": 200}
