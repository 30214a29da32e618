"""The dead-letter queue of a function: the event as it was, and why it failed in attributes.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html (content and attributes).
"""

from typing import Final

from constructs_lib.operations.events.event import FailedEvent, Failure, Origin, Stage
from constructs_lib.operations.events.formats.found import Found, only_function

ATTRIBUTES: Final = frozenset({"RequestID", "ErrorCode", "ErrorMessage"})
_RAN: Final = "200"
"""The status of a call in which the function ran, and so itself failed; it says nothing about the error."""


def parse(found: Found) -> FailedEvent | None:
    """Parse the message; a topic as dead-letter target hands it to a queue in an envelope, or as it is."""
    if not found.attributes.keys() >= ATTRIBUTES:
        inner = found.unwrapped()
        return None if inner is None else parse(inner)
    use = found.use(Origin.FUNCTION_DLQ)
    code = found.attributes["ErrorCode"]
    return FailedEvent(
        stored=found.stored,
        origin=Origin.FUNCTION_DLQ,
        stage=Stage.EXECUTION,
        function=only_function(use) or (use.owner if use else None),
        failure=Failure(found.attributes["ErrorMessage"], None if code == _RAN else code),
        request=found.attributes["RequestID"],
        last=found.stored.stored_at,
        payload=found.body,
        payload_text=None if found.why_no_json else found.text,
        why_raw=found.why_no_json and f"the body is no JSON: {found.why_no_json}",
    )
