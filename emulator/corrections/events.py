"""Rules of EventBridge and schedules invoke functions asynchronously; what they cannot deliver goes to their DLQ.

A rule needs the function's permission and the queue's (V19, Y11), a schedule those of its role (V20, Y13). A function
that is gone or not permitted is not tried again. ministack runs the function once.
"""

import contextvars
import json
import logging
from datetime import UTC, datetime
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid
from ministack.services import eventbridge, sqs

from emulator import dead_letters
from emulator.corrections.asynchronous import invoke
from emulator.permissions import function_of, role_may, service_may_invoke

_log = logging.getLogger("emulator.events")
_origin: contextvars.ContextVar[tuple[dict[str, Any], str]] = contextvars.ContextVar("origin")


def apply() -> None:
    """Replace the delivery to functions, and remember which rule and target it is for."""
    invoke_target = eventbridge._invoke_target

    def with_origin(target: dict[str, Any], event: Any, rule: dict[str, Any], *rest: Any) -> None:
        token = _origin.set((target, rule.get("Arn") or ""))
        try:
            invoke_target(target, event, rule, *rest)
        finally:
            _origin.reset(token)

    eventbridge._invoke_target = with_origin
    eventbridge._dispatch_to_lambda = _deliver


def _deliver(function: str, payload: str) -> None:
    target, source = _origin.get()
    problem = None
    if function_of(function) is None:
        problem = ("RESOURCE_NOT_FOUND", f"{function} does not exist")
    elif not _may_invoke(target, source, function):
        problem = ("NO_PERMISSIONS", f"{source} may not invoke {function}")
    if problem is None:
        invoke(function, json.loads(payload))
        return
    _log.warning("%s", problem[1])
    if queue := (target.get("DeadLetterConfig") or {}).get("Arn"):
        _to_dead_letter_queue(queue, target, source, payload, *problem)


def _may_invoke(target: dict[str, Any], source: str, function: str) -> bool:
    if _is_schedule(source):
        return role_may(target["RoleArn"], "lambda:InvokeFunction", function)
    return service_may_invoke(function, "events.amazonaws.com", source)


def _to_dead_letter_queue(
    queue: str, target: dict[str, Any], source: str, payload: str, code: str, message: str
) -> None:
    values = {"ERROR_CODE": code, "ERROR_MESSAGE": message, "TARGET_ARN": target["Arn"]}
    if _is_schedule(source):
        allowed = role_may(target["RoleArn"], "sqs:SendMessage", queue)
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"  # the emulator fires within seconds of the scheduled time
        values |= {"SCHEDULE_ARN": source, "SCHEDULED_TIME": now}
        values |= {"EXECUTION_ID": new_uuid(), "IS_PAYLOAD_TRUNCATED": "false"}
    else:
        allowed = sqs.queue_policy_allows(queue, "events.amazonaws.com", source, parse_arn(source).account_id)
        values["RULE_ARN"] = source
    if allowed:
        dead_letters.send(queue, payload, values)
    else:
        _log.warning("%s may not be sent what %s failed to deliver: it is lost", queue, source)


def _is_schedule(source: str) -> bool:
    return source.startswith("arn:aws:scheduler:")
