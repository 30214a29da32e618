"""Invokes a function and passes on its response while it comes, which can be 200 MB."""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.invocation.answer import Answer
from constructs_lib.operations.invocation.call import decoded_log
from constructs_lib.operations.invocation.function_error import function_error
from constructs_lib.operations.invocation.refused import refused
from constructs_lib.operations.invocation.report_line import report_of
from constructs_lib.operations.invocation.request import InvocationType, checked_request
from constructs_lib.operations.invocation.target import Target, target_of
from constructs_lib.operations.invocation.waiting import patient_client


class IncompleteError(OperationError):
    """The response broke off.

    Parameters
    ----------
    message
        The message.
    size
        How many bytes were passed on before.
    """

    def __init__(self, message: str, size: int) -> None:
        super().__init__(message)
        self.size = size


def stream(
    account: Account,
    function: str,
    payload: bytes | str | None = None,
    *,
    into: Callable[[bytes], object],
    qualifier: str | None = None,
    client_context: bytes | str | None = None,
    tenant_id: str | None = None,
) -> Answer:
    """Invoke a function synchronously, and pass on its response chunk by chunk.

    Functions that do not stream answer in one chunk. Source: API model, ``lambda.InvokeWithResponseStream``.

    Parameters
    ----------
    account, function, payload, qualifier, client_context, tenant_id
        As for ``constructs_lib.operations.invocation.call.invoke``.
    into
        Called with each chunk.

    Returns
    -------
    Answer
        Without a payload. It has an ``error`` if the function failed; it can fail after some chunks, and what was
        passed on is then a part of the response.

    Raises
    ------
    IncompleteError
        When the response breaks off.
    OperationError
        When the parameters are wrong (``code`` is then ``Exit.USAGE``), Lambda refuses the call, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    target = target_of(function, qualifier, account.region)
    request = checked_request(target, InvocationType.REQUEST_RESPONSE, payload, client_context, tenant_id)
    try:
        response = patient_client(account, target).invoke_with_response_stream(**request.arguments())
    except (ClientError, BotoCoreError) as error:
        raise refused(error, target) from error
    with closing(response["EventStream"]) as events:
        passed = _pass_on(events, into, target)
    log = decoded_log(passed.end.get("LogResult"))
    code, details = passed.end.get("ErrorCode"), passed.end.get("ErrorDetails") or ""
    return Answer(
        target=target,
        type=request.type,
        status=response["StatusCode"],
        executed_version=response.get("ExecutedVersion"),
        payload_size=passed.size,
        error=function_error(code, details.encode()) if code else None,
        log=log,
        report=report_of(log) if log else None,
        request_id=response.get("ResponseMetadata", {}).get("RequestId"),
    )


@dataclass(frozen=True, slots=True)
class _Passed:
    size: int
    end: dict[str, Any]
    """The event that ends the stream; an error after the first chunk is in it, as the status was 200 by then."""


def _pass_on(events: Iterable[dict[str, Any]], into: Callable[[bytes], object], target: Target) -> _Passed:
    from botocore.eventstream import ParserError
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    size = 0
    coming = iter(events)
    while True:
        try:
            event = next(coming, None)
        except (ClientError, BotoCoreError, HTTPError, ParserError) as error:
            raise _incomplete(target, size, str(error)) from error
        if event is None:
            raise _incomplete(target, size, "the end of the connection")
        if "InvokeComplete" in event:
            return _Passed(size, event["InvokeComplete"])
        chunk = event.get("PayloadChunk", {}).get("Payload", b"")
        into(chunk)
        size += len(chunk)


def _incomplete(target: Target, size: int, found: str) -> IncompleteError:
    return IncompleteError(
        f"cannot read the response of {target} to its end: expected more after {size:,} bytes, found {found}; this "
        "is a part of the response at most, and the function may have run: check what it did before invoking it again",
        size,
    )
