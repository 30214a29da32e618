"""boto3 against the emulator: nothing may hang, and nothing is retried behind a test's back."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from scripts.local.emulator import REGION

T = TypeVar("T")

_CONFIG = Config(connect_timeout=5, read_timeout=40, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


EVERYTHING = Credentials("test", "test")
"""Of whom the emulator lets do everything."""


class Clients:
    """Makes a client of each service once."""

    def __init__(self, url: str, credentials: Credentials = EVERYTHING) -> None:
        self.url = url
        self.credentials = credentials
        self._session = boto3.Session(
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            region_name=REGION,
        )
        self._made: dict[str, Any] = {}

    def __getitem__(self, service: str) -> Any:
        if service not in self._made:
            make: Any = self._session.client  # its overloads know the services that have type stubs only
            self._made[service] = make(service, endpoint_url=self.url, config=_CONFIG)
        return self._made[service]

    def of_role(self, role: str) -> "Clients":
        """Make clients that may do no more than a role, an ARN."""
        found = self["sts"].assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return Clients(self.url, Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]))

    def close(self) -> None:
        for client in self._made.values():
            client.close()


class WaitedTooLongError(AssertionError):
    """What was waited for did not come."""


def wait_until(ask: Callable[[], T], what: str, *, seconds: float) -> T:
    """Ask until the answer is true; fail after some seconds, with the last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise WaitedTooLongError(f"expected {what} within {seconds:g} s, found {answer!r}")
        time.sleep(0.05)
    return answer


def stays(ask: Callable[[], T], what: str, *, seconds: float) -> None:
    """Ask for some seconds, and fail as soon as the answer is not true: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ask()
        assert answer, f"expected {what} for {seconds:g} s, found {answer!r}"
        time.sleep(0.05)
