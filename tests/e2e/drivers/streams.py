"""Streams: a failed batch leaves the positions of its records in the failure queue."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.queues import receive

RECORD = {"version", "timestamp", "requestContext", "responseContext"}
BATCH = {
    "shardId",
    "startSequenceNumber",
    "endSequenceNumber",
    "approximateArrivalOfFirstRecord",
    "approximateArrivalOfLastRecord",
    "batchSize",
    "streamArn",
}
ENDS = ("First", "Last")


class StreamDriver(Driver):
    """What Kinesis and DynamoDB share (K-3 to K-5)."""

    attempts = 11  # the first and ten retries, by default of the pattern
    seconds = 90
    is_slow = True
    repeats_neighbours = True  # K-3, K-4: to split a batch uses up no attempt
    batch_info: str

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.sequence_numbers: dict[str, str] = {}
        """The token of each record."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Failures": built.failure_queue.queue_url}

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for message in receive(deployed.clients, deployed.outputs["Failures"]):
            record = json.loads(message["Body"])
            assert record["requestContext"]["condition"] == "RetryAttemptsExhausted", record  # Q3a
            assert record["requestContext"]["approximateInvokeCount"] == self.attempts, record
            assert set(record) == {*RECORD, self.batch_info}, record  # K-5: no payload
            assert record["version"] == "1.0"
            assert datetime.fromisoformat(record["timestamp"]).tzinfo
            assert record["requestContext"]["requestId"]
            assert record["requestContext"]["functionArn"].endswith(f":function:{deployed.outputs['Function']}")
            assert record["responseContext"]["statusCode"] == 200
            batch = record[self.batch_info]
            assert set(batch) == BATCH, record
            first, last = (datetime.fromisoformat(batch[f"approximateArrivalOf{each}Record"]) for each in ENDS)
            assert first <= last
            assert batch["shardId"].startswith("shardId-")
            assert ":stream/" in batch["streamArn"] or "/stream/" in batch["streamArn"]
            self._note(batch, message["Body"], deployed, tokens)

    def _note(self, batch: dict[str, Any], body: str, deployed: Deployed, tokens: Sequence[str]) -> None:
        """Take the records of a range for captured: it begins at the bad one, and may hold others behind it."""
        start, end = int(batch["startSequenceNumber"]), int(batch["endSequenceNumber"])
        found = {int(n): token for n, token in self.sequence_numbers.items() if start <= int(n) <= end}
        assert len(found) == batch["batchSize"], body
        assert found[start].split("-")[1] in ("fail", "timeout"), f"{found[start]} is given up, but did not fail"
        for token in found.values():
            assert token in tokens, (token, body)
            assert token not in deployed.captured, f"{token} was captured twice"
            deployed.captured[token] = body
