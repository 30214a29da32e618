"""The streams and tables that mappings read, with their policies."""

import json
from collections.abc import Collection, Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item

_MAPPING: Final = "AWS::Lambda::EventSourceMapping"


def read_sources(calls: Calls, items: Collection[Item]) -> Iterator[Item]:
    """Yield the Kinesis streams, and the DynamoDB tables, that the mappings read in the account and region.

    Parameters
    ----------
    calls
        The calls to the account and region.
    items
        What was read of it.
    """
    arns = {str(item.properties.get("EventSourceArn")) for item in items if item.type == _MAPPING}
    own = [arn for arn in sorted(arns) if arn.split(":")[3:5] == [calls.account.region, calls.account.id]]
    streams = sorted({arn.partition("/consumer/")[0] for arn in own if ":kinesis:" in arn})
    tables = [arn for arn in own if ":dynamodb:" in arn and "/stream/" in arn]
    for items in calls.each(lambda arn: list(_stream(calls, arn)), streams):
        yield from items
    yield from calls.each(lambda arn: _table(calls, arn), tables)


def _stream(calls: Calls, arn: str) -> Iterator[Item]:
    name = arn.rpartition("/")[2]
    yield Item("stream", name, "AWS::Kinesis::Stream", {"Name": name}, arn)
    policy = calls.maybe("kinesis.get_resource_policy", f"read the policy of the stream {name}", ResourceARN=arn)
    document: Any = UNREAD if policy is None else json.loads(policy.get("Policy") or "null")
    if document:
        properties = {"ResourceArn": arn, "ResourcePolicy": document}
        yield Item("policy of stream", name, "AWS::Kinesis::ResourcePolicy", properties)


def _table(calls: Calls, arn: str) -> Item:
    table = arn.partition("/stream/")[0]
    name = table.rpartition("/")[2]
    what = f"read the policy of the stream of the table {name}"
    policy = calls.maybe("dynamodb.get_resource_policy", what, ResourceArn=arn)
    document: Any = UNREAD if policy is None else json.loads(policy.get("Policy") or "null")
    properties = {"TableName": name, "StreamSpecification": {"ResourcePolicy": {"PolicyDocument": document}}}
    return Item("table", name, "AWS::DynamoDB::Table", properties, table)
