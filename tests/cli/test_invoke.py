import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import ProtocolError

from constructs_lib.cli import main
from tests.operations.invocation.wire import LOG, REPORT, Wire, answer, events, failure, in_base64, refusal, success

ERROR = {
    "errorMessage": "sold out",
    "errorType": "StockError",
    "stackTrace": ['  File "index.py", line 4, in handler\n'],
}

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire()
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setattr("constructs_lib.cli.invoking.account_of", lambda options: made.account)
    return made


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    return lambda content: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_the_response_alone_goes_to_standard_output(wire: Wire, capsys: Captured) -> None:
    wire.answers = [success({"booked": True})]
    assert main(["invoke", "orders", '{"id": 7}']) == 0
    said = capsys.readouterr()
    assert said.out == '{"booked": true}'
    assert said.err.splitlines() == [
        "status:            200, the function answered",
        "executed version:  7",
        "duration:          12.34 ms, billed 13 ms, init 120.5 ms",
        "memory:            41 of 128 MB",
        "request:           6f1e",
    ]


def test_a_function_error_exits_with_1_although_the_call_was_answered(wire: Wire, capsys: Captured) -> None:
    wire.answers = [failure(ERROR)]
    assert main(["invoke", "orders"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == ERROR
    assert said.err.startswith("status:            200, the function failed\n")
    assert said.err.endswith('function error:    StockError: sold out\n    File "index.py", line 4, in handler\n')


def test_why_a_function_ended_is_told(wire: Wire, capsys: Captured) -> None:
    log = REPORT.removesuffix("\n") + "Status: error\tError Type: Runtime.ExitError\n"
    wire.answers = [failure({"errorType": "Runtime.ExitError", "errorMessage": "exit status 1"}, log=log)]
    assert main(["invoke", "orders"]) == 1
    assert "ended with:        error Runtime.ExitError\n" in capsys.readouterr().err


def test_the_end_of_the_log(wire: Wire, capsys: Captured) -> None:
    wire.answers = [success(None), success(None)]
    assert main(["invoke", "orders", "--tail"]) == 0
    said = capsys.readouterr()
    assert said.out == "null"
    assert said.err.startswith(f"{LOG}\nstatus:")
    assert main(["invoke", "orders"]) == 0
    assert "START" not in capsys.readouterr().err


def test_a_log_without_a_report_has_no_durations(wire: Wire, capsys: Captured) -> None:
    wire.answers = [success(None, log="booked\n")]
    assert main(["invoke", "orders"]) == 0
    assert "duration:          unknown" in capsys.readouterr().err


def test_control_characters_do_not_reach_a_terminal(
    wire: Wire, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "\x1b[2J"
    wire.answers = [failure({"errorMessage": evil, "errorType": evil, "stackTrace": [evil]}, log=evil)]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["invoke", "orders", "--tail"]) == 1
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert said.err.count("\ufffd[2J") == 4


def test_a_terminal_gets_text_with_an_end(wire: Wire, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    text = "naïve\x1b".encode()
    wire.answers = [success(text), success(b"end\n"), answer(202), events(text[:3], text[3:])]
    for arguments, shown in [([], "naïve\ufffd\n"), ([], "end\n"), (["--async"], ""), (["--stream"], "naïve\ufffd\n")]:
        assert main(["invoke", "orders", *arguments]) == 0
        assert capsys.readouterr().out == shown


def test_what_is_no_text_is_piped_as_it_is(wire: Wire, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    wire.answers = [success(b"\xff\x00\x1b\n")]
    assert main(["invoke", "orders"]) == 0
    assert capfdbinary.readouterr().out == b"\xff\x00\x1b\n"


@pytest.mark.parametrize(
    ("option", "status", "header", "outcome"),
    [
        ("--async", 202, b"Event", "the event is queued"),
        ("--dry-run", 204, b"DryRun", "the function may be invoked, and was not"),
    ],
)
def test_without_waiting(wire: Wire, capsys: Captured, option: str, status: int, header: bytes, outcome: str) -> None:
    wire.answers = [answer(status)]
    assert main(["invoke", "orders", "{}", option]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"status:            {status}, {outcome}\nrequest:           6f1e\n"
    assert wire.calls[0].headers["X-Amz-Invocation-Type"] == header


def test_the_payload_can_come_from_a_file(wire: Wire, tmp_path: Path) -> None:
    (file := tmp_path / "order.json").write_bytes(b'{"id": 7}\n')
    wire.answers = [success(None)]
    assert main(["invoke", "orders", "--payload-file", str(file)]) == 0
    assert wire.calls[0].body == b'{"id": 7}\n'


def test_the_payload_can_come_from_standard_input(wire: Wire, type_in: Callable[[bytes], None]) -> None:
    type_in('{"name": "é"}'.encode())
    wire.answers = [success(None), success(None)]
    assert main(["invoke", "orders", "-"]) == 0
    assert main(["invoke", "orders"]) == 0
    assert [call.body for call in wire.calls] == ['{"name": "é"}'.encode(), None]


def test_who_and_what_else_is_sent(wire: Wire) -> None:
    wire.answers = [success(None)]
    assert main(["invoke", "orders", "--qualifier", "live", "--tenant-id", "blue", "--client-context", "{}"]) == 0
    assert "Qualifier=live" in wire.calls[0].url
    assert {"X-Amz-Tenant-Id", "X-Amz-Client-Context"} <= set(wire.calls[0].headers)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{a: 1}"], "expected JSON as PAYLOAD, found an error in line 1, column 2"),
        (["order.json"], "; a file is given with --payload-file FILE"),
        (["\udcff"], "expected JSON as PAYLOAD, found no UTF-8 at byte 1"),
        (["{}", "--payload-file", "order.json"], "expected one payload, found PAYLOAD and --payload-file"),
        (["--payload-file", "missing.json"], "missing.json: expected a file that can be used"),
        (["--async", "--tail"], "expected no --tail with --async"),
        (["--dry-run", "--output", "file"], "expected no --output with --dry-run"),
        (["--async", "--client-context", "{}"], "expected no client context for an asynchronous invocation"),
        (["--qualifier", "a b"], "expected a version, an alias or $LATEST"),
        (["--output", "missing/file"], "missing/file: expected a file that can be used"),
    ],
)
def test_what_is_called_wrongly_is_not_sent(
    wire: Wire, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["invoke", "orders", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not wire.calls
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("second", ["--dry-run", "--stream"])
def test_there_is_one_way_to_invoke(second: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["invoke", "orders", "--async", second])
    assert ended.value.code == 2
    assert "not allowed with argument --async" in capsys.readouterr().err


def test_a_closed_standard_input(wire: Wire, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["invoke", "orders", "-"]) == 2
    assert "found a closed one; use --payload-file" in capsys.readouterr().err


def test_what_lambda_refuses_exits_with_3(wire: Wire, capsys: Captured) -> None:
    wire.answers = [refusal(404, "ResourceNotFoundException", "Function not found: orders")]
    assert main(["invoke", "orders"]) == 3
    assert capsys.readouterr().err.startswith("lambda-invocations: cannot invoke orders: expected an answer, found Res")


@pytest.mark.parametrize("option", ["--tail", "--stream"])
def test_a_file_gets_the_response(wire: Wire, capsys: Captured, tmp_path: Path, option: str) -> None:
    (file := tmp_path / "response").write_text("what was there before, which is longer")
    wire.answers = [
        events(b"Once ", b"upon", LogResult=in_base64(LOG)) if option == "--stream" else success(b"Once upon")
    ]
    assert main(["invoke", "tales", option, "--output", str(file)]) == 0
    assert file.read_bytes() == b"Once upon"
    said = capsys.readouterr()
    assert said.out == ""
    assert f"response:          9 bytes in {file}\n" in said.err
    assert "billed 13 ms" in said.err


@pytest.mark.parametrize("option", ["--tail", "--stream"])
def test_a_file_is_left_as_it_was_if_there_is_no_response(wire: Wire, tmp_path: Path, option: str) -> None:
    (old := tmp_path / "old").write_text("before")
    new = tmp_path / "new"
    wire.answers = [refusal(404, "ResourceNotFoundException") for _ in range(2)]
    for file in (old, new):
        assert main(["invoke", "tales", option, "--output", str(file)]) == 3
    assert old.read_text() == "before"
    assert not new.exists()


def test_an_empty_response_empties_the_file(wire: Wire, tmp_path: Path) -> None:
    (file := tmp_path / "response").write_text("before")
    wire.answers = [events()]
    assert main(["invoke", "tales", "--stream", "--output", str(file)]) == 0
    assert file.read_text() == ""


def test_an_error_in_the_middle_of_a_stream_says_that_the_file_has_a_part(
    wire: Wire, capsys: Captured, tmp_path: Path
) -> None:
    wire.answers = [events(b"Once", ErrorCode="Unhandled", ErrorDetails=json.dumps(ERROR), LogResult=in_base64(LOG))]
    assert main(["invoke", "tales", "--stream", "--output", str(file := tmp_path / "tale")]) == 1
    said = capsys.readouterr().err
    assert "function error:    StockError: sold out\n" in said
    assert f"response:          4 bytes in {file}\n" in said
    assert said.endswith("what came before is a part of the response.\n")
    assert file.read_bytes() == b"Once"


def test_a_stream_that_breaks_off_exits_with_3_and_says_where_the_part_is(
    wire: Wire, capsys: Captured, tmp_path: Path
) -> None:
    wire.answers = [events(b"Once", broken=ProtocolError("gone"))]
    assert main(["invoke", "tales", "--stream", "--output", str(file := tmp_path / "tale")]) == 3
    said = capsys.readouterr().err
    assert "expected more after 4 bytes, found gone" in said
    assert said.endswith(f". {file} has what came\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_with_what_it_means(wire: Wire, capsys: Captured) -> None:
    wire.answers = [success("booked")]
    assert main(["invoke", "orders", "--output", "/dev/full"]) == 2
    assert "found no space left on device; the function has run" in capsys.readouterr().err


def test_who_stops_waiting_is_told_what_it_means(
    wire: Wire, capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def wait(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("constructs_lib.cli.invoking.invoke", wait)
    assert main(["invoke", "orders"]) == 130
    assert "stopped; the function may have run, or still run" in capsys.readouterr().err
    assert main(["invoke", "orders", "--output", str(file := tmp_path / "response")]) == 130
    assert f"; {file} has a part of its response, or none" in capsys.readouterr().err


def _json(capsys: Captured) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    return found


def test_all_of_it_as_json(wire: Wire, capsys: Captured) -> None:
    wire.answers = [failure(ERROR), success({"booked": True})]
    assert main(["invoke", "orders:live", "--json", "--tail"]) == 1
    found = _json(capsys)
    assert found["response"] == ERROR
    assert found["error"] == {
        "kind": "Unhandled",
        "type": "StockError",
        "message": "sold out",
        "trace": ['  File "index.py", line 4, in handler'],
    }
    assert found["log"] == LOG
    assert main(["invoke", "orders:live", "--json"]) == 0
    assert _json(capsys) == {
        "function": "orders",
        "qualifier": "live",
        "invocation_type": "RequestResponse",
        "status": 200,
        "executed_version": "7",
        "request_id": "6f1e",
        "durable_execution_arn": None,
        "error": None,
        "report": {
            "duration_ms": 12.34,
            "billed_duration_ms": 13.0,
            "memory_size_mb": 128.0,
            "max_memory_used_mb": 41.0,
            "init_duration_ms": 120.5,
            "restore_duration_ms": None,
            "billed_restore_duration_ms": None,
            "status": None,
            "error_type": None,
        },
        "response_bytes": 16,
        "response_is_part": False,
        "response": {"booked": True},
    }


@pytest.mark.parametrize(
    ("payload", "key", "value"),
    [
        (b"null", "response", None),
        (b"<p>", "response_text", "<p>"),
        (b"[NaN]", "response_text", "[NaN]"),
        (b"1e999", "response_text", "1e999"),
        (b"\xff", "response_base64", "/w=="),
    ],
)
def test_a_response_in_json_is_what_it_is(
    wire: Wire, capsys: Captured, payload: bytes, key: str, value: object
) -> None:
    wire.answers = [success(payload), events(payload)]
    for option in ("--tail", "--stream"):
        assert main(["invoke", "orders", "--json", option]) == 0
        found = _json(capsys)
        assert {name: found[name] for name in found if name in ("response", "response_text", "response_base64")} == {
            key: value
        }


def test_json_names_the_file_instead_of_the_response(wire: Wire, capsys: Captured, tmp_path: Path) -> None:
    wire.answers = [events(b"Once", ErrorCode="Unhandled", ErrorDetails="no end")]
    assert main(["invoke", "tales", "--json", "--stream", "--output", str(file := tmp_path / "tale")]) == 1
    found = _json(capsys)
    assert (found["output"], found["response_bytes"], found["response_is_part"]) == (str(file), 4, True)
    assert found["error"]["message"] == "no end"
    assert "response" not in found


def test_a_durable_execution_is_named(wire: Wire, capsys: Captured) -> None:
    wire.answers = [answer(202, Durable_Execution_Arn="arn:aws:lambda:eu-west-1:1:function:f:1/durable-execution/a/b")]
    assert main(["invoke", "orders:1", "--async"]) == 0
    assert (
        "durable execution: arn:aws:lambda:eu-west-1:1:function:f:1/durable-execution/a/b\n" in capsys.readouterr().err
    )


@pytest.mark.parametrize("order", [("--tail", '{"id": 7}'), ('{"id": 7}', "--tail"), ("--qualifier", "7", '{"id": 7}')])
def test_options_may_stand_anywhere(wire: Wire, capsys: Captured, order: tuple[str, ...]) -> None:
    wire.answers = [success({"booked": True})]
    assert main(["invoke", "orders", *order]) == 0
    assert wire.calls[0].body == b'{"id": 7}'


def test_more_than_one_payload_is_refused(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["invoke", "orders", "{}", "{}"])
    assert ended.value.code == 2
    assert "unrecognized arguments: {}" in capsys.readouterr().err
