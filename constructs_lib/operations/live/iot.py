"""AWS IoT: the topic rules."""

from collections.abc import Iterator
from typing import Any

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item, capitalized


def read_topic_rules(calls: Calls) -> Iterator[Item]:
    """Yield the topic rules of the region."""
    found = calls.pages("iot.list_topic_rules", "rules", "list the IoT rules")
    yield from calls.each(lambda one: _rule(calls, one), found)


def _rule(calls: Calls, found: dict[str, Any]) -> Item:
    name = found["ruleName"]
    answer = calls.maybe("iot.get_topic_rule", f"read the IoT rule {name}", ruleName=name)
    payload: Any = {"Actions": [{"Lambda": {"FunctionArn": UNREAD}}], "ErrorAction": UNREAD}
    if answer is not None:
        rule = capitalized(answer.get("rule", {}))
        payload = {key: rule.get(key) for key in ("Actions", "ErrorAction", "RuleDisabled")}
        _refer(calls, (payload["ErrorAction"] or {}).get("Sqs", {}))
    properties = {"RuleName": name, "TopicRulePayload": payload}
    return Item("iot rule", name, "AWS::IoT::TopicRule", properties, found.get("ruleArn"))


def _refer(calls: Calls, queue: dict[str, Any]) -> None:
    """Refer to a queue of the account, which goes by its URL here and nowhere else."""
    fields = str(queue.get("QueueUrl", "")).split("/")
    if fields[-2:-1] == [calls.account.id]:
        queue["QueueUrl"] = {"Ref": f"queue/{fields[-1]}"}
