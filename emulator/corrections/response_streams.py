"""The event that ends a streamed response has the error, if there is one, and the log (S1).

ministack sends the error as a part of the response, under names that SDKs do not know, and leaves out the log and the
executed version.
"""

import json
from typing import Any

from ministack.services import lambda_svc

_EVENT = {":message-type": "event", ":event-type": "PayloadChunk", ":content-type": "application/octet-stream"}
_END = {":message-type": "event", ":event-type": "InvokeComplete", ":content-type": "application/json"}


def apply() -> None:
    """Replace what answers ``InvokeWithResponseStream``."""
    lambda_svc._invoke_with_response_stream = _stream


async def _stream(*arguments: Any, **more: Any) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = await lambda_svc._invoke(*arguments, **more)
    if status != 200:
        return status, headers, body
    end = {"LogResult": headers["X-Amz-Log-Result"]} if "X-Amz-Log-Result" in headers else {}
    stream = b""
    if kind := headers.get("X-Amz-Function-Error"):
        end |= {"ErrorCode": kind, "ErrorDetails": body.decode()}
    elif body:
        stream = lambda_svc._es_encode_message(_EVENT, body)
    stream += lambda_svc._es_encode_message(_END, json.dumps(end).encode())
    answered = {
        "Content-Type": "application/vnd.amazon.eventstream",
        "X-Amz-Executed-Version": headers["X-Amz-Executed-Version"],
    }
    return status, answered, stream
