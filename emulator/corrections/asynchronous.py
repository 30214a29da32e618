"""Asynchronous invocation: attempts, waits and age (A2, A3, A5-A7, A9), and the request id that attempts share.

ministack reads the settings of the unqualified function only, lets a throttle use up an attempt, and sends a failed
event either to the DLQ or to the destination. ``failed_events`` sends it to both.
"""

import contextvars
import logging
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import lambda_svc

from emulator import failed_events
from emulator.events import MINUTE, Event, EventQueue
from emulator.functions import call
from emulator.permissions import function_of

_request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
_log = logging.getLogger("emulator.asynchronous")


def apply() -> None:
    """Replace the retry loop, and keep one request id for all attempts of an event."""
    answer, dispatch, reset = lambda_svc._invoke, lambda_svc._execute_function_dispatch, lambda_svc.reset

    async def without_version(*arguments: Any, **more: Any) -> tuple[int, dict[str, str], bytes]:
        """Answer to an event without the version that will run (I8)."""
        status, headers, body = await answer(*arguments, **more)
        if status == 202:
            headers.pop("X-Amz-Executed-Version")
        return status, headers, body

    def with_request_id(
        func: dict[str, Any], config: dict[str, Any], event: Any, request_id: str, started: float
    ) -> dict[str, Any]:
        return dict(dispatch(func, config, event, _request_id.get() or request_id, started))

    def reset_with_queue() -> None:
        queue.clear()
        reset()

    lambda_svc._invoke = without_version
    lambda_svc.invoke_async_with_retry = lambda record, event: invoke(_arn(record), event)
    lambda_svc._execute_function_dispatch = with_request_id
    lambda_svc.reset = reset_with_queue


def invoke(function: str, payload: Any) -> None:
    """Accept an event for the function, an ARN with or without qualifier."""
    context = contextvars.copy_context()
    request_id = new_uuid()
    context.run(_request_id.set, request_id)
    queue.put(Event(function, payload, request_id, context))


def _arn(record: dict[str, Any]) -> str:
    return str((record.get("config") or record)["FunctionArn"])


def _attempt(event: Event) -> None:
    try:
        _try(event)
    except Exception:
        _log.exception("event %s for %s is lost", event.request_id, event.function)


def _try(event: Event) -> None:
    base = function_of(event.function)
    if base is None:
        _log.warning("event %s is dropped: %s is gone", event.request_id, event.function)
        return
    _, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(event.function)
    settings = _settings(base, qualifier)
    retries = int(settings.get("MaximumRetryAttempts", 2))
    limit = int(settings.get("MaximumEventAgeInSeconds", 21_600))
    capture = failed_events.Capture(event, base, settings.get("DestinationConfig") or {})
    if base["concurrency"] == 0:
        capture.failed("RetriesExhausted", None)
        return
    result = call(event.function, event.payload)
    if result.get("throttle"):
        event.throttles += 1
        _again(event, min(0.02 * 2 ** min(event.throttles, 10), 0.3), 0.0, limit, capture, None)
    elif not result.get("error"):
        event.attempts += 1
        capture.succeeded(result)
    else:
        event.attempts += 1
        if event.attempts > retries:
            capture.failed("RetriesExhausted", result)
        else:
            wait = MINUTE * event.attempts
            _again(event, wait, 60.0 * event.attempts - wait, limit, capture, result)


def _again(
    event: Event, wait: float, skipped: float, limit: int, capture: failed_events.Capture, result: dict[str, Any] | None
) -> None:
    if event.age + wait + skipped >= limit:
        capture.failed("EventAgeExceeded", result)
        return
    event.skipped += skipped
    queue.put(event, wait)


def _settings(base: dict[str, Any], qualifier: str | None) -> dict[str, Any]:
    configs = base.get("event_invoke_configs") or {}
    names = [qualifier] if qualifier and qualifier != "$LATEST" else ["$LATEST", ""]
    return next((configs[name] for name in names if name in configs), {})


queue = EventQueue(_attempt)
