"""An account in memory: a queue, a bucket and functions that remember what they are asked for, in its order."""

import io
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.operations.account import Account

REGION, ID = "eu-west-1", "123456789012"
FUNCTION = f"arn:aws:lambda:{REGION}:{ID}:function:resize"
QUEUE = f"arn:aws:sqs:{REGION}:{ID}:failed"
SOURCE = f"arn:aws:sqs:{REGION}:{ID}:orders"
BUCKET = "arn:aws:s3:::failures"
STARTED = datetime(2026, 5, 4, tzinfo=UTC).timestamp()
BEFORE = STARTED - 60


class Killed(BaseException):
    """The function is ended from outside."""


def refused(code: str, operation: str = "Operation") -> ClientError:
    status = {"AccessDenied": 403, "AccessDeniedException": 403, "NoSuchKey": 404}.get(code, 400)
    response = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)  # type: ignore[arg-type]


class FakeAccount(Account):
    """Answers for SQS, S3 and Lambda; ``kill_at`` ends the process at the call of that number."""

    def __init__(self) -> None:
        self.region = REGION
        self.calls: list[str] = []
        self.messages: list[dict[str, Any]] = []
        self.hidden: set[str] = set()
        self.lasting: set[str] = set()
        """Receipt handles and keys that cannot be deleted."""
        self.objects: dict[str, bytes] = {}
        self.invoked: list[Any] = []
        self.sent: list[dict[str, Any]] = []
        self.refuse: Callable[[str, dict[str, Any]], ClientError | None] = lambda _operation, _request: None
        self.kill_at: int | None = None
        self._lock = threading.Lock()

    def client(self, service: str, *, read_timeout: int | None = None) -> Any:
        return self

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        answer = getattr(type(self), f"_{operation}", None)
        if operation.startswith("_") or answer is None:
            raise AttributeError(operation)

        def call(**request: Any) -> Any:
            with self._lock:
                self.calls.append(operation)
                if self.kill_at is not None and len(self.calls) >= self.kill_at:
                    raise Killed
                if (error := self.refuse(operation, request)) is not None:
                    raise error
                return answer(self, **request)

        return call

    def put_message(self, body: str, *, at: float = BEFORE, source: str | None = None, group: str | None = None) -> str:
        name = f"m{len(self.messages)}"
        system = {"SentTimestamp": str(int(at * 1000))}
        system |= {"DeadLetterQueueSourceArn": source} if source else {}
        system |= {"MessageGroupId": group} if group else {}
        self.messages.append({"MessageId": name, "ReceiptHandle": f"handle-{name}", "Body": body, "Attributes": system})
        return name

    def bodies(self) -> list[str]:
        return [message["Body"] for message in self.messages]

    def items(self, *, at: float = BEFORE) -> list[dict[str, Any]]:
        """List the objects as a Distributed Map does."""
        return [{"Key": key, "Size": len(body), "LastModified": at} for key, body in sorted(self.objects.items())]

    def _receive_message(self, *, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        groups = {self._group(message) for message in self.messages if message["MessageId"] in self.hidden}
        found = [
            message
            for message in self.messages
            if message["MessageId"] not in self.hidden and (self._group(message) or 0) not in groups
        ][:MaxNumberOfMessages]
        self.hidden |= {message["MessageId"] for message in found}
        return {"Messages": found} if found else {}

    @staticmethod
    def _group(message: dict[str, Any]) -> str | None:
        group: str | None = message["Attributes"].get("MessageGroupId")
        return group

    def _delete_message_batch(self, *, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803
        done = [entry for entry in Entries if entry["ReceiptHandle"] not in self.lasting]
        names = {entry["ReceiptHandle"].removeprefix("handle-") for entry in done}
        self.messages = [message for message in self.messages if message["MessageId"] not in names]
        self.hidden -= names
        return {"Successful": [{"Id": entry["Id"]} for entry in done]}

    def _change_message_visibility_batch(self, *, Entries: list[dict[str, Any]], **_: Any) -> None:  # noqa: N803
        assert {entry["VisibilityTimeout"] for entry in Entries} == {0}
        self.hidden -= {entry["ReceiptHandle"].removeprefix("handle-") for entry in Entries}

    def _get_queue_url(self, *, QueueName: str, **_: Any) -> dict[str, str]:  # noqa: N803
        return {"QueueUrl": f"https://sqs/{QueueName}"}

    def _send_message_batch(self, *, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.sent += Entries
        return {"Successful": [{"Id": entry["Id"], "MessageId": "new"} for entry in Entries], "Failed": []}

    def _invoke(self, *, Payload: bytes, InvocationType: str = "RequestResponse", **_: Any) -> Any:  # noqa: N803
        self.invoked.append(json.loads(Payload))
        if InvocationType == "Event":
            return {"StatusCode": 202, "ResponseMetadata": {"RequestId": "r"}}
        return {"StatusCode": 200, "Payload": io.BytesIO(b"null"), "ResponseMetadata": {"RequestId": "r"}}

    def _get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise refused("NoSuchKey")
        modified = datetime.fromtimestamp(BEFORE, UTC)
        return {"Body": io.BytesIO(self.objects[Key]), "LastModified": modified}

    def _list_objects_v2(self, *, Prefix: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return {"Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)][:1]}

    def _delete_object(self, *, Key: str, **_: Any) -> None:  # noqa: N803
        if Key in self.lasting:
            raise refused("AccessDenied")
        self.objects.pop(Key, None)


def record(id: object, *, function: str = FUNCTION, error: str = "ValueError") -> str:
    """Return the record of an on-failure destination."""
    return json.dumps(
        {
            "version": "1.0",
            "timestamp": "2026-05-03T20:00:00.000Z",
            "requestContext": {
                "requestId": "r",
                "functionArn": f"{function}:$LATEST",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": 3,
            },
            "requestPayload": {"id": id},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorMessage": "no", "errorType": error},
        }
    )
