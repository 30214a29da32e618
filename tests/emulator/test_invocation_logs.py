import base64
import math
import re
from typing import Any

import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e

REPORT = re.compile(
    r"REPORT RequestId: (?P<request>[0-9a-f-]{36})\tDuration: (?P<duration>\d+\.\d\d) ms\t"
    r"Billed Duration: (?P<billed>\d+) ms\tMemory Size: 256 MB\tMax Memory Used: (?P<memory>\d+) MB\t"
    r"(?:Init Duration: (?P<init>\d+\.\d\d) ms\t)?"
)


def log(bench: Bench, function: str) -> list[str]:
    """Invoke the function; return the lines of its log."""
    answer = bench.clients["lambda"].invoke(FunctionName=function, LogType="Tail")
    return base64.b64decode(answer["LogResult"]).decode().splitlines()


def report(line: str) -> dict[str, Any]:
    found = REPORT.fullmatch(line)
    assert found is not None, line
    return found.groupdict()


def test_the_log_says_what_began_and_ended_and_what_it_took(bench: Bench) -> None:
    function = bench.function("print(context.aws_request_id)", MemorySize=256)
    start, request, end, last = log(bench, function)
    measured = report(last)
    assert (start, end) == (f"START RequestId: {request} Version: $LATEST", f"END RequestId: {request}")
    assert measured["request"] == request
    assert int(measured["memory"]) > 0
    assert int(measured["billed"]) == math.ceil(round(float(measured["duration"]) + float(measured["init"]), 2))


def test_a_warm_start_has_no_init_phase(bench: Bench) -> None:
    function = bench.function("pass", MemorySize=256)
    measured = [report(log(bench, function)[-1]) for _ in range(2)]
    assert [one["init"] is None for one in measured] == [False, True]
    assert int(measured[1]["billed"]) == math.ceil(float(measured[1]["duration"]))


def test_the_duration_is_that_of_the_handler(bench: Bench) -> None:
    function = bench.function("time.sleep(event['seconds'])", MemorySize=256)
    answer = bench.clients["lambda"].invoke(FunctionName=function, LogType="Tail", Payload=b'{"seconds": 0.2}')
    last = base64.b64decode(answer["LogResult"]).decode().splitlines()[-1]
    assert float(report(last)["duration"]) >= 200


@pytest.mark.parametrize(
    ("body", "told"),
    [("raise KeyError('x')", "[ERROR] KeyError: 'x'\nTraceback (most recent"), ("os._exit(1)", "Worker process died")],
)
def test_a_failed_invocation_has_them_as_well(bench: Bench, body: str, told: str) -> None:
    start, *between, end, last = log(bench, bench.function(body, MemorySize=256))
    assert start.startswith("START ")
    assert "\n".join(between).startswith(told)
    assert end.startswith("END ")
    assert report(last)


def test_a_version_is_named(bench: Bench) -> None:
    function = bench.function("pass", MemorySize=256, Publish=True)
    assert log(bench, f"{function}:1")[0].endswith(" Version: 1")


def test_the_end_of_a_long_log_is_answered(bench: Bench) -> None:
    function = bench.function("print('x' * 10_000)", MemorySize=256)
    answer = bench.clients["lambda"].invoke(FunctionName=function, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"])
    assert len(tail) == 4096
    assert report(tail.decode().splitlines()[-1])


def test_nothing_is_answered_that_was_not_asked_for(bench: Bench) -> None:
    assert "LogResult" not in bench.clients["lambda"].invoke(FunctionName=bench.function("pass"))


def test_cloudwatch_has_the_same_lines(bench: Bench) -> None:
    function = bench.function("print('booked')", MemorySize=256)
    answered = log(bench, function)
    logs, group = bench.clients["logs"], f"/aws/lambda/{function.rsplit(':', 1)[1]}"
    kept = logs.filter_log_events(logGroupName=group)["events"]
    assert [event["message"] for event in kept] == answered
