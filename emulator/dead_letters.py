"""Sends what a source could not deliver to its dead-letter queue; the source has checked that it may."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from ministack.core.arn import parse_arn

from emulator import clients

_log = logging.getLogger("emulator.dead_letters")
_senders = ThreadPoolExecutor(2, "dead-letters")
"""A source may be served by the very thread that has to answer the call."""


def send(queue: str, body: str, attributes: Mapping[str, str] | None = None) -> None:
    """Send a message to a queue, an ARN, soon."""
    _senders.submit(_send, queue, body, attributes or {})


def _send(queue: str, body: str, attributes: Mapping[str, str]) -> None:
    try:
        arn = parse_arn(queue)
        client = clients.of_account("sqs", arn.account_id, arn.region)
        client.send_message(
            QueueUrl=f"{client.meta.endpoint_url}/{arn.account_id}/{arn.resource}",
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )
    except Exception:
        _log.exception("a message for %s is lost", queue)
