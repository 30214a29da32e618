"""SNS: messages are published."""

from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class SnsDriver(AsynchronousDriver):
    """The message is the token."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Topic": built.topic.topic_arn}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            deployed.clients["sns"].publish(TopicArn=deployed.outputs["Topic"], Message=token)
