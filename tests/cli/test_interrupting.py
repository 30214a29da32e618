"""Ctrl-C while an account is read that does not answer."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

IDENTITY = b"""\
<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>"""


class Silent(ThreadingHTTPServer):
    """An address that tells which account it is, and answers nothing else before it is let go."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = threading.Event()
        self.free = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Silent

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_identity = b"GetCallerIdentity" in body
        if not is_identity:
            self._wait()
        self.send_response(200 if is_identity else 403)
        answer = IDENTITY if is_identity else b""
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self._wait()
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _wait(self) -> None:
        self.server.asked.set()
        self.server.free.wait(60)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def silent() -> Iterator[Silent]:
    with Silent() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.free.set()
        server.shutdown()
        thread.join()


@pytest.fixture(params=[("audit",), ("failures", "list")], ids=" ".join)
def reading(silent: Silent, request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[str]"]:
    """Return a command that waits for answers, and was interrupted."""
    code = "import sys; from constructs_lib.cli import main; sys.exit(main())"
    address = f"http://127.0.0.1:{silent.server_port}"
    options = [*request.param, "--region", "eu-west-1", "--endpoint-url", address]
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "x")
    with subprocess.Popen(
        [sys.executable, "-c", code, *options],
        env={**os.environ, **keys},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert silent.asked.wait(60)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert process.stderr.readline() == "lambda-invocations: stopped\n"
            yield process
        finally:
            process.kill()


def test_it_says_so_at_once_and_ends_with_the_calls_under_way(reading: "subprocess.Popen[str]", silent: Silent) -> None:
    silent.free.set()
    assert reading.communicate(timeout=60) == ("", "")
    assert reading.returncode == 130


def test_once_more_ends_it_without_a_word(reading: "subprocess.Popen[str]", silent: Silent) -> None:
    reading.send_signal(signal.SIGINT)
    assert reading.communicate(timeout=60) == ("", "")
    assert reading.returncode == -signal.SIGINT
    assert not silent.free.is_set()
