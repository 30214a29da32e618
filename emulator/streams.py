"""Reads shards of Kinesis and DynamoDB streams for event source mappings, as records of events."""

import base64
from dataclasses import dataclass
from typing import Any

from ministack.core.arn import parse_arn
from ministack.services import dynamodb, kinesis, lambda_svc

Record = dict[str, Any]
Mapping = dict[str, Any]


@dataclass(frozen=True)
class Shard:
    """One shard: positions count its records from the beginning of the stream."""

    stream: str
    id: str

    def first(self) -> int:
        """Return the position of the oldest record that is still there."""
        return 0 if _is_kinesis(self.stream) else int(dynamodb.stream_start_position(_table(self.stream)))

    def end(self) -> int:
        """Return the position behind the newest record."""
        if _is_kinesis(self.stream):
            return len(_kinesis_stream(self.stream)["shards"][self.id]["records"])
        return int(dynamodb.stream_end_position(_table(self.stream)))

    def read(self, start: int, end: int) -> list[Record]:
        """Return the records from ``start`` up to ``end``."""
        if not _is_kinesis(self.stream):
            return list(dynamodb.stream_records_since(_table(self.stream), start, end - start))
        records = _kinesis_stream(self.stream)["shards"][self.id]["records"][start:end]
        return [_event_record(self, record) for record in records]


def shards_of(stream: str) -> list[Shard]:
    """Return the shards of a stream, an ARN; none if it is gone."""
    if _is_kinesis(stream):
        found = _kinesis_stream(stream)
        return [Shard(stream, shard) for shard in found["shards"]] if found else []
    table = dynamodb._tables.get(_table(stream))
    return [Shard(stream, "shardId-00000000000000000000-00000000")] if table else []


def sequence_number(record: Record) -> str:
    """Return the number by which a handler reports the record."""
    part = record["kinesis"]["sequenceNumber"] if "kinesis" in record else record["dynamodb"]["SequenceNumber"]
    return str(part)


def arrival(record: Record) -> float:
    """Return when the record came, in seconds since 1970."""
    if "kinesis" in record:
        return float(record["kinesis"]["approximateArrivalTimestamp"])
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


def _is_kinesis(stream: str) -> bool:
    return stream.startswith("arn:aws:kinesis:")


def _table(stream: str) -> str:
    return str(lambda_svc._dynamodb_stream_table_from_arn_spec(parse_arn(stream))[0])


def _kinesis_stream(stream: str) -> dict[str, Any]:
    arn = parse_arn(stream)
    found = kinesis._streams.get_scoped(arn.account_id, arn.region, lambda_svc._kinesis_stream_name_from_arn_spec(arn))
    return found or {}


def _event_record(shard: Shard, record: Record) -> Record:
    data = record["Data"]
    if isinstance(data, bytes):
        data = base64.b64encode(data).decode()
    arn = parse_arn(shard.stream)
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": data,
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard.id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{arn.account_id}:role/lambda-role",
        "awsRegion": arn.region,
        "eventSourceARN": shard.stream,
    }
