"""An event that EventBridge Scheduler could not hand to its target.

The body holds the parameters of the call: of ``lambda:invoke`` these are the function and the payload. Then the
target is named by the API's ARN, ``arn:aws:scheduler:::aws-sdk:lambda:invoke``; with a function's own ARN the body is
taken as the payload itself.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html, whose sample is for SQS.
"""

from dataclasses import replace
from typing import Any

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import FailedEvent, Origin
from constructs_lib.operations.events.formats.found import Found, only_function
from constructs_lib.operations.events.formats.rule import event_of
from constructs_lib.operations.events.json_text import loads


def parse(found: Found) -> FailedEvent | None:
    """Parse the message."""
    schedule = found.attributes.get("SCHEDULE_ARN")
    if schedule is None:
        return None
    event = event_of(found, Origin.SCHEDULE, schedule, first_of=found.attributes.get("SCHEDULED_TIME"))
    if found.attributes.get("TARGET_ARN", "").endswith(":aws-sdk:lambda:invoke"):
        event = _invoked(replace(event, target=None), found, schedule)
    if found.attributes.get("IS_PAYLOAD_TRUNCATED", "").lower() == "true":
        event = replace(event, payload_text=None, why_raw="Scheduler has cut off the payload, as it is too large")
    return event


def _invoked(event: FailedEvent, found: Found, schedule: str) -> FailedEvent:
    use = found.use(Origin.SCHEDULE, lambda use: schedule in (use.owner, use.source))
    function = _arn(fields.string(found.record.get("FunctionName")), schedule) or only_function(use)
    if "FunctionName" not in found.record:
        why = event.why_raw or "the body does not hold the parameters of lambda:invoke"
        return replace(event, function=function, payload_text=None, why_raw=why)
    payload: Any = found.record.get("Payload")
    text = found.member("Payload") or "{}"  # what is not given, is an empty event
    if isinstance(payload, str):
        text = payload
        try:
            payload = loads(text)
        except ValueError as error:
            why = f"the payload is no JSON: {error}"
            return replace(event, function=function, payload_text=None, why_raw=why)
    return replace(event, function=function, payload=payload if "Payload" in found.record else {}, payload_text=text)


def _arn(function: str | None, schedule: str) -> str | None:
    """Return the ARN of a function that may be given by its name; a schedule invokes in its account and region."""
    parts = schedule.split(":")
    if function is None or function.startswith("arn:") or len(parts) < 6:
        return function
    _, partition, _, region, account, *_ = parts
    return f"arn:{partition}:lambda:{region}:{account}:function:{function}"
