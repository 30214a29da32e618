"""What stands where the network is: Lambda's answers, to the letter, without Lambda."""

import io
import json
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from constructs_lib.operations.account import Account

_SESSION = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
"""One for all tests: it reads the models of AWS's APIs, which takes longer than a test."""

REPORT = (
    "REPORT RequestId: 6f1e\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 41 MB\t"
    "Init Duration: 120.50 ms\t\n"
)
LOG = f"START RequestId: 6f1e Version: 7\nbooked\nEND RequestId: 6f1e\n{REPORT}"


class Body(io.BytesIO):
    """The body of an answer, which can break off."""

    def __init__(self, content: bytes, broken: Exception | None = None) -> None:
        super().__init__(content)
        self._broken = broken

    def stream(self, amount: int = 1024, decode_content: bool = False) -> Iterator[bytes]:
        while part := self.read(amount):
            yield part
        if self._broken is not None:
            raise self._broken


class _WiredAccount(Account):
    """An account whose clients get their answers from a wire."""

    def __init__(self, wire: "Wire") -> None:
        super().__init__(_SESSION)
        self._wire = wire

    def client(self, service: str, *, read_timeout: int | None = None) -> Any:
        made = super().client(service, read_timeout=read_timeout)
        made.meta.events.register("before-send", self._wire.send, unique_id="wire")
        return made


class Wire:
    """Answers the calls of an account's clients, and keeps them."""

    def __init__(self) -> None:
        self.answers: list[AWSResponse | Exception] = []
        self.calls: list[AWSPreparedRequest] = []
        self.configuration = answer(200, {"Timeout": 7})
        self.account = _WiredAccount(self)

    def send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        if "/configuration" in request.url:
            return self.configuration
        self.calls.append(request)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def answer(status: int, content: object = b"", *, broken: Exception | None = None, **headers: str) -> AWSResponse:
    """Return an answer; names of headers are given with underscores, and without ``X-Amz``."""
    head: Any = {"x-amzn-RequestId": "6f1e"} | {
        f"X-Amz-{name.replace('_', '-')}": value for name, value in headers.items()
    }
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return AWSResponse("https://lambda", status, head, Body(body, broken))


def success(content: object, *, log: str = LOG) -> AWSResponse:
    return answer(200, content, Executed_Version="7", Log_Result=in_base64(log))


def failure(content: object, *, log: str = LOG) -> AWSResponse:
    found = success(content, log=log)
    found.headers["X-Amz-Function-Error"] = "Unhandled"
    return found


def refusal(status: int, code: str, message: str = "no", **more: str) -> AWSResponse:
    found = answer(status, {"Message": message, **more})
    found.headers["x-amzn-ErrorType"] = code
    if status == 429:
        found.headers["Retry-After"] = "3"
    return found


def no_answer() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="https://lambda", error="timed out")


def events(*parts: bytes, broken: Exception | None = None, **end: str) -> AWSResponse:
    """Return a streamed answer; without an end if it is broken."""
    chunks = b"".join(_event("PayloadChunk", part) for part in parts)
    if broken is None:
        chunks += _event("InvokeComplete", json.dumps(end).encode())
    found = answer(200, chunks, broken=broken, Executed_Version="7")
    found.headers["Content-Type"] = "application/vnd.amazon.eventstream"
    return found


def in_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _event(kind: str, payload: bytes) -> bytes:
    named = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in named.items()
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))
