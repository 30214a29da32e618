import json
from typing import Any

import pytest

from constructs_lib.operations.invocation.report_line import Report, report_of
from tests.operations.invocation.wire import LOG, REPORT

METRICS = {"durationMs": 12.34, "billedDurationMs": 13, "memorySizeMB": 128, "maxMemoryUsedMB": 41}


def _json(**record: Any) -> str:
    event = {"time": "2026-11-21T15:00:00.000Z", "type": "platform.report", "record": {"requestId": "6f1e", **record}}
    return json.dumps(event, separators=(",", ":")) + "\n"


def _measured(**more: Any) -> Report:
    usual = {"duration_ms": 12.34, "billed_duration_ms": 13, "memory_size_mb": 128, "max_memory_used_mb": 41}
    return Report(**{**usual, **more})


def test_the_line_of_the_text_format() -> None:
    assert report_of(LOG) == _measured(init_duration_ms=120.5)


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("", {}),
        (
            "Restore Duration: 398.97 ms\tBilled Restore Duration: 182 ms\t",
            {"restore_duration_ms": 398.97, "billed_restore_duration_ms": 182},
        ),
        ("Status: timeout", {"status": "timeout"}),
        ("Status: error\tError Type: Runtime.ExitError", {"status": "error", "error_type": "Runtime.ExitError"}),
        ("\nXRAY TraceId: 1-5\tSegmentId: 07\tSampled: true\t", {}),
        ("Some Day: far off\t", {}),
    ],
)
def test_what_else_a_line_can_tell(line: str, more: dict[str, Any]) -> None:
    assert report_of(REPORT.removesuffix("Init Duration: 120.50 ms\t\n") + line + "\n") == _measured(**more)


@pytest.mark.parametrize(
    ("metrics", "record", "more"),
    [
        ({}, {"status": "success"}, {"status": "success"}),
        ({"initDurationMs": 397.68}, {}, {"init_duration_ms": 397.68}),
        (
            {"restoreDurationMs": 4.5, "billedRestoreDurationMs": 2},
            {},
            {"restore_duration_ms": 4.5, "billed_restore_duration_ms": 2},
        ),
        ({"inventedMs": 3}, {"status": "error", "errorType": "E"}, {"status": "error", "error_type": "E"}),
    ],
)
def test_the_record_of_the_json_format(metrics: dict[str, Any], record: dict[str, Any], more: dict[str, Any]) -> None:
    lines = '{"level":"INFO","message":"booked"}\n' + _json(metrics={**METRICS, **metrics}, **record)
    assert report_of(f'"cut off"}}\n{lines}') == _measured(**more)


def test_the_last_report_counts_as_a_function_can_print_another() -> None:
    fake = REPORT.replace("12.34", "99.99")
    assert report_of(fake + LOG) == report_of(LOG)
    assert report_of(fake + _json(metrics=METRICS)) == _measured()


@pytest.mark.parametrize(
    "log",
    [
        "",
        "booked\n",
        "no REPORT RequestId: 1\n",
        '{"type":"platform.start","record":{}}\n',
        '{"type":"platform.report","record":[]}\n',
        '{"type":"platform.report"',
        "{" * 100_000,
        "[1]\n",
    ],
)
def test_a_log_without_a_report(log: str) -> None:
    assert report_of(log) is None


def test_odd_measures_are_left_out() -> None:
    assert report_of(_json(metrics={"durationMs": "fast", "billedDurationMs": None})) == Report()
    assert (
        report_of(_json(metrics={"durationMs": 10**400, "billedDurationMs": -1, "maxMemoryUsedMB": float("nan")}))
        == Report()
    )
    assert report_of(_json(metrics=[1])) == Report()
    assert report_of(f"REPORT RequestId: 6f1e\tDuration: {'9' * 400} ms\tBilled Duration: 007 ms\n") == Report(
        billed_duration_ms=7
    )
    assert report_of("REPORT RequestId: 6f1e\tDuration: fast\n") == Report()
