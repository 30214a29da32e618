"""Topics, their policies, and the subscriptions."""

import json
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import OPEN, UNREAD, Item, taken

_SUBSCRIPTION: Final = "AWS::SNS::Subscription"
_DOCUMENTS: Final = ("RedrivePolicy", "FilterPolicy", "DeliveryPolicy")
_PENDING: Final = ("PendingConfirmation", "Deleted")


def read_topics(calls: Calls) -> Iterator[Item]:
    """Yield the topics of the region, with the policy of each."""
    for items in calls.each(lambda arn: list(_topic(calls, arn)), list_topics(calls)):
        yield from items


def list_topics(calls: Calls) -> list[str]:
    """Return the ARNs of the topics of the region.

    Raises
    ------
    OperationError
        When AWS refuses it.
    """
    return [one["TopicArn"] for one in calls.pages("sns.list_topics", "Topics", "list the topics")]


def read_subscriptions(calls: Calls) -> Iterator[Item]:
    """Yield the subscriptions of the account in the region, those to topics of others too."""
    found = calls.pages("sns.list_subscriptions", "Subscriptions", "list the subscriptions")
    confirmed = [one for one in found if one["SubscriptionArn"] not in _PENDING]
    yield from calls.each(lambda one: _subscription(calls, one), confirmed)


def unread_subscriptions() -> Iterator[Item]:
    """Yield a subscription of any function."""
    properties = {"Protocol": "lambda", "Endpoint": UNREAD, "TopicArn": UNREAD, "RedrivePolicy": UNREAD}
    yield Item("unread", "subscriptions", _SUBSCRIPTION, properties)


def _topic(calls: Calls, arn: str) -> Iterator[Item]:
    name = arn.rpartition(":")[2]
    answer = calls.maybe("sns.get_topic_attributes", f"read the topic {name}", TopicArn=arn)
    attributes = (answer or {}).get("Attributes", {})
    properties: dict[str, Any] = {"TopicName": name}
    if name.endswith(".fifo"):
        properties["FifoTopic"] = True
    properties |= OPEN if answer is None else taken(attributes, "KmsMasterKeyId")
    yield Item("topic", name, "AWS::SNS::Topic", properties, arn)
    document = UNREAD if answer is None else json.loads(attributes.get("Policy") or "null")
    if document:
        policy = {"Topics": [arn], "PolicyDocument": document}
        yield Item("policy of topic", name, "AWS::SNS::TopicPolicy", policy)


def _subscription(calls: Calls, found: dict[str, Any]) -> Item:
    arn = found["SubscriptionArn"]
    name = ":".join(arn.split(":")[5:])
    what = f"read the subscription {name}"
    answer = calls.maybe("sns.get_subscription_attributes", what, SubscriptionArn=arn)
    properties = taken(found, "TopicArn", "Protocol", "Endpoint")
    if answer is None:
        return Item("subscription", name, _SUBSCRIPTION, {**properties, **OPEN}, arn)
    attributes = answer.get("Attributes", {})
    properties |= taken(attributes, "RawMessageDelivery", "FilterPolicyScope")
    properties |= {key: json.loads(attributes[key]) for key in _DOCUMENTS if attributes.get(key)}
    return Item("subscription", name, _SUBSCRIPTION, properties, arn)
