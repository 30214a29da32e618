"""Buckets: whom they notify, and their policies."""

import json
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item

_BUCKET: Final = "AWS::S3::Bucket"


def read_buckets(calls: Calls) -> Iterator[Item]:
    """Yield the buckets of the region, with the policy of each."""
    region = calls.account.region
    found = calls.pages("s3.list_buckets", "Buckets", "list the buckets", BucketRegion=region)
    names = [one["Name"] for one in found if one.get("BucketRegion", region) == region]
    for items in calls.each(lambda name: list(_bucket(calls, name)), names):
        yield from items


def _bucket(calls: Calls, name: str) -> Iterator[Item]:
    arn = f"arn:{calls.account.partition}:s3:::{name}"
    what = f"read the notifications of the bucket {name}"
    answer = calls.maybe("s3.get_bucket_notification_configuration", what, Bucket=name)
    notified = {"LambdaConfigurations": [{"Function": UNREAD}]} if answer is None else _notifications(answer)
    properties = {"BucketName": name, "NotificationConfiguration": notified}
    yield Item("bucket", name, _BUCKET, properties, arn)
    policy = calls.maybe("s3.get_bucket_policy", f"read the policy of the bucket {name}", Bucket=name)
    if policy is None or policy.get("Policy"):
        document = UNREAD if policy is None else json.loads(policy["Policy"])
        properties = {"Bucket": arn, "PolicyDocument": document}
        yield Item("policy of bucket", name, "AWS::S3::BucketPolicy", properties)


def _notifications(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "LambdaConfigurations": [
            {"Function": one["LambdaFunctionArn"], "Events": one.get("Events"), "Filter": one.get("Filter")}
            for one in answer.get("LambdaFunctionConfigurations", ())
        ],
        "EventBridgeConfiguration": {"EventBridgeEnabled": True} if "EventBridgeConfiguration" in answer else None,
    }
