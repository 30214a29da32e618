"""Cognito user pools: their triggers."""

from collections.abc import Iterator
from typing import Any

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item


def read_pools(calls: Calls) -> Iterator[Item]:
    """Yield the user pools of the region."""
    found = calls.pages("cognito-idp.list_user_pools", "UserPools", "list the user pools", MaxResults=60)
    yield from calls.each(lambda one: _pool(calls, one), found)


def _pool(calls: Calls, found: dict[str, Any]) -> Item:
    name = found.get("Name", found["Id"])
    answer = calls.maybe("cognito-idp.describe_user_pool", f"read the user pool {name}", UserPoolId=found["Id"])
    pool = (answer or {}).get("UserPool", {})
    # One of the triggers, the custom senders, is asynchronous.
    triggers = {"CustomEmailSender": {"LambdaArn": UNREAD}} if answer is None else pool.get("LambdaConfig")
    properties = {"UserPoolName": name, "LambdaConfig": triggers}
    return Item("pool", f"{name} {found['Id']}", "AWS::Cognito::UserPool", properties, pool.get("Arn"))
