"""Functions and queues to send events through, and what became of the events."""

import io
import json
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

from tests.e2e.clients import Clients, wait_until

ACCOUNT = "000000000000"
REGION = "us-east-1"

_HANDLER = """
import json, os, time

def handler(event, context):
    with open(os.environ["CALLS"], "a") as calls:
        calls.write(json.dumps({"event": event, "request": context.aws_request_id, "time": time.time()}) + "\\n")
    before = len(open(os.environ["CALLS"]).readlines()) - 1
"""
"""Notes each call; what a test adds may use ``before``, the number of earlier calls of its function."""


class Bench:
    """Makes what one test needs, under names of its own."""

    def __init__(self, clients: Clients, folder: Path) -> None:
        self.clients = clients
        self._folder = folder
        self._id = uuid.uuid4().hex[:8]

    def name(self, name: str) -> str:
        return f"{name.removesuffix('.fifo')}-{self._id}{'.fifo' if name.endswith('.fifo') else ''}"

    def role(self, name: str, *allowed: tuple[str, str], service: str = "lambda.amazonaws.com") -> str:
        """Make a role that may do each (action, resource); return its ARN."""
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        role = self.clients["iam"].create_role(RoleName=self.name(name), AssumeRolePolicyDocument=_policy(trust))
        if allowed:
            self.clients["iam"].put_role_policy(
                RoleName=self.name(name),
                PolicyName="allowed",
                PolicyDocument=_policy(*({"Effect": "Allow", "Action": a, "Resource": r} for a, r in allowed)),
            )
        return str(role["Role"]["Arn"])

    def function(self, body: str, *allowed: tuple[str, str], name: str = "f", **settings: Any) -> str:
        """Make a function whose handler notes its calls and then runs ``body``; return its ARN."""
        (self._folder / name).touch()
        made = self.clients["lambda"].create_function(
            FunctionName=self.name(name),
            Runtime="python3.11",
            Handler="index.handler",
            Role=self.role(f"{name}-role", *allowed),
            Code={"ZipFile": _zip(_HANDLER + "\n".join(f"    {line}" for line in body.splitlines()))},
            Environment={"Variables": {"CALLS": str(self._folder / name)}},
            **settings,
        )
        return str(made["FunctionArn"])

    def permit(self, function: str, service: str, source: str) -> None:
        self.clients["lambda"].add_permission(
            FunctionName=function,
            StatementId="push",
            Action="lambda:InvokeFunction",
            Principal=service,
            SourceArn=source,
        )

    def calls(self, name: str = "f") -> list[dict[str, Any]]:
        """Return what the handler was called with so far."""
        return [json.loads(line) for line in (self._folder / name).read_text().splitlines()]

    def wait_for_calls(self, number: int, name: str = "f") -> list[dict[str, Any]]:
        """Wait for so many calls, and a little more to see that there are not more."""
        wait_until(lambda: len(self.calls(name)) >= number, f"{number} calls", seconds=10)
        time.sleep(0.6)
        assert len(self.calls(name)) == number
        return self.calls(name)

    def queue(self, name: str = "q", **attributes: str) -> str:
        """Make a queue; return its ARN."""
        self.clients["sqs"].create_queue(QueueName=self.name(name), Attributes=attributes)
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name(name)}"

    def allow_service(self, queue: str, service: str) -> None:
        """Let a service send to the queue."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sqs:SendMessage",
            "Resource": queue,
        }
        self.clients["sqs"].set_queue_attributes(QueueUrl=self.url(queue), Attributes={"Policy": _policy(statement)})

    def url(self, queue: str) -> str:
        return f"{self.clients.url}/{ACCOUNT}/{queue.rsplit(':', 1)[1]}"

    def messages(self, queue: str, number: int = 1) -> list[dict[str, Any]]:
        """Wait for exactly so many messages of a queue, and take them."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            found.extend(self._receive(queue))
            return len(found) >= number

        wait_until(enough, f"{number} messages", seconds=10)
        found.extend(self._receive(queue))
        assert len(found) == number, found
        return found

    def is_empty(self, queue: str, seconds: float = 0.5) -> bool:
        """Whether nothing comes into the queue for a while."""
        time.sleep(seconds)
        return not self._receive(queue)

    def _receive(self, queue: str) -> list[dict[str, Any]]:
        sqs = self.clients["sqs"]
        answer = sqs.receive_message(QueueUrl=self.url(queue), MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=self.url(queue), ReceiptHandle=message["ReceiptHandle"])
        return list(answer.get("Messages", []))


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _zip(code: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", code)
    return buffer.getvalue()
