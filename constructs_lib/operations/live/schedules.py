"""EventBridge Scheduler: the schedules that invoke functions."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import OPEN, UNREAD, Item, taken

_TYPE: Final = "AWS::Scheduler::Schedule"


def read_schedules(calls: Calls) -> Iterator[Item]:
    """Yield the schedules whose target is a function; there can be millions of others."""
    found = calls.pages("scheduler.list_schedules", "Schedules", "list the schedules")
    ours = [one for one in found if ":lambda:" in one.get("Target", {}).get("Arn", "")]
    yield from calls.each(lambda one: _schedule(calls, one), ours)


def _schedule(calls: Calls, found: dict[str, Any]) -> Item:
    name, group = found["Name"], found.get("GroupName", "default")
    what = f"read the schedule {name}"
    answer = calls.maybe("scheduler.get_schedule", what, Name=name, GroupName=group)
    properties = taken(found, "Name", "GroupName", "State")
    if answer is None:
        target = {**found["Target"], "RoleArn": UNREAD, "Input": UNREAD, **OPEN}
    else:
        properties |= taken(answer, "ScheduleExpression")
        target = answer.get("Target", {})
    return Item("schedule", f"{group}/{name}", _TYPE, {**properties, "Target": target}, found.get("Arn"))
