"""Leave out what remains in policies of functions when an invoker is gone: it invokes nothing any more.

A permission is evidence of an invoker that is not read. Of one that is read, the invoker itself tells whether it
invokes the function; what only the permission tells then is that it once did.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

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


def without_leftovers(items: Collection[Item], refused: Collection[str], account: str, region: str) -> Iterator[Item]:
    """Yield what was read, without the statements of policies that are for invokers which are gone.

    Parameters
    ----------
    items
        All that was read.
    refused
        The permissions that were missing: of a service that was not read completely, nothing is left out.
    account, region
        Where it was read: of others, nothing is known.
    """
    read = _INVOKERS.keys() - {permission.partition(":")[0] for permission in refused}
    named = _named(items)
    for item in items:
        if item.type != _POLICY or "Statement" not in item.properties["PolicyDocument"]:
            yield item
            continue
        function = str(item.properties["ResourceArn"])

        def is_used(statement: Any, function: str = function) -> bool:
            sources = list(_sources(statement))
            own = [arn for arn in sources if _service(statement, arn, account, region) in read]
            return not own or len(own) < len(sources) or any(function in named.get(arn, "") for arn in own)

        document = item.properties["PolicyDocument"]
        kept = [one for one in document["Statement"] if is_used(one)]
        properties = {**item.properties, "PolicyDocument": {**document, "Statement": kept}}
        yield Item(item.kind, item.name, item.type, properties, item.arn)


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


def _service(statement: Any, arn: str, account: str, region: str) -> str:
    """Return the service of an ARN without wildcards that is of the account and region; empty for others."""
    fields = arn.split(":")
    if len(fields) < 6 or "*" in arn or "?" in arn:
        return ""
    if fields[2] == "s3":
        # Buckets go without a place; who sees to it that they are not taken over names the account.
        return "s3" if f'"{account}"' in json.dumps(statement["Condition"]) else ""
    return fields[2] if fields[3:5] == [region, account] else ""
