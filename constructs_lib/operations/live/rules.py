"""EventBridge: event buses, and rules with their targets."""

import json
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import OPEN, UNREAD, Item, taken

_RULE: Final = "AWS::Events::Rule"


def read_rules(calls: Calls) -> Iterator[Item]:
    """Yield the event buses of the region and their rules."""
    for bus in calls.pages("events.list_event_buses", "EventBuses", "list the event buses"):
        yield _bus(calls, bus)
        what = f"list the rules of the event bus {bus['Name']}"
        rules = calls.pages("events.list_rules", "Rules", what, EventBusName=bus["Name"])
        yield from calls.each(lambda one: _rule(calls, one), rules)


def _bus(calls: Calls, found: dict[str, Any]) -> Item:
    name = found["Name"]
    answer = calls.maybe("events.describe_event_bus", f"read the event bus {name}", Name=name)
    properties: dict[str, Any] = {"Name": name}
    if answer is None:
        properties |= OPEN
    else:
        properties |= taken(answer, "DeadLetterConfig", "KmsKeyIdentifier")
        properties["Policy"] = json.loads(answer.get("Policy") or "null")
    return Item("bus", name, "AWS::Events::EventBus", properties, found.get("Arn"))


def _rule(calls: Calls, found: dict[str, Any]) -> Item:
    bus, name = found.get("EventBusName", "default"), found["Name"]
    what = f"read the targets of the rule {name}"
    targets = calls.maybe_pages("events.list_targets_by_rule", "Targets", what, Rule=name, EventBusName=bus)
    properties = taken(found, "Name", "EventBusName", "State", "ScheduleExpression", "RoleArn")
    properties["EventPattern"] = json.loads(found.get("EventPattern") or "null")
    properties["Targets"] = [{"Arn": UNREAD}] if targets is None else targets
    return Item("rule", name if bus == "default" else f"{bus}/{name}", _RULE, properties, found["Arn"])
