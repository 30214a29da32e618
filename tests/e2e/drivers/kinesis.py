"""Kinesis: records are put."""

from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.streams import StreamDriver


class KinesisDriver(StreamDriver):
    """All records go to one shard, and so stay in order."""

    batch_info = "KinesisBatchInfo"

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Stream": built.stream.stream_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        records = [{"Data": token.encode(), "PartitionKey": "orders"} for token in tokens]
        answer = deployed.clients["kinesis"].put_records(StreamName=deployed.outputs["Stream"], Records=records)
        assert answer["FailedRecordCount"] == 0
        for token, record in zip(tokens, answer["Records"], strict=True):
            self.sequence_numbers[record["SequenceNumber"]] = token
