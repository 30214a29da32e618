"""Fails at random, by a seed: what happens to an event in its n-th attempt is the same in every wiring."""

import base64
import json
import os
import random
import re
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["JOURNAL"])
SEED = os.environ["SEED"]
ANSWERS_PARTIALLY = os.environ["ANSWER"] == "partial"
"""Whether the mapping reads ``batchItemFailures``; otherwise a batch fails as a whole, as its function then must."""

TOKEN = re.compile(r"event-\d{5}")
POISON = 0.002  # of the events fail in every attempt
RAISES, KILLED_BEFORE, KILLED_AFTER, TIMES_OUT = 0.19, 0.1935, 0.197, 0.2  # upper ends, of all attempts


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work through the records of a batch, in order where they are of a stream, or else on the event."""
    records = event.get("Records") or [event]
    source = records[0].get("eventSource", "")
    failed: list[dict[str, str]] = []
    for record in records:
        try:
            work(token_of(record), context)
        except RuntimeError:
            if source not in ("aws:sqs", "aws:kinesis") or not ANSWERS_PARTIALLY:
                raise
            if source == "aws:kinesis" and record is records[0]:
                raise  # the batch is halved then, until the bad record is alone
            if source == "aws:kinesis":  # it and all that come after it are tried again
                return {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed} if "Records" in event else {"statusCode": 200, "body": ""}


def token_of(record: dict[str, Any]) -> str:
    """Return the name of the event, wherever its source puts it."""
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    return next(found[0] for found in TOKEN.finditer(json.dumps(record)))


def work(token: str, context: Any) -> None:
    """Do what fate has in store for this attempt."""
    attempt = count(token)
    note("started", token)
    print(f"attempt {attempt} at {token}")
    chance = random.Random(f"{SEED} {token} {attempt}").random()
    if random.Random(f"{SEED} {token}").random() < POISON or chance < RAISES:
        raise RuntimeError(f"attempt {attempt} was to fail")
    if chance < KILLED_BEFORE:
        os._exit(1)
    if KILLED_AFTER <= chance < TIMES_OUT:
        time.sleep(context.get_remaining_time_in_millis() / 1000 + 5)
    note("done", token)
    if chance < KILLED_AFTER:
        os._exit(1)


def count(token: str) -> int:
    """Count the attempts, this one included, over all processes."""
    with (FOLDER / token).open("ab") as attempts:
        attempts.write(b".")
        return attempts.tell()


def note(what: str, token: str) -> None:
    """Add a line to the journal; short ones of several processes do not mix."""
    with (FOLDER / "journal").open("a") as journal:
        journal.write(f"{what} {token}\n")
