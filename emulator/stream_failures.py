"""The on-failure record of a stream's mapping: metadata, and for a bucket the records as well (K-5, K-6, Q3a).

No AWS page names the condition of records that are too old: ``RecordAgeExceeded`` is what users of AWS report, and
that such a record has no ``responseContext`` (localstack/localstack, ``test_kinesis_maximum_record_age_exceeded``).
That ``functionError`` is null after a partial response was recorded on AWS (there,
``test_kinesis_report_batch_item_failures``).
"""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid

from emulator import clients
from emulator.streams import Mapping, Record, Shard, arrival, sequence_number

_log = logging.getLogger("emulator.stream_failures")


@dataclass(frozen=True)
class GivenUp:
    """Records that are not tried again, and why."""

    records: list[Record]
    condition: str
    attempts: int
    error: str | None = None
    """``functionError`` of the last attempt."""


def discard(mapping: Mapping, function: dict[str, Any], shard: Shard, what: GivenUp) -> None:
    """Send the record about a batch that is given up, with the execution role; without a target it is lost."""
    target = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    _log.warning("mapping %s gives up %d records: %s", mapping["UUID"], len(what.records), what.condition)
    if not target:
        return
    record = _record(mapping, shard, what)
    arn = parse_arn(target)
    try:
        client = clients.of_role(arn.service, function["config"], arn.region or parse_arn(shard.stream).region)
        if arn.service == "sqs":
            url = f"{client.meta.endpoint_url}/{arn.account_id}/{arn.resource}"
            client.send_message(QueueUrl=url, MessageBody=json.dumps(record))
        elif arn.service == "sns":
            client.publish(TopicArn=target, Message=json.dumps(record))
        else:
            record["payload"] = json.dumps({"Records": what.records})
            client.put_object(Bucket=arn.resource, Key=_key(mapping, shard), Body=json.dumps(record))
    except Exception as error:
        _log.warning("%s cannot be reached: %s", target, error)


def _record(mapping: Mapping, shard: Shard, what: GivenUp) -> dict[str, Any]:
    records = what.records
    response = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": what.error}
    kind = "KinesisBatchInfo" if "kinesis" in records[0] else "DDBStreamBatchInfo"
    return {
        "requestContext": {
            "requestId": new_uuid(),
            "functionArn": mapping["FunctionArn"],
            "condition": what.condition,
            "approximateInvokeCount": what.attempts,
        },
        **({} if what.condition == "RecordAgeExceeded" else {"responseContext": response}),
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
