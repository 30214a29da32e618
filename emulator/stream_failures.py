"""The on-failure record of a stream's mapping: metadata, and for a bucket the records as well (K-5, K-6, Q3a)."""

import json
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid

from emulator import clients
from emulator.streams import Mapping, Record, Shard, arrival, sequence_number

_log = logging.getLogger("emulator.stream_failures")


def discard(
    mapping: Mapping,
    function: dict[str, Any],
    shard: Shard,
    records: list[Record],
    condition: str,
    attempts: int,
) -> None:
    """Send the record about a batch that is given up, with the execution role; without a target it is lost."""
    target = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    _log.warning("mapping %s gives up %d records: %s", mapping["UUID"], len(records), condition)
    if not target:
        return
    record = _record(mapping, shard, records, condition, attempts)
    arn = parse_arn(target)
    try:
        client = clients.of_role(arn.service, function["config"], arn.region or parse_arn(shard.stream).region)
        if arn.service == "sqs":
            url = f"{client.meta.endpoint_url}/{arn.account_id}/{arn.resource}"
            client.send_message(QueueUrl=url, MessageBody=json.dumps(record))
        elif arn.service == "sns":
            client.publish(TopicArn=target, Message=json.dumps(record))
        else:
            record["payload"] = json.dumps({"Records": records})
            client.put_object(Bucket=arn.resource, Key=_key(mapping, shard), Body=json.dumps(record))
    except Exception as error:
        _log.warning("%s cannot be reached: %s", target, error)


def _record(mapping: Mapping, shard: Shard, records: list[Record], condition: str, attempts: int) -> dict[str, Any]:
    kind = "KinesisBatchInfo" if "kinesis" in records[0] else "DDBStreamBatchInfo"
    return {
        "requestContext": {
            "requestId": new_uuid(),
            "functionArn": mapping["FunctionArn"],
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": _time(datetime.now(UTC)),
        kind: {
            "shardId": shard.id,
            "startSequenceNumber": sequence_number(records[0]),
            "endSequenceNumber": sequence_number(records[-1]),
            "approximateArrivalOfFirstRecord": _time(datetime.fromtimestamp(arrival(records[0]), UTC)),
            "approximateArrivalOfLastRecord": _time(datetime.fromtimestamp(arrival(records[-1]), UTC)),
            "batchSize": len(records),
            "streamArn": shard.stream,
        },
    }


def _key(mapping: Mapping, shard: Shard) -> str:
    now = datetime.now(UTC)
    return f"aws/lambda/{mapping['UUID']}/{shard.id}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
