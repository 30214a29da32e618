"""SQS: messages are sent."""

import time
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.queues import receive, waiting


class SqsDriver(Driver):
    """Failed messages become visible again, and in the end are moved to the dead-letter queue as they were (W9)."""

    attempts = 5  # maxReceiveCount, by default of the pattern
    seconds = 60
    is_slow = True  # the visibility timeout, six times that of the function

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.sent_until: dict[str, int] = {}
        """Milliseconds of the epoch, after the message of a token was sent."""

    def body(self, token: str) -> str:
        """Return the message of a token."""
        return token

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Queue": built.queue.queue_url, "Failures": built.dead_letter_queue.queue_url}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        entries = [{"Id": str(number), "MessageBody": self.body(token)} for number, token in enumerate(tokens)]
        answer = deployed.clients["sqs"].send_message_batch(QueueUrl=deployed.outputs["Queue"], Entries=entries)
        assert not answer.get("Failed")
        self.sent_until.update(dict.fromkeys(tokens, now_in_ms()))

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for message in receive(deployed.clients, deployed.outputs["Failures"]):
            (token,) = (token for token in tokens if token in message["Body"])
            assert message["Body"] == self.body(token)
            assert not message.get("MessageAttributes")
            assert int(message["Attributes"]["SentTimestamp"]) <= self.sent_until[token], message  # W13
            assert token not in deployed.captured, f"{token} was captured twice"
            deployed.captured[token] = message["Body"]

    def on_its_way(self, deployed: Deployed) -> int:
        return waiting(deployed.clients, deployed.outputs["Queue"])


def now_in_ms() -> int:
    """Return the time as SQS tells it."""
    return int(time.time() * 1000) + 1
