"""Invokes functions with failed events."""

import json
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.redrive.patience import Patience
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sent import Sent

_LONGEST_ANSWER: Final = 930
"""The longest a function runs is 900 s. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""


def invoke(account: Account, function: str, payload: bytes, patience: Patience) -> Sent | Reason:
    """Invoke a function asynchronously; sent means that Lambda has queued the event."""
    client = account.client("lambda")
    answer: Any = patience.call(
        f"invoke {function}",
        lambda: client.invoke(FunctionName=function, InvocationType="Event", Payload=payload),
    )
    if isinstance(answer, Reason):
        return answer
    if answer["StatusCode"] != 202:
        return Reason(f"Lambda was to answer 202, and answered {answer['StatusCode']}", refused=True, maybe_sent=True)
    return _sent(answer)


def invoke_and_wait(
    account: Account, function: str, payload: bytes, patience: Patience, partial: bool | None
) -> Sent | Reason:
    """Invoke a function synchronously; sent means that it ended without an error, and left no record of the batch.

    Parameters
    ----------
    account
        The account to call.
    function
        The function.
    payload
        The event, with its records.
    patience
        For throttles, and calls without an answer.
    partial
        Whether the mapping reads ``batchItemFailures`` from the answer, and takes one that it cannot read for a
        failure. None when that is not known: then only an answer that names failed records means that they are left.
    """
    client = account.client("lambda", read_timeout=_LONGEST_ANSWER)
    # One that is still running is not to be joined by a second one.
    answer: Any = patience.call(
        f"invoke {function}", lambda: client.invoke(FunctionName=function, Payload=payload), twice=False
    )
    if isinstance(answer, Reason):
        return answer
    body = _parsed(answer["Payload"].read())
    if answer.get("FunctionError"):
        kind = body.get("errorType") if isinstance(body, dict) else None
        return Reason(f"the function failed again: {kind or answer['FunctionError']}", maybe_sent=True)
    # Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html.
    if partial is not False and isinstance(body, dict) and body.get("batchItemFailures"):
        return Reason("the function failed again: its answer names batchItemFailures", maybe_sent=True)
    if partial and body is not None and not isinstance(body, dict):
        return Reason(
            "the answer of the function is not as the mapping reads it, which takes that for a failure: expected "
            "nothing, or an object with batchItemFailures",
            maybe_sent=True,
        )
    return _sent(answer)


def _sent(answer: dict[str, Any]) -> Sent:
    return Sent(str(answer.get("ResponseMetadata", {}).get("RequestId", "")))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body
