"""SNS: messages are published."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.delivered import DeliveredDriver
from tests.e2e.drivers.driver import Deployed


class SnsDriver(DeliveredDriver):
    """The message is the token."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Topic": built.topic.topic_arn}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            deployed.clients["sns"].publish(TopicArn=deployed.outputs["Topic"], Message=token)

    def undelivered(self, deployed: Deployed, message: dict[str, Any], code: str) -> str:
        notification = json.loads(message["Body"])  # V18, Y10: what the function would have got of it
        assert notification["Type"] == "Notification", notification
        assert notification["TopicArn"] == deployed.outputs["Topic"], notification
        assert notification["MessageId"]
        return str(notification["Message"])
