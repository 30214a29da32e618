"""An alarm that changes its state invokes the functions among its actions, asynchronously and if permitted (V25, Y14).

``SetAlarmState`` is what changes states here: ministack compares metrics only when some are put, without a look at
their dimensions, and tells topics alone. The event has the form of AWS: monitoring/alarms-and-actions-lambda.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from ministack.core.arn import parse_arn
from ministack.services import cloudwatch

from emulator.corrections.asynchronous import invoke
from emulator.permissions import service_may_invoke

_log = logging.getLogger("emulator.alarms")
_PRINCIPAL = "lambda.alarms.cloudwatch.amazonaws.com"
_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def apply() -> None:
    """Let functions be told as well as topics."""
    tell_topics = cloudwatch._dispatch_alarm_actions

    def tell_all(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
        tell_topics(alarm, old, new, reason)
        actions = (alarm.get(_ACTIONS[new]) or []) if alarm.get("ActionsEnabled", True) else []
        for function in (action for action in actions if action.startswith("arn:aws:lambda:")):
            if service_may_invoke(function, _PRINCIPAL, alarm["AlarmArn"]):
                invoke(function, _event(alarm, old, new, reason))
            else:  # V25: not tried again, and there is no place for it
                _log.warning("%s is gone or may not be invoked by %s: the event is lost", function, alarm["AlarmArn"])

    cloudwatch._dispatch_alarm_actions = tell_all


def _event(alarm: dict[str, Any], old: str, new: str, reason: str) -> dict[str, Any]:
    arn = parse_arn(alarm["AlarmArn"])
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": arn.account_id,
        "time": now,
        "region": arn.region,
        "alarmData": {
            "alarmName": alarm["AlarmName"],
            "state": {"value": new, "reason": reason, "timestamp": now},
            "previousState": {"value": old},
            "configuration": {"description": alarm["AlarmDescription"], **_watched(alarm)},
        },
    }


def _watched(alarm: dict[str, Any]) -> dict[str, Any]:
    if rule := alarm.get("AlarmRule"):
        return {"alarmRule": rule}
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or []}
    metric = {"namespace": alarm["Namespace"], "name": alarm["MetricName"], "dimensions": dimensions}
    stat = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    return {"metrics": [{"id": "m1", "metricStat": {"metric": metric, "period": alarm["Period"], "stat": stat}}]}
