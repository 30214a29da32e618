"""What Lambda measured: the last thing it writes into the log of an invocation, as a line of text or as JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What Lambda measured.

    Source: AWS Lambda Developer Guide, Telemetry API Event schema reference, ``platform.report``. Each measure is None
    if Lambda does not report it.
    """

    duration_ms: float | None = None
    billed_duration_ms: float | None = None
    memory_size_mb: float | None = None
    max_memory_used_mb: float | None = None
    init_duration_ms: float | None = None
    """Of the first invocation in an execution environment."""
    restore_duration_ms: float | None = None
    """Likewise, of a function with SnapStart."""
    billed_restore_duration_ms: float | None = None
    status: str | None = None
    """Such as ``timeout``; in text it is there after failures only."""
    error_type: str | None = None


_IN_TEXT: Final = {
    "Duration": "duration_ms",
    "Billed Duration": "billed_duration_ms",
    "Memory Size": "memory_size_mb",
    "Max Memory Used": "max_memory_used_mb",
    "Init Duration": "init_duration_ms",
    "Restore Duration": "restore_duration_ms",
    "Billed Restore Duration": "billed_restore_duration_ms",
}
_IN_JSON: Final = {
    "durationMs": "duration_ms",
    "billedDurationMs": "billed_duration_ms",
    "memorySizeMB": "memory_size_mb",
    "maxMemoryUsedMB": "max_memory_used_mb",
    "initDurationMs": "init_duration_ms",
    "restoreDurationMs": "restore_duration_ms",
    "billedRestoreDurationMs": "billed_restore_duration_ms",
}
_NUMBER: Final = re.compile(r"(\d{1,15}(?:\.\d{1,15})?) (?:ms|MB)")


def report_of(log: str) -> Report | None:
    """Return the report in the end of a log; None if there is none.

    The last one counts, as a function can print what looks like one.
    """
    for line in reversed(log.splitlines()):
        if line.startswith("REPORT RequestId: "):
            return _from_text(line)
        if line.startswith("{") and (record := _record(line)) is not None:
            return _from_record(record)
    return None


def _from_text(line: str) -> Report:
    found: dict[str, Any] = {}
    for part in line.split("\t"):
        name, _, value = part.partition(": ")
        number = _NUMBER.fullmatch(value)
        if name in _IN_TEXT and number is not None:
            found[_IN_TEXT[name]] = float(number[1]) if "." in number[1] else int(number[1])
        elif name == "Status":
            found["status"] = value
        elif name == "Error Type":
            found["error_type"] = value
    return Report(**found)


def _record(line: str) -> Mapping[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None  # the log begins anywhere, also within a line
    record = event.get("record") if event.get("type") == "platform.report" else None
    return record if isinstance(record, dict) else None


def _from_record(record: Mapping[str, Any]) -> Report:
    metrics = record.get("metrics")
    measured = metrics if isinstance(metrics, dict) else {}
    numbers = {_IN_JSON[name]: value for name, value in measured.items() if name in _IN_JSON}
    found: dict[str, Any] = {name: value for name, value in numbers.items() if _is_measure(value)}
    texts = {"status": record.get("status"), "error_type": record.get("errorType")}
    found |= {name: text for name, text in texts.items() if isinstance(text, str)}
    return Report(**found)


def _is_measure(value: object) -> bool:
    """Say whether it can be measured: a function can print what looks like a report, with any number in it."""
    return isinstance(value, int | float) and 0 <= value < 10**15
