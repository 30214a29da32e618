"""The keys that encrypt queues and topics, with their policies and grants."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item

_PROPERTY: Final = "KmsMasterKeyId"
_OF_AWS: Final = "alias/aws/"


def with_keys(calls: Calls, items: Collection[Item]) -> Iterator[Item]:
    """Yield what was read, referring to the keys, and the keys of the account.

    What AWS manages by itself goes by its alias, however it is named.
    """
    named = sorted({str(item.properties[_PROPERTY]) for item in items if item.properties.get(_PROPERTY)})
    ours = [name for name in named if _OF_AWS not in name and _is_own(calls, name)]
    found = dict(zip(ours, calls.each(lambda one: _describe(calls, one), ours), strict=True))
    for item in items:
        metadata = found.get(str(item.properties.get(_PROPERTY)))
        yield item if not metadata else replace(item, properties=item.properties | {_PROPERTY: _named(item, metadata)})
    known = {metadata["KeyId"]: metadata for metadata in found.values() if metadata and not _is_of_aws(metadata)}
    yield from calls.each(lambda one: _key(calls, one), known.values())


def _describe(calls: Calls, name: str) -> dict[str, Any]:
    answer = calls.maybe("kms.describe_key", f"read the key {name}", KeyId=name) or {}
    found: dict[str, Any] = answer.get("KeyMetadata", {})
    return found


def _is_own(calls: Calls, name: str) -> bool:
    """Say whether a key is of the account: of one of another account, nobody else may read the policy."""
    fields = name.split(":")
    return len(fields) < 6 or fields[4] == calls.account.id


def _is_of_aws(metadata: dict[str, Any]) -> bool:
    return bool(metadata.get("KeyManager") == "AWS")


def _named(item: Item, metadata: dict[str, Any]) -> Any:
    if _is_of_aws(metadata):
        return f"{_OF_AWS}{item.kind.replace('queue', 'sqs').replace('topic', 'sns')}"
    return {"Fn::GetAtt": [f"key/{metadata['KeyId']}", "Arn"]}


def _key(calls: Calls, metadata: dict[str, Any]) -> Item:
    identity = metadata["KeyId"]
    what = f"read the policy of the key {identity}"
    answer = calls.maybe("kms.get_key_policy", what, KeyId=identity, PolicyName="default")
    grants = calls.maybe_pages("kms.list_grants", "Grants", f"read the grants of the key {identity}", KeyId=identity)
    document: dict[str, Any] = UNREAD
    if answer is not None and grants is not None:
        policy = json.loads(answer.get("Policy") or "{}")
        stated = policy.get("Statement") or []
        statements = [*(stated if isinstance(stated, list) else [stated]), *map(_granting, grants)]
        document = {**policy, "Statement": statements}
    return Item("key", identity, "AWS::KMS::Key", {"KeyPolicy": document}, metadata["Arn"])


def _granting(grant: dict[str, Any]) -> dict[str, Any]:
    """Return the statement of a policy that allows what a grant does."""
    actions = [f"kms:{operation}" for operation in grant.get("Operations") or ()]
    return {
        "Effect": "Allow",
        "Principal": {"AWS": grant.get("GranteePrincipal", "*")},
        "Action": actions,
        "Resource": "*",
    }
