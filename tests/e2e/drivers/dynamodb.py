"""DynamoDB: items are put, and their changes come through the table's stream."""

from collections.abc import Sequence
from typing import Any

from tests.e2e.clients import wait_until
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.mappings import paused
from tests.e2e.drivers.streams import StreamDriver


class DynamoDbDriver(StreamDriver):
    """An item each; the stream tells its sequence number."""

    batch_info = "DDBStreamBatchInfo"

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Table": built.table.table_name, "Stream": built.table.table_stream_arn}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        with paused(deployed):  # or the first change may be a batch already
            for token in tokens:
                deployed.clients["dynamodb"].put_item(TableName=deployed.outputs["Table"], Item={"id": {"S": token}})
            wait_until(lambda: self._read(deployed) >= set(tokens), "the changes in the stream", seconds=10)

    def _read(self, deployed: Deployed) -> set[str]:
        client, arn = deployed.clients["dynamodbstreams"], deployed.outputs["Stream"]
        for shard in client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = client.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            for record in client.get_records(ShardIterator=iterator)["Records"]:
                change = record["dynamodb"]
                self.sequence_numbers[change["SequenceNumber"]] = change["Keys"]["id"]["S"]
        return set(self.sequence_numbers.values())
