"""S3, subscription filters of CloudWatch Logs and IoT rules invoke functions asynchronously, if permitted.

None of them has a DLQ of its own (V17, V24); an IoT rule has an error action (V28). ministack runs the function once
(S3: without the settings of an alias), whatever its policy says.
"""

import base64
import gzip
import json
import logging
import time
from typing import Any

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudwatch_logs, iot, s3

from emulator.corrections.asynchronous import invoke
from emulator.permissions import service_may_invoke

_log = logging.getLogger("emulator.push_sources")


def apply() -> None:
    """Replace the three deliveries to functions."""
    dispatch = iot._dispatch_rule_action

    async def from_iot_rule(account: str, region: str, rule: str, action: dict[str, Any], event: Any) -> None:
        if not (function := (action.get("lambda") or {}).get("functionArn")):
            await dispatch(account, region, rule, action, event)
        elif not _deliver(function, "iot.amazonaws.com", f"arn:aws:iot:{region}:{account}:rule/{rule}", event):
            raise PermissionError(f"{function} is gone or may not be invoked")  # the error action hears of it

    iot._dispatch_rule_action = from_iot_rule
    s3._deliver_event_to_lambda = _from_bucket
    cloudwatch_logs._fanout_to_subscription_filters = _from_log_group


def _deliver(function: str, service: str, source: str, event: Any) -> bool:
    if service_may_invoke(function, service, source):
        invoke(function, event)
        return True
    _log.warning("%s of %s may not invoke %s: the event is lost", service, source, function)
    return False


def _from_bucket(function: str, event: dict[str, Any], *_: Any) -> None:
    bucket = event["Records"][0]["s3"]["bucket"]["name"] if "Records" in event else event["Bucket"]
    _deliver(function, "s3.amazonaws.com", f"arn:aws:s3:::{bucket}", event)


def _from_log_group(group: str, stream: str, events: list[dict[str, Any]]) -> None:
    found = cloudwatch_logs._log_groups.get(group) or {}
    for subscription in (found.get("subscriptionFilters") or {}).values():
        function, pattern = subscription.get("destinationArn", ""), subscription.get("filterPattern", "")
        matching = [e for e in events if cloudwatch_logs._subscription_pattern_matches(pattern, e.get("message", ""))]
        if ":function:" in function and matching and not group.endswith(f"/{function.split(':')[6]}"):
            source = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:*"
            data = _log_data(group, stream, subscription["filterName"], matching)
            _deliver(function, "logs.amazonaws.com", source, {"awslogs": {"data": data}})


def _log_data(group: str, stream: str, subscription: str, events: list[dict[str, Any]]) -> str:
    now = int(time.time() * 1000)
    message = {
        "messageType": "DATA_MESSAGE",
        "owner": get_account_id(),
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [subscription],
        "logEvents": [
            {"id": new_uuid(), "timestamp": event.get("timestamp", now), "message": event.get("message", "")}
            for event in events
        ],
    }
    return base64.b64encode(gzip.compress(json.dumps(message).encode())).decode()
