"""Asynchronous sources that have a place of their own for what they cannot hand to Lambda."""

import json
from abc import abstractmethod
from typing import Any

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed

RULE_ATTRIBUTES = {"RULE_ARN", "TARGET_ARN", "ERROR_CODE", "ERROR_MESSAGE"}
"""What every message of a rule's DLQ has; the other two of Y11 tell of retries, of which there are none."""


class DeliveredDriver(AsynchronousDriver):
    """What all of them share; the form of what could not be delivered is the source's."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Undelivered": built.dead_letter_queue.queue_url}

    def revoke(self, deployed: Deployed) -> None:
        """Take from the source what lets it invoke the function: here, the statement of the function's policy."""
        client, function = deployed.clients["lambda"], deployed.outputs["Function"]
        (statement,) = json.loads(client.get_policy(FunctionName=function)["Policy"])["Statement"]
        client.remove_permission(FunctionName=function, StatementId=statement["Sid"])

    @abstractmethod
    def undelivered(self, deployed: Deployed, message: dict[str, Any], code: str) -> str:
        """Hold a message about what was not delivered to the documented form; return the text of the event.

        ``code`` is EventBridge's word for the reason.
        """


def undelivered_by_rule(deployed: Deployed, message: dict[str, Any], code: str) -> Any:
    """Hold a message of a rule's DLQ to its form (V19, Y11); return the event's detail."""
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert set(attributes) >= RULE_ATTRIBUTES, message
    assert attributes["ERROR_CODE"] == code
    assert ":rule/" in attributes["RULE_ARN"]
    assert attributes["TARGET_ARN"].endswith(f":function:{deployed.outputs['Function']}")
    event = json.loads(message["Body"])
    assert {"version", "id", "detail-type", "source", "account", "time", "region", "resources"} <= set(event), event
    return event["detail"]
