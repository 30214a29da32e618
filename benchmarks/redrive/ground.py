"""Makes the places from which events are redriven, full of failed events, and looks what became of them."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place, Use
from scripts.local.emulator import ACCOUNT, REGION, Emulator

WAIT_SECONDS = 60
_BODY = json.dumps({"order": 17, "lines": [{"article": "a-1234", "number": 2}] * 10})
_TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
_SEND = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
_CODE = """
def handler(event, context):
    with open({file!r}, "a") as done:
        done.write(".")
"""


@dataclass(frozen=True)
class Failed:
    """A place with failed events, and where they belong."""

    place: Place
    url: str
    """The URL of the queue that is the place."""
    home: str
    """The URL of the queue, or the ARN of the function."""
    arrived: Callable[[], int]
    """How many events have come home."""


class Ground:
    """What is measured on.

    Parameters
    ----------
    emulator
        The emulator.
    folder
        For files of the function.
    """

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self._emulator = emulator
        self._folder = folder
        account = self.account()
        self._sqs, self._lambda = account.client("sqs"), account.client("lambda")
        iam = account.client("iam")
        self._role: str = iam.create_role(RoleName="f", AssumeRolePolicyDocument=_policy(_TRUST))["Role"]["Arn"]
        iam.put_role_policy(RoleName="f", PolicyName="send", PolicyDocument=_policy(_SEND))

    def account(self, delay: float = 0) -> Account:
        """Return the account; each call is made so many seconds later."""
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        if delay:
            session.events.register("before-send", lambda **_: time.sleep(delay))
        account = Account(session, endpoint_url=self._emulator.url)
        for service in ("sqs", "lambda"):
            account.client(service)  # making one takes long, and is no part of a loop
        return account

    @contextmanager
    def messages(self, number: int) -> Iterator[Failed]:
        """Let messages of a queue fail, so that they are in its dead-letter queue."""
        dead_letters, url = self._queue("dlq")
        policy = json.dumps({"deadLetterTargetArn": dead_letters, "maxReceiveCount": 1})
        queue, home = self._queue("queue", RedrivePolicy=policy, VisibilityTimeout="0")
        self._send(home, [_BODY] * number)

        def all_failed() -> bool:
            while self._sqs.receive_message(QueueUrl=home, MaxNumberOfMessages=10).get("Messages"):
                pass
            return self.depth(url) == number

        _wait(all_failed, f"{number} dead letters")
        self._sqs.set_queue_attributes(QueueUrl=home, Attributes={"VisibilityTimeout": "30"})
        use = Use(Origin.SOURCE_QUEUE, owner=queue, source=queue)
        yield Failed(Place(Kind.QUEUE, dead_letters, (use,)), url, home, lambda: self.depth(home))
        for each in (home, url):
            self._sqs.delete_queue(QueueUrl=each)

    @contextmanager
    def events(self, number: int, *, run: bool) -> Iterator[Failed]:
        """Put records of failed invocations, as Lambda sends them to a destination, into a queue.

        Parameters
        ----------
        number
            How many.
        run
            Whether the function runs, and returns at once. Otherwise its reserved concurrency is zero: Lambda accepts
            an event then, and hands it on to the failure queue of the function.
        """
        name = f"f-{uuid.uuid4().hex[:8]}"
        done = self._folder / name
        done.touch()
        function: str = self._lambda.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="index.handler",
            Role=self._role,
            Code={"ZipFile": _zip(_CODE.format(file=str(done)))},
        )["FunctionArn"]
        on_failure, failed_again = self._queue("again")
        if run:
            self._lambda.invoke(FunctionName=name, Payload=b"{}")  # its start is no part of a loop
        else:
            self._lambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
            to = {"OnFailure": {"Destination": on_failure}}
            self._lambda.put_function_event_invoke_config(FunctionName=name, DestinationConfig=to)
        arn, url = self._queue("failed")
        self._send(url, [_record(function)] * number)
        place = Place(Kind.QUEUE, arn, (Use(Origin.DESTINATION, owner=function, functions=(function,)),))
        yield Failed(place, url, function, lambda: done.stat().st_size - 1 if run else self.depth(failed_again))
        self._lambda.delete_function(FunctionName=name)
        for each in (url, failed_again):
            self._sqs.delete_queue(QueueUrl=each)

    def depth(self, url: str) -> int:
        """Return how many messages a queue holds, hidden or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def check(self, failed: Failed, number: int) -> None:
        """Wait until all events have come home, so that nothing goes on when the next loop begins.

        Raises
        ------
        RuntimeError
            When some do not, or some are still in their place: then nothing was measured.
        """
        _wait(lambda: failed.arrived() == number, f"{number} events at home")
        if left := self.depth(failed.url):
            raise RuntimeError(f"expected an empty place, found {left} events")

    def _queue(self, name: str, **attributes: str) -> tuple[str, str]:
        name = f"{name}-{uuid.uuid4().hex[:8]}"
        url: str = self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", url

    def _send(self, url: str, bodies: list[str]) -> None:
        for start in range(0, len(bodies), 10):
            entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])]
            self._sqs.send_message_batch(QueueUrl=url, Entries=entries)


def _record(function: str) -> str:
    context = {"requestId": str(uuid.uuid4()), "functionArn": f"{function}:$LATEST", "condition": "RetriesExhausted"}
    return json.dumps(
        {
            "version": "1.0",
            "timestamp": "2026-01-01T00:00:00.000Z",
            "requestContext": {**context, "approximateInvokeCount": 3},
            "requestPayload": json.loads(_BODY),
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorMessage": "not mended yet", "errorType": "RuntimeError"},
        }
    )


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _zip(code: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", code)
    return buffer.getvalue()


def _wait(ask: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not ask():
        if time.monotonic() > deadline:
            raise RuntimeError(f"expected {what} within {WAIT_SECONDS} s")
        time.sleep(0.01)
