"""Leave out what remains in policies of functions when an invoker is gone: it invokes nothing any more.

A permission is evidence of an invoker that is not read. Of one that is read, the invoker itself tells whether it
invokes the function; what only the permission tells then is that it once did.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from constructs_lib.operations.live.calls import ODD, Calls
from constructs_lib.operations.live.function_policies import unread_policy
from constructs_lib.operations.live.items import Item

_POLICY: Final = "AWS::Lambda::ResourcePolicy"
_SUBSCRIPTION: Final = "AWS::SNS::Subscription"
_INVOKERS: Final = {
    "events": ("AWS::Events::Rule",),
    "sns": (_SUBSCRIPTION,),
    "s3": ("AWS::S3::Bucket",),
    "iot": ("AWS::IoT::TopicRule",),
    "cloudwatch": ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"),
}
"""The asynchronous invokers that are read completely, by the service in their ARNs and permissions."""


def without_leftovers(calls: Calls, items: Collection[Item]) -> Iterator[Item]:
    """Yield what was read, without the statements of policies that are for invokers which are gone.

    Parameters
    ----------
    calls
        The calls by which it was read: of a service that was not read completely, nothing is left out, and of other
        accounts and regions nothing is known. A policy that is not as AWS documents it is noted, and unknown.
    items
        All that was read.
    """
    read = _INVOKERS.keys() - {refusal.permission.partition(":")[0] for refusal in calls.refusals}
    named = _named(items)
    for item in items:
        if item.type != _POLICY:
            yield item
            continue
        try:
            yield _without(calls, item, read, named)
        except ODD as error:
            calls.note_odd(f"policy of the function {item.name}", error)
            arn = str(item.properties["ResourceArn"])
            function = arn.split(":")[:7]
            yield from unread_policy(function[-1], ":".join(function), arn)


def _without(calls: Calls, item: Item, read: Collection[str], named: Mapping[str, str]) -> Item:
    document = item.properties["PolicyDocument"]
    if not document.get("Statement"):
        return item
    function = str(item.properties["ResourceArn"])

    def is_used(statement: Any) -> bool:
        sources = list(_sources(statement))
        own = [arn for arn in sources if _service(calls, statement, arn) in read]
        return not own or len(own) < len(sources) or any(function in named.get(arn, "") for arn in own)

    kept = [one for one in document["Statement"] if is_used(one)]
    return replace(item, properties={**item.properties, "PolicyDocument": {**document, "Statement": kept}})


def _named(items: Iterable[Item]) -> Mapping[str, str]:
    """Return the text of each invoker, by the ARN that a permission gives as its source."""
    found: dict[str, str] = defaultdict(str)
    types = {one for several in _INVOKERS.values() for one in several}
    for item in items:
        if item.type in types:
            arn = item.properties.get("TopicArn") if item.type == _SUBSCRIPTION else item.arn
            found[str(arn)] += json.dumps(item.properties)
    return found


def _sources(statement: Any) -> Iterator[str]:
    """Yield the ARNs that a statement requires of the source, whatever the operator."""
    for keys in (statement.get("Condition") or {}).values():
        for key, values in keys.items():
            if key.lower() == "aws:sourcearn":
                yield from values if isinstance(values, list) else [values]


def _service(calls: Calls, statement: Any, arn: str) -> str:
    """Return the service of an ARN without wildcards that is of the account and region; empty for others."""
    account, region = calls.account.id, calls.account.region
    fields = arn.split(":")
    if len(fields) < 6 or "*" in arn or "?" in arn:
        return ""
    if fields[2] == "s3":
        # Buckets go without a place; who sees to it that they are not taken over names the account.
        return "s3" if f'"{account}"' in json.dumps(statement["Condition"]) else ""
    return fields[2] if fields[3:5] == [region, account] else ""
