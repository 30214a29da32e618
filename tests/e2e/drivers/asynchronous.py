"""Sources that invoke asynchronously: failed events go to the on-failure destination."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.queues import receive

RECORD = {"version", "timestamp", "requestContext", "requestPayload", "responseContext", "responsePayload"}
"""What the record of an event has whose function was run."""


class AsynchronousDriver(Driver):
    """What all of them share; how to send is the source's."""

    attempts = 3  # A2, A5: the first and two retries

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Failures": built.failure_queue.queue_url}

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for message in receive(deployed.clients, deployed.outputs["Failures"]):
            record = json.loads(message["Body"])
            # The form of section 2.3 of the facts; R1: the record is the body, and nothing else.
            assert set(record) == RECORD, record
            assert not message.get("MessageAttributes")
            assert record["version"] == "1.0"
            assert datetime.fromisoformat(record["timestamp"]).tzinfo
            context = record["requestContext"]
            assert set(context) == {"requestId", "functionArn", "condition", "approximateInvokeCount"}, record
            assert context["condition"] == "RetriesExhausted"
            assert context["approximateInvokeCount"] == self.attempts
            assert context["functionArn"].endswith(f":function:{deployed.outputs['Function']}:$LATEST")
            assert context["requestId"]
            # I4: a function error is no failed call
            answer = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
            assert record["responseContext"] == answer
            payload = self.text_of(record["requestPayload"])
            (token,) = (token for token in tokens if token in payload)
            error = record["responsePayload"]["errorMessage"]
            assert ("timed out" if token.split("-")[1] == "timeout" else f"{token} was to fail") in error
            assert token not in deployed.captured, f"{token} was captured twice"
            deployed.captured[token] = message["Body"]

    def text_of(self, payload: Any) -> str:
        """Return the text of an event."""
        return json.dumps(payload)
