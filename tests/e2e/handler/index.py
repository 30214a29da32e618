"""Does what the events themselves ask for, and notes each attempt in the file that ``JOURNAL`` names.

An event holds tokens such as ``e2e-fail-17``, wherever its source lets a sender put text.
"""

import base64
import gzip
import json
import os
import re
import time
from pathlib import Path
from typing import Any

TOKEN = re.compile(r"e2e-(succeed|fail|twice|timeout|slow|hold|gone)-\w+")
JOURNAL = Path(os.environ["JOURNAL"])
BATCHES = {
    "aws:sqs": lambda record: record["messageId"],
    "aws:kinesis": lambda record: record["kinesis"]["sequenceNumber"],
    "aws:dynamodb": lambda record: record["dynamodb"]["SequenceNumber"],
}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle the records of a batch one by one, or else the event."""
    records = event.get("Records", []) if isinstance(event, dict) else []
    if records and (id_of := BATCHES.get(records[0].get("eventSource", ""))):
        failed = []
        for record in records:
            try:
                act(read(record), context)
            except Failure:
                failed.append({"itemIdentifier": id_of(record)})
                if record["eventSource"] == "aws:sqs":
                    continue
                if record is records[0]:
                    raise  # Lambda halves the batch of a stream then, until the bad record is alone
                break  # in a stream the later records wait
        return {"batchItemFailures": failed}
    if "deliveryStreamArn" in event:
        return {"records": [transform(record, context) for record in event["records"]]}
    text = read(event)
    act(text, context)
    return event if "triggerSource" in event else {"statusCode": 200, "body": text}  # Cognito wants its event back


def transform(record: dict[str, Any], context: Any) -> dict[str, Any]:
    """Hand on a record of Firehose as it is, or marked as failed."""
    try:
        act(read(record), context)
    except Failure:
        return {**record, "result": "ProcessingFailed"}
    return {**record, "result": "Ok"}


class Failure(RuntimeError):  # noqa: N818 (the name is what clients and records show)
    """What an event asked for."""


def read(event: Any) -> str:
    """Return all text of an event: as JSON, and what of it is base64 or gzip, decoded."""
    text = json.dumps(event)
    for encoded in re.findall(r'"([A-Za-z0-9+/]{16,}={0,2})"', text):
        try:
            decoded = base64.b64decode(encoded, validate=True)
            text += (gzip.decompress(decoded) if decoded[:2] == b"\x1f\x8b" else decoded).decode()
        except (ValueError, OSError):
            continue
    return text


def act(text: str, context: Any) -> None:
    """Note the attempt at each token of a text, do what it asks for, and note that it is done."""
    for token in sorted({found[0] for found in TOKEN.finditer(text)}):
        note(token, "started", context)
        plan = token.split("-")[1]
        attempts = sum(json.loads(line)[:2] == [token, "started"] for line in JOURNAL.read_text().splitlines())
        if plan == "timeout":
            time.sleep(context.get_remaining_time_in_millis() / 1000 + 5)
        elif plan == "slow":
            time.sleep(0.1)
        elif plan == "hold":
            while not JOURNAL.with_name(token).exists():
                time.sleep(0.02)
        elif plan == "fail" or (plan == "twice" and attempts <= 2):
            raise Failure(f"{token} was to fail")
        note(token, "done", context)


def note(token: str, what: str, context: Any) -> None:
    """Add a line to the journal; short ones of several processes do not mix."""
    with JOURNAL.open("a") as journal:
        journal.write(json.dumps([token, what, context.aws_request_id]) + "\n")
