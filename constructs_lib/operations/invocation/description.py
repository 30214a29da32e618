"""Tells what came of an invocation: in lines for people, and as JSON."""

import base64
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from constructs_lib.operations.invocation.answer import Answer
from constructs_lib.operations.invocation.json_text import read_json
from constructs_lib.operations.invocation.report_line import Report
from constructs_lib.operations.invocation.request import InvocationType

_WIDTH: Final = 18


def describe(answer: Answer) -> Iterator[str]:
    """Yield lines that tell what came of an invocation, all but what the function returned and its log.

    Parameters
    ----------
    answer
        The answer. What the function says in it comes from anywhere: clean it for terminals.
    """
    yield _line("status", f"{answer.status}, {_outcome(answer)}")
    if answer.executed_version is not None:
        yield _line("executed version", answer.executed_version)
    if answer.report is not None:
        yield from _measures(answer.report)
    elif answer.type is InvocationType.REQUEST_RESPONSE:
        yield _line("duration", "unknown, as the end of the log has no report")
    if answer.request_id is not None:
        yield _line("request", answer.request_id)
    if answer.durable_execution_arn is not None:
        yield _line("durable execution", answer.durable_execution_arn)
    if answer.error is not None:
        yield _line("function error", str(answer.error))
        for line in answer.error.trace:
            yield f"  {line}"


def as_json(answer: Answer, *, log: bool) -> dict[str, Any]:
    """Return what came of an invocation, for ``json.dumps``.

    Parameters
    ----------
    answer
        The answer.
    log
        Whether the end of the log is part of it.
    """
    return {
        "function": answer.target.function,
        "qualifier": answer.target.qualifier,
        "invocation_type": str(answer.type),
        "status": answer.status,
        "executed_version": answer.executed_version,
        "request_id": answer.request_id,
        "durable_execution_arn": answer.durable_execution_arn,
        "error": asdict(answer.error) if answer.error else None,
        "report": asdict(answer.report) if answer.report else None,
        **({"log": answer.log} if log else {}),
    }


def response_as_json(payload: bytes) -> dict[str, Any]:
    """Return what a function returned, for ``json.dumps``.

    Parameters
    ----------
    payload
        It is ``response`` if it is JSON, else ``response_text`` if it is text in UTF-8, else ``response_base64``;
        nothing if it is empty.
    """
    if not payload:
        return {}
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return {"response_base64": base64.b64encode(payload).decode()}
    try:
        return {"response": read_json(text)}
    except (ValueError, RecursionError):
        return {"response_text": text}


def _outcome(answer: Answer) -> str:
    if answer.type is InvocationType.EVENT:
        return "the event is queued"
    if answer.type is InvocationType.DRY_RUN:
        return "the function may be invoked, and was not"
    return "the function failed" if answer.error else "the function answered"


def _measures(report: Report) -> Iterator[str]:
    durations = {
        "": report.duration_ms,
        "billed ": report.billed_duration_ms,
        "init ": report.init_duration_ms,
        "restore ": report.restore_duration_ms,
        "billed restore ": report.billed_restore_duration_ms,
    }
    known = [f"{name}{_number(value)} ms" for name, value in durations.items() if value is not None]
    if known:
        yield _line("duration", ", ".join(known))
    used, size = report.max_memory_used_mb, report.memory_size_mb
    if used is not None and size is not None:
        yield _line("memory", f"{_number(used)} of {_number(size)} MB")
    if report.status not in (None, "success"):
        yield _line("ended with", " ".join(filter(None, (report.status, report.error_type))))


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _line(name: str, value: str) -> str:
    return f"{name + ':':<{_WIDTH}} {value}"
