"""What is sent to Lambda, checked before it is sent."""

import re
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib.facts import (
    ASYNC_PAYLOAD_MAX_BYTES,
    CLIENT_CONTEXT_MAX_BYTES,
    PAYLOAD_MAX_BYTES,
    TENANT_ID_MAX,
)
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.invocation.json_text import check_json
from constructs_lib.operations.invocation.target import Target


class InvocationType(StrEnum):
    """How a function is invoked (source: API model, ``lambda.InvocationType``)."""

    REQUEST_RESPONSE = "RequestResponse"
    """Synchronously: the answer is what the function returns."""
    EVENT = "Event"
    """Asynchronously: the answer says that Lambda has queued the event."""
    DRY_RUN = "DryRun"
    """Not at all: the answer says that it would be allowed."""


@dataclass(frozen=True, slots=True)
class Request:
    """An invocation that Lambda would accept, as far as can be told without it."""

    target: Target
    type: InvocationType
    payload: bytes | None = None
    client_context: str | None = None
    """In base64."""
    tenant_id: str | None = None

    def arguments(self) -> dict[str, Any]:
        """Return the parameters of the call; the end of the log is always asked for, as it has the durations."""
        optional = {
            "Qualifier": self.target.qualifier,
            "Payload": self.payload,
            "ClientContext": self.client_context,
            "TenantId": self.tenant_id,
            "LogType": "Tail" if self.type is InvocationType.REQUEST_RESPONSE else None,
        }
        given = {name: value for name, value in optional.items() if value is not None}
        return {"FunctionName": self.target.function, "InvocationType": str(self.type), **given}


def checked_request(
    target: Target,
    type: InvocationType,
    payload: bytes | str | None,
    client_context: bytes | str | None,
    tenant_id: str | None,
) -> Request:
    """Return the request.

    Raises
    ------
    OperationError
        When the payload or the client context is no JSON or too large, the client context is for an asynchronous
        invocation, or the tenant id cannot be one.
    """
    if tenant_id is not None and not re.fullmatch(rf"[a-zA-Z0-9._:/=+@ -]{{1,{TENANT_ID_MAX}}}", tenant_id):
        raise OperationError(
            f"expected a tenant id of 1 to {TENANT_ID_MAX} letters, digits, spaces or ._:/=+-@, found '{tenant_id}'; "
            "correct it",
            Exit.USAGE,
        )
    return Request(target, type, _payload(payload, type), _client_context(client_context, type), tenant_id)


def _payload(payload: bytes | str | None, type: InvocationType) -> bytes | None:
    if payload is None:
        return None
    sent = _encoded(payload)
    asynchronous = type is InvocationType.EVENT
    limit = ASYNC_PAYLOAD_MAX_BYTES if asynchronous else PAYLOAD_MAX_BYTES
    if len(sent) > limit:
        word = "an asynchronous" if asynchronous else "a synchronous"
        raise OperationError(
            f"expected at most {limit:,} bytes ({limit >> 20} MB) as the payload of {word} invocation, "
            f"found {len(sent):,}; put the data into S3 and send where it is",
            Exit.USAGE,
        )
    check_json(sent, "the payload")
    return sent


def _client_context(context: bytes | str | None, type: InvocationType) -> str | None:
    if context is None:
        return None
    if type is InvocationType.EVENT:
        raise OperationError(
            "expected no client context for an asynchronous invocation, as Lambda does not pass it on, found one; "
            "put it into the payload",
            Exit.USAGE,
        )
    text = _encoded(context)
    check_json(text, "the client context")
    sent = b64encode(text).decode()
    if len(sent) > CLIENT_CONTEXT_MAX_BYTES:
        raise OperationError(
            f"expected at most {CLIENT_CONTEXT_MAX_BYTES:,} bytes of base64 as the client context, "
            f"found {len(sent):,}; put more into the payload",
            Exit.USAGE,
        )
    return sent


def _encoded(text: bytes | str) -> bytes:
    # An argument of a command can hold bytes that are no UTF-8; the check for JSON says so.
    return text.encode(errors="surrogatepass") if isinstance(text, str) else text
