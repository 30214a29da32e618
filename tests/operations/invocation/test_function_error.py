import json
from typing import Any

import pytest

from constructs_lib.operations.invocation.function_error import function_error

PYTHON = {
    "errorMessage": "sold out",
    "errorType": "StockError",
    "requestId": "6f1e",
    "stackTrace": ['  File "/var/task/index.py", line 4, in handler\n    raise StockError("sold out")\n'],
}
NODE = {
    "errorType": "StockError",
    "errorMessage": "sold out",
    "trace": ["StockError: sold out", "    at handler (i.js:2)"],
}
JAVA = {
    "errorMessage": "sold out",
    "errorType": "shop.StockError",
    "stackTrace": ["shop.Handler.handle(Handler.java:4)"],
    "cause": {"errorMessage": "closed", "errorType": "java.io.IOException", "stackTrace": ["shop.Db.ask(Db.java:9)"]},
}
GO = {
    "errorMessage": "sold out",
    "errorType": "errorString",
    "stackTrace": [{"path": "main.go", "line": 4, "label": "handle"}],
}
OLD_PYTHON = {
    "errorMessage": "sold out",
    "errorType": "E",
    "stackTrace": [["/var/task/index.py", 4, "handler", "raise E"]],
}


@pytest.mark.parametrize(
    ("payload", "name", "trace"),
    [
        (PYTHON, "StockError", ('  File "/var/task/index.py", line 4, in handler', '    raise StockError("sold out")')),
        (NODE, "StockError", ("StockError: sold out", "    at handler (i.js:2)")),
        (
            JAVA,
            "shop.StockError",
            ("shop.Handler.handle(Handler.java:4)", "Caused by: java.io.IOException: closed", "shop.Db.ask(Db.java:9)"),
        ),
        (GO, "errorString", ("main.go:4 in handle",)),
        (OLD_PYTHON, "E", ("/var/task/index.py 4 handler raise E",)),
        ({"errorMessage": "sold out", "errorType": "E", "stackTrace": "one\ntwo"}, "E", ("one", "two")),
        ({"errorMessage": "sold out", "errorType": "E", "stackTrace": None}, "E", ()),
    ],
)
def test_the_errors_of_the_runtimes(payload: dict[str, Any], name: str, trace: tuple[str, ...]) -> None:
    found = function_error("Unhandled", json.dumps(payload).encode())
    assert (found.type, found.message, found.trace) == (name, "sold out", trace)
    assert str(found) == f"{name}: sold out"


def test_a_timeout() -> None:
    payload = (
        b'{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 6f1e Error: Task timed out after 3.00 seconds"}'
    )
    assert str(function_error("Unhandled", payload)).endswith("Task timed out after 3.00 seconds")
    old = function_error("Unhandled", b'{"errorMessage":"2026-11-21 6f1e Task timed out after 3.00 seconds"}')
    assert (old.type, str(old)) == (None, "2026-11-21 6f1e Task timed out after 3.00 seconds")


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"oops", "oops"),
        (b"", "(no message)"),
        (b'{"a": 1}', '{"a": 1}'),
        (b"\xff", "\ufffd"),
        (b"[" * 100_000, "[" * 100_000),
    ],
)
def test_odd_errors_are_told_as_they_are(payload: bytes, message: str) -> None:
    found = function_error("Unhandled", payload)
    assert (found.type, found.message, found.trace) == (None, message, ())


def test_causes_without_end_are_cut() -> None:
    error: dict[str, Any] = {"errorMessage": "root"}
    for _ in range(200):
        error = {"errorMessage": "sold out", "errorType": "E", "cause": error}
    assert 2 < len(function_error("Unhandled", json.dumps(error).encode()).trace) < 50


def test_a_code_of_the_stream_names_an_error_without_a_type() -> None:
    assert str(function_error("Runtime.StreamError", b"broken")) == "Runtime.StreamError: broken"
