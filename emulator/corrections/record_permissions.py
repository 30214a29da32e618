"""Who reads records of Kinesis needs the permission for the stream: the iterator says which one it is.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html.
ministack asks for the permission for all streams when the request names none.
"""

import json
from typing import Any

from ministack.core import iam_actions
from ministack.services import kinesis


def apply() -> None:
    """Find the stream of the iterator."""
    extract = iam_actions.extract_resource_arn

    def of_iterator(service: str, *request: Any, **more: Any) -> Any:
        arn = extract(service, *request, **more)
        return _stream(request, more) or arn if service == "kinesis" and arn == "*" else arn

    iam_actions.extract_resource_arn = of_iterator


def _stream(request: tuple[Any, ...], more: dict[str, Any]) -> str | None:
    body = next((part for part in (*request, *more.values()) if isinstance(part, bytes) and part), b"{}")
    iterator = json.loads(body).get("ShardIterator")
    found = kinesis._shard_iterators.get(iterator)
    stream = kinesis._streams.get(found["stream"]) if found else None
    return str(stream["StreamARN"]) if stream else None
