"""What becomes of an asynchronous event at its end: DLQ and destinations, side by side (F1-F11, R1-R3).

Every target is called with the function's execution role (F9); what it refuses is lost, as on AWS (F8).
"""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ministack.core.arn import parse_arn
from ministack.services import cloudwatch

from emulator import clients
from emulator.events import Event

_log = logging.getLogger("emulator.failed_events")


@dataclass(frozen=True)
class Capture:
    """Where one event may end."""

    event: Event
    function: dict[str, Any]
    """Record of the unqualified function: the DLQ is a setting of the function, not of a version (F2)."""

    destinations: dict[str, Any]

    def succeeded(self, result: dict[str, Any]) -> None:
        """Send the record of a success, if there is a destination for it."""
        self._to_destination("OnSuccess", self._record("Success", result))

    def failed(self, condition: str, result: dict[str, Any] | None) -> None:
        """Send the event to the DLQ and its record to the on-failure destination; no ``result`` means it never ran."""
        target = (self.function["config"].get("DeadLetterConfig") or {}).get("TargetArn")
        if target:
            self._try(target, "DeadLetterErrors", json.dumps(self.event.payload), _attributes(self.event, result))
        self._to_destination("OnFailure", self._record(condition, result))

    def _to_destination(self, outcome: str, record: dict[str, Any]) -> None:
        if target := (self.destinations.get(outcome) or {}).get("Destination"):
            self._try(target, "DestinationDeliveryFailures", json.dumps(record), {})

    def _record(self, condition: str, result: dict[str, Any] | None) -> dict[str, Any]:
        arn = parse_arn(self.event.function)
        qualified = arn.resource.count(":") == 2
        version = arn.resource.rsplit(":", 1)[1] if qualified else "$LATEST"
        version = (self.function["aliases"].get(version) or {}).get("FunctionVersion", version)
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": self.event.request_id,
                "functionArn": self.event.function if qualified else f"{self.event.function}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": self.event.attempts,
            },
            "requestPayload": self.event.payload,
        }
        if result is not None:
            record["responseContext"] = {"statusCode": 200, "executedVersion": version}
            if result.get("error"):
                record["responseContext"]["functionError"] = result.get("function_error") or "Unhandled"
            record["responsePayload"] = result.get("body")
        return record

    def _try(self, target: str, metric: str, body: str, attributes: dict[str, Any]) -> None:
        name = self.function["config"]["FunctionName"]
        try:
            self._send(target, body, attributes)
        except Exception as error:
            _log.warning("%s of %s: %s cannot be reached: %s", metric, name, target, error)
            cloudwatch.record_metric("AWS/Lambda", metric, 1, "Count", {"FunctionName": name})

    def _send(self, target: str, body: str, attributes: dict[str, Any]) -> None:
        arn = parse_arn(target)
        region = parse_arn(self.event.function).region
        client = clients.of_role(arn.service, self.function["config"], arn.region or region)
        match arn.service:
            case "sqs":
                url = f"{client.meta.endpoint_url}/{arn.account_id}/{arn.resource}"
                client.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
            case "sns":
                client.publish(TopicArn=target, Message=body, MessageAttributes=attributes)
            case "lambda":
                client.invoke(FunctionName=target, InvocationType="Event", Payload=body)
            case "events":
                client.put_events(Entries=[_bus_entry(target, body)])
            case "s3":
                client.put_object(Bucket=arn.resource, Key=_object_key(self.function), Body=body)
            case other:
                raise ValueError(f"expected a queue, topic, function, bus or bucket; found {other}")


def _attributes(event: Event, result: dict[str, Any] | None) -> dict[str, Any]:
    response = (result or {}).get("body")
    message = response.get("errorMessage") if isinstance(response, dict) else None
    values = {
        "RequestID": ("String", event.request_id),
        "ErrorCode": ("Number", "200" if result else "429"),
        "ErrorMessage": ("String", str(message or "Rate Exceeded.").encode()[:1024].decode(errors="ignore")),
    }
    return {name: {"DataType": kind, "StringValue": value} for name, (kind, value) in values.items()}


def _bus_entry(bus: str, body: str) -> dict[str, Any]:
    context = json.loads(body)["requestContext"]
    outcome = "Success" if context["condition"] == "Success" else "Failure"
    return {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {outcome}",
        "Detail": body,
        "Resources": [context["functionArn"], bus],
        "EventBusName": bus,
    }


def _object_key(function: dict[str, Any]) -> str:
    now = datetime.now(UTC)
    name = function["config"]["FunctionName"]
    return f"aws/lambda/async/{name}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
