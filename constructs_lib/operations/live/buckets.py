"""Buckets: whom they notify, and their policies."""

import json
from collections.abc import Collection, Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item

_BUCKET: Final = "AWS::S3::Bucket"
_SENDERS: Final = ("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping")


def read_buckets(calls: Calls) -> Iterator[Item]:
    """Yield the buckets of the region."""
    yield from calls.each(lambda name: _bucket(calls, name), list_buckets(calls))


def list_buckets(calls: Calls) -> list[str]:
    """Return the names of the buckets of the region.

    Raises
    ------
    OperationError
        When AWS refuses it.
    """
    region = calls.account.region
    found = calls.pages("s3.list_buckets", "Buckets", "list the buckets", BucketRegion=region)
    return [one["Name"] for one in found if one.get("BucketRegion", region) == region]


def read_bucket_policies(calls: Calls, items: Collection[Item]) -> Iterator[Item]:
    """Yield the policies of the buckets to which failed events go: of others, nobody asks.

    Parameters
    ----------
    calls
        The calls to the account and region.
    items
        What was read of it.
    """
    settings = (item.properties.get("DestinationConfig") or {} for item in items if item.type in _SENDERS)
    named = {(one.get("OnFailure") or {}).get("Destination") for one in settings}
    for item in items:
        if item.type != _BUCKET or item.arn not in named:
            continue
        what = f"read the policy of the bucket {item.name}"
        policy = calls.maybe("s3.get_bucket_policy", what, Bucket=item.name)
        if policy is None or policy.get("Policy"):
            document = UNREAD if policy is None else json.loads(policy["Policy"])
            properties = {"Bucket": item.arn, "PolicyDocument": document}
            yield Item("policy of bucket", item.name, "AWS::S3::BucketPolicy", properties)


def _bucket(calls: Calls, name: str) -> Item:
    arn = f"arn:{calls.account.partition}:s3:::{name}"
    what = f"read the notifications of the bucket {name}"
    answer = calls.maybe("s3.get_bucket_notification_configuration", what, Bucket=name)
    notified = {"LambdaConfigurations": [{"Function": UNREAD}]} if answer is None else _notifications(answer)
    properties = {"BucketName": name, "NotificationConfiguration": notified}
    return Item("bucket", name, _BUCKET, properties, arn)


def _notifications(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "LambdaConfigurations": [
            {"Function": one["LambdaFunctionArn"], "Events": one.get("Events"), "Filter": one.get("Filter")}
            for one in answer.get("LambdaFunctionConfigurations", ())
        ],
        "EventBridgeConfiguration": {"EventBridgeEnabled": True} if "EventBridgeConfiguration" in answer else None,
    }
