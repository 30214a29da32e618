"""Queues and their policies."""

import json
from collections.abc import Iterator
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
    urls = calls.pages("sqs.list_queues", "QueueUrls", "list the queues", MaxResults=1000)
    for items in calls.each(lambda url: list(_queue(calls, url)), urls):
        yield from items


def _queue(calls: Calls, url: str) -> Iterator[Item]:
    account = calls.account
    name = url.rpartition("/")[2]
    what = f"read the queue {name}"
    answer = calls.maybe("sqs.get_queue_attributes", what, QueueUrl=url, AttributeNames=["All"])
    arn = f"arn:{account.partition}:sqs:{account.region}:{account.id}:{name}"
    properties: dict[str, Any] = {"QueueName": name}
    if name.endswith(".fifo"):
        properties["FifoQueue"] = True
    if answer is None:
        yield Item("queue", name, "AWS::SQS::Queue", {**properties, **OPEN}, arn)
        yield _policy(name, arn, UNREAD)
        return
    attributes = answer.get("Attributes")
    if not attributes:
        return  # deleted since it was listed
    properties |= taken(attributes, *_SAME)
    properties |= {key: json.loads(attributes[key]) for key in _DOCUMENTS if attributes.get(key)}
    yield Item("queue", name, "AWS::SQS::Queue", properties, attributes["QueueArn"])
    if attributes.get("Policy"):
        yield _policy(name, attributes["QueueArn"], json.loads(attributes["Policy"]))


def _policy(name: str, arn: str, document: dict[str, Any]) -> Item:
    return Item("policy of queue", name, "AWS::SQS::QueuePolicy", {"Queues": [arn], "PolicyDocument": document})
