"""The command ``lambda-invocations invoke`` with a function that runs.

The emulator streams nothing of a response before the whole is there: the unit tests hold what happens in its middle.
"""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main
from scripts.local.emulator import environment
from tests.e2e.clients import Clients, wait_until

pytestmark = pytest.mark.e2e

_HANDLER = """
import json, os

def handler(event, context):
    print("order", json.dumps(event))
    if "note" in event:
        with open(event["note"], "a") as notes:
            notes.write(context.invoked_function_arn + "\\n")
    if "fail" in event:
        raise ValueError(event["fail"])
    return "x" * event["size"] if "size" in event else {"seen": event}
"""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}

_MEASURED = re.compile(
    r"^duration:          [\d,.]+ ms, billed [\d,]+ ms(?:, init [\d,.]+ ms)?\n"
    r"memory:            \d+ of 128 MB\n"
    r"request:           [0-9a-f-]{36}\n",
    re.MULTILINE,
)
_TRACE = re.compile(
    r"^function error:    ValueError: sold out\n"
    r'    File "\S+/index\.py", line \d+, in handler\n'
    r'      raise ValueError\(event\["fail"\]\)\n',
    re.MULTILINE,
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def function(clients: Clients) -> Iterator[str]:
    name = f"orders-{uuid.uuid4().hex[:8]}"
    role = clients["iam"].create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("index.py", _HANDLER)
    clients["lambda"].create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": archive.getvalue()},
        Timeout=10,
        Publish=True,
    )
    clients["lambda"].create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    yield name
    clients["lambda"].delete_function(FunctionName=name)


@pytest.fixture
def run(clients: Clients, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name, value in environment(clients.url).items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = main(["invoke", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return invoke


def test_it_answers(run: Run, function: str) -> None:
    code, out, err = run(function, '{"id": 7}')
    assert (code, json.loads(out)) == (0, {"seen": {"id": 7}})
    assert "status:            200, the function answered\nexecuted version:  $LATEST\n" in err
    assert _MEASURED.search(err)


def test_a_version_answers_by_alias_and_arn(run: Run, function: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    for named in ([f"{function}:live"], [function, "--qualifier", "1"], [f"{arn}:live"], [arn, "--qualifier", "live"]):
        code, _, err = run(named[0], "{}", *named[1:])
        assert code == 0
        assert "executed version:  1\n" in err


def test_it_fails_with_its_log(run: Run, function: str) -> None:
    code, out, err = run(function, '{"fail": "sold out"}', "--tail")
    assert (code, json.loads(out)["errorType"]) == (1, "ValueError")
    start, text, *_ = err.splitlines()
    assert (start[:17], text) == ("START RequestId: ", 'order {"fail": "sold out"}')
    assert _MEASURED.search(err)
    assert _TRACE.search(err)


def test_a_stream_fails_with_its_log(run: Run, function: str, tmp_path: Path) -> None:
    (file := tmp_path / "response").write_text("before")
    code, out, err = run(f"{function}:live", '{"fail": "sold out"}', "--stream", "--tail", "--output", str(file))
    assert (code, out) == (1, "")
    assert err.startswith("START RequestId: ")
    assert "\nstatus:            200, the function failed\nexecuted version:  1\n" in err
    assert _MEASURED.search(err)
    assert _TRACE.search(err)
    assert file.read_text() == ""


def test_an_event_is_queued_and_a_dry_run_does_nothing(run: Run, function: str, tmp_path: Path) -> None:
    (notes := tmp_path / "notes").touch()
    event = json.dumps({"note": str(notes)})
    code, out, err = run(function, event, "--dry-run")
    assert (code, out) == (0, "")
    assert err.startswith("status:            204, ")
    code, out, err = run(f"{function}:live", event, "--async")
    assert (code, out) == (0, "")
    assert err.startswith("status:            202, the event is queued\nrequest: ")
    wait_until(notes.read_text, "the event to arrive", seconds=10)
    assert [line.rsplit(":", 1)[1] for line in notes.read_text().splitlines()] == ["live"]


@pytest.mark.parametrize("option", ["--tail", "--stream"])
def test_a_large_response_goes_into_a_file(run: Run, function: str, tmp_path: Path, option: str) -> None:
    code, out, err = run(function, '{"size": 5000000}', option, "--output", str(file := tmp_path / "large.json"))
    assert (code, out) == (0, "")
    assert json.loads(file.read_bytes()) == "x" * 5_000_000
    assert f"response:          5,000,002 bytes in {file}\n" in err


def test_all_of_it_as_json(run: Run, function: str) -> None:
    code, out, err = run(function, '{"id": 7}', "--json", "--tail")
    found: dict[str, Any] = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["status"], found["response"]) == (200, {"seen": {"id": 7}})
    assert 'order {"id": 7}' in found["log"]
    assert found["report"]["billed_duration_ms"] >= found["report"]["duration_ms"] > 0


def test_what_is_not_there(run: Run, function: str) -> None:
    for name in (f"{function}-2", f"{function}:dead"):
        code, out, err = run(name, "{}")
        assert (code, out) == (3, "")
        assert f"cannot invoke {name}: expected an answer, found ResourceNotFoundException: " in err


@pytest.mark.slow_e2e
def test_a_function_without_concurrency_is_throttled(run: Run, function: str, clients: Clients) -> None:
    """The command tries five times, with pauses."""
    clients["lambda"].put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    try:
        code, out, err = run(function, "{}")
    finally:
        clients["lambda"].delete_function_concurrency(FunctionName=function)
    assert (code, out) == (3, "")
    assert "TooManyRequestsException" in err
    assert "reserved concurrency, or that is 0" in err
