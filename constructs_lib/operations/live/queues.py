"""Queues and their policies."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import OPEN, UNREAD, Item, taken

_SAME: Final = (
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsMasterKeyId",
    "MessageRetentionPeriod",
    "VisibilityTimeout",
)
_DOCUMENTS: Final = ("RedrivePolicy", "RedriveAllowPolicy")


def read_queues(calls: Calls) -> Iterator[Item]:
    """Yield the queues of the region, with the policy of each."""
    for items in calls.each(lambda url: list(_queue(calls, url)), list_queues(calls)):
        yield from items


def list_queues(calls: Calls) -> list[str]:
    """Return the URLs of the queues of the region.

    Raises
    ------
    OperationError
        When AWS refuses it.
    """
    return calls.pages("sqs.list_queues", "QueueUrls", "list the queues", MaxResults=1000)


def queue_of(calls: Calls, url: str) -> Item:
    """Return what the URL of a queue of the account tells about it."""
    account = calls.account
    name = url.rpartition("/")[2]
    arn = f"arn:{account.partition}:sqs:{account.region}:{account.id}:{name}"
    properties = {"QueueName": name} | ({"FifoQueue": True} if name.endswith(".fifo") else {})
    return Item("queue", name, "AWS::SQS::Queue", properties, arn)


def _queue(calls: Calls, url: str) -> Iterator[Item]:
    named = queue_of(calls, url)
    name = named.name
    what = f"read the queue {name}"
    answer = calls.maybe("sqs.get_queue_attributes", what, QueueUrl=url, AttributeNames=["All"])
    if answer is None:
        yield replace(named, properties={**named.properties, **OPEN})
        yield _policy(name, str(named.arn), UNREAD)
        return
    attributes = answer.get("Attributes")
    if not attributes:
        return  # deleted since it was listed
    properties = named.properties | taken(attributes, *_SAME)
    properties |= {key: json.loads(attributes[key]) for key in _DOCUMENTS if attributes.get(key)}
    yield replace(named, properties=properties, arn=attributes["QueueArn"])
    if attributes.get("Policy"):
        yield _policy(name, attributes["QueueArn"], json.loads(attributes["Policy"]))


def _policy(name: str, arn: str, document: dict[str, Any]) -> Item:
    return Item("policy of queue", name, "AWS::SQS::QueuePolicy", {"Queues": [arn], "PolicyDocument": document})
