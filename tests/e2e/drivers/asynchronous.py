"""Sources that invoke asynchronously: failed events go to the on-failure destination."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.queues import receive


class AsynchronousDriver(Driver):
    """What all of them share; how to send is the source's."""

    attempts = 3  # A2, A5: the first and two retries

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Failures": built.failure_queue.queue_url}

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for message in receive(deployed.clients, deployed.outputs["Failures"]):
            record = json.loads(message["Body"])
            # The form of section 2.3 of the facts; R1: the record is the body, and nothing else.
            assert record["version"] == "1.0"
            assert record["timestamp"]
            context = record["requestContext"]
            assert context["condition"] == "RetriesExhausted"
            assert context["approximateInvokeCount"] == self.attempts
            assert ":function:" in context["functionArn"]
            assert context["requestId"]
            assert record["responseContext"]["statusCode"] == 200  # I4: a function error is no failed call
            assert record["responseContext"]["functionError"] in ("Unhandled", "Handled")
            assert record["responsePayload"]["errorMessage"]
            payload = self.text_of(record["requestPayload"])
            (token,) = (token for token in tokens if token in payload)
            assert token not in deployed.captured, f"{token} was captured twice"
            deployed.captured[token] = message["Body"]

    def text_of(self, payload: Any) -> str:
        """Return the text of an event."""
        return json.dumps(payload)
