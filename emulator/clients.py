"""Clients of boto3 for this emulator itself: what a function's role may not do is refused as for any caller."""

import os
import threading
from collections.abc import Mapping
from typing import Any

import boto3
from ministack.core import lambda_runtime

_lock = threading.Lock()
_clients: dict[tuple[str, str, str], Any] = {}


def of_role(service: str, function_config: Mapping[str, Any], region: str) -> Any:
    """Make a client with the credentials of the function's execution role."""
    return _client(service, region, lambda_runtime.execution_credentials(function_config))


def of_account(service: str, account: str, region: str) -> Any:
    """Make a client with all rights in the account, for a service that has checked its permission itself."""
    return _client(service, region, {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test"})


def _client(service: str, region: str, credentials: Mapping[str, str]) -> Any:
    key = (service, region, credentials["AWS_ACCESS_KEY_ID"])
    with _lock:  # creating one is not safe in threads
        if key not in _clients:
            _clients[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
                aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
                aws_session_token=credentials.get("AWS_SESSION_TOKEN"),
            )
        return _clients[key]
