"""A client of WebSocket APIs that can do what the tests need: short texts, one at a time (RFC 6455)."""

import base64
import os
import socket
import struct
from typing import Self
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from scripts.local.emulator import REGION

SECONDS = 40
_TEXT, _CLOSE = 1, 8
_WHOLE, _MASKED = 0x80, 0x80


class RefusedError(Exception):
    """The API did not let the client connect; ``status`` is that of its HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with status {status}")
        self.status = status


class Connection:
    """A connection, asked for with a signed request; to use in a ``with`` statement."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = AWSRequest(method="GET", url=url)
        SigV4Auth(Credentials("test", "test"), "execute-api", REGION).add_auth(asked)
        key = base64.b64encode(os.urandom(16)).decode()
        headers = {"Host": parts.netloc, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        headers |= {"Sec-WebSocket-Key": key, **dict(asked.headers.items())}
        lines = [f"GET {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=SECONDS)
        self._socket.sendall("\r\n".join(lines).encode())
        self._incoming = self._socket.makefile("rb")
        status = int(self._incoming.readline().split()[1])
        if status != 101:
            self._close()
            raise RefusedError(status)
        while self._incoming.readline() != b"\r\n":
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._send(_CLOSE, b"")
        self._close()

    def send(self, text: str) -> None:
        """Send a text of less than 64 KiB."""
        self._send(_TEXT, text.encode())

    def receive(self) -> str:
        """Wait for the next text."""
        kind, length = struct.unpack("!BB", self._read(2))
        if length > 125:
            (length,) = struct.unpack("!H", self._read(2)) if length == 126 else struct.unpack("!Q", self._read(8))
        content = self._read(length)
        if kind != _WHOLE | _TEXT:
            raise ConnectionError(f"expected a text in one frame, found one that begins with {kind:#x}: {content!r}")
        return content.decode()

    def _send(self, kind: int, content: bytes) -> None:
        length = len(content)
        size = struct.pack("!B", _MASKED | length) if length < 126 else struct.pack("!BH", _MASKED | 126, length)
        mask = bytes(4)  # of zeros, which change nothing: the server is ours
        self._socket.sendall(struct.pack("!B", _WHOLE | kind) + size + mask + content)

    def _read(self, length: int) -> bytes:
        found = self._incoming.read(length)
        if len(found) < length:
            raise ConnectionError("expected a text, found the end of the connection")
        return found

    def _close(self) -> None:
        self._incoming.close()
        self._socket.close()
