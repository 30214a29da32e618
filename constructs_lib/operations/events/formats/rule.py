"""An event that a rule of EventBridge could not hand to its target.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html. The retries do not count the first
attempt; ``EXHAUSTED_RETRY_CONDITION`` is there only when the error was one that is tried again.
"""

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import FailedEvent, Failure, Origin, Stage
from constructs_lib.operations.events.formats.found import Found


def parse(found: Found) -> FailedEvent | None:
    """Parse the message."""
    rule = found.attributes.get("RULE_ARN")
    if rule is None:
        return None
    return event_of(found, Origin.RULE, rule, first_of=found.record.get("time"))


def event_of(found: Found, origin: Origin, source: str, *, first_of: object) -> FailedEvent:
    """Return a message in the normal form that has the attributes which rules and schedules have in common."""
    target = found.attributes.get("TARGET_ARN")
    retries = fields.number(found.attributes.get("RETRY_ATTEMPTS"))
    return FailedEvent(
        stored=found.stored,
        origin=origin,
        stage=Stage.DELIVERY,
        function=target if target and ":lambda:" in target and ":function:" in target else None,
        source=source,
        target=target,
        failure=Failure(
            found.attributes.get("ERROR_MESSAGE"),
            found.attributes.get("ERROR_CODE"),
            found.attributes.get("EXHAUSTED_RETRY_CONDITION"),
        ),
        attempts=None if retries is None else retries + 1,
        first=fields.time(first_of),
        last=found.stored.stored_at,
        payload=found.body,
        payload_text=None if found.why_no_json else found.text,
        why_raw=found.why_no_json and f"the body is no JSON: {found.why_no_json}",
    )
