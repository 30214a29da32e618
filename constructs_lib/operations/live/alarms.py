"""CloudWatch alarms: what they watch, and the functions that they invoke."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item, taken

_ACTIONS: Final = ("AlarmActions", "OKActions", "InsufficientDataActions")
_METRIC: Final = ("AlarmName", "Namespace", "MetricName", "Dimensions", "Metrics", *_ACTIONS)
_KINDS: Final = (("MetricAlarms", "AWS::CloudWatch::Alarm"), ("CompositeAlarms", "AWS::CloudWatch::CompositeAlarm"))


def read_alarms(calls: Calls) -> Iterator[Item]:
    """Yield the alarms of the region."""
    types = ["MetricAlarm", "CompositeAlarm"]
    for page in calls.all_pages("cloudwatch.describe_alarms", "list the alarms", AlarmTypes=types):
        for key, kind in _KINDS:
            for found in page.get(key) or ():
                yield Item("alarm", found["AlarmName"], kind, taken(found, *_METRIC), found.get("AlarmArn"))


def unread_alarms() -> Iterator[Item]:
    """Yield an alarm that may watch anything and invoke any function."""
    properties: dict[str, Any] = {"MetricName": UNREAD, "Namespace": UNREAD, "AlarmActions": [UNREAD]}
    yield Item("unread", "alarms", "AWS::CloudWatch::Alarm", properties)
