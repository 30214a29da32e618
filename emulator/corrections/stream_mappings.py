"""Mappings of Kinesis and DynamoDB streams: retries, record age, bisection, partial responses, on-failure (3.2).

A throttle uses up no attempt (K-2). A batch that failed as a whole is halved, which uses up none either; a partial
response instead moves the checkpoint to the lowest number that it names, with bisection as without, and only the
records from there are tried again (K-3, K-4: "bisected at the returned sequence number"). Attempts are counted for the
same batch: they begin anew after both, as was seen on AWS for partial responses (localstack/localstack, the recorded
``test_kinesis_report_batch_item_failures``). What AWS does if the first record is named, with bisection, is not
written: here the batch is tried again as it is. Records that are too old are given up before the function sees them,
and the younger ones of their batch go on. ministack tries a failing batch again for ever. The poller needs the role's
permission to read, as on AWS.
"""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import request_scope
from ministack.services import lambda_svc

from emulator.permissions import function_of, role_may
from emulator.stream_answers import BatchFailedError, first_failure
from emulator.stream_failures import GivenUp, discard
from emulator.streams import Mapping, Shard, arrival, shards_of

_log = logging.getLogger("emulator.stream_mappings")
_READ = {"kinesis": "kinesis:GetRecords", "dynamodb": "dynamodb:GetRecords"}


@dataclass
class Batch:
    """Records of a shard that are tried together."""

    start: int
    end: int
    attempts: int = 0


@dataclass
class Reader:
    """How far one mapping is in one shard."""

    position: int
    batches: deque[Batch] = field(default_factory=deque)
    busy: bool = False
    wait: float = 0.0
    """Seconds before the next try."""


_readers: dict[tuple[str, str], Reader] = {}


def apply() -> None:
    """Replace both pollers by one."""
    reset = lambda_svc.reset

    def reset_with_readers() -> None:
        _readers.clear()
        reset()

    lambda_svc.reset = reset_with_readers
    lambda_svc._poll_kinesis = _poll
    lambda_svc._poll_dynamodb_streams = lambda: False


def _poll() -> bool:
    for account, region, mapping in lambda_svc._iter_all_esms():
        stream = mapping.get("EventSourceArn") or ""  # brokers of one's own have no ARN
        service = parse_arn(stream).service if stream else ""
        if not mapping.get("Enabled", True) or service not in _READ:
            continue
        with request_scope(account, region):
            function = function_of(mapping["FunctionArn"])
            if function and role_may(function["config"]["Role"], _READ[service], stream):
                for shard in shards_of(stream):
                    _start(mapping, shard, account, region)
    return False


def _start(mapping: Mapping, shard: Shard, account: str, region: str) -> None:
    key = (mapping["UUID"], shard.id)
    if key not in _readers:
        latest = mapping.get("StartingPosition") == "LATEST"
        _readers[key] = Reader(shard.end() if latest else shard.first())
    reader = _readers[key]
    if reader.busy:
        return
    reader.position = max(reader.position, shard.first())  # what expired is gone
    if not reader.batches:
        end = min(shard.end(), reader.position + int(mapping["BatchSize"]))
        if end == reader.position:
            return
        reader.batches.append(Batch(reader.position, end))
    reader.busy = True
    threading.Thread(target=_run, args=(mapping, shard, reader, account, region), daemon=True).start()


def _run(mapping: Mapping, shard: Shard, reader: Reader, account: str, region: str) -> None:
    try:
        with request_scope(account, region):
            _try(mapping, shard, reader)
    except Exception:
        _log.exception("mapping %s failed", mapping["UUID"])
        reader.wait = 1.0
    finally:
        time.sleep(reader.wait)
        reader.busy = False
        lambda_svc._esm_wake.set()


def _try(mapping: Mapping, shard: Shard, reader: Reader) -> None:
    function = function_of(mapping["FunctionArn"])
    if function is None:
        return
    _give_up_old(mapping, function, shard, reader)
    batch = reader.batches[0]
    read = shard.read(batch.start, batch.end)
    records = lambda_svc._apply_filter_criteria(read, mapping)
    if not records:
        _done(reader, batch.end)
        return
    record, config = lambda_svc._effective_func_record_for_qualifier(function, mapping.get("Qualifier"))
    result = lambda_svc._execute_function(
        {**record, "config": config, "concurrency": function["concurrency"]}, {"Records": records}
    )
    if result.get("throttle"):
        reader.wait = 0.2
        return
    try:
        failed = first_failure(mapping, records, result)
    except BatchFailedError:
        failed, halves = 0, bool(mapping.get("BisectBatchOnFunctionError"))
    else:
        halves = False
    if failed is None:
        mapping["LastProcessingResult"] = f"OK - {len(records)} records"
        _done(reader, batch.end)
        return
    mapping["LastProcessingResult"] = "FAILED"
    batch.attempts += 1
    reader.wait = min(0.05 * 2 ** min(batch.attempts, 5), 1.0)
    if failed:  # all before it are done
        _replace(reader, Batch(batch.start + next(i for i, r in enumerate(read) if r is records[failed]), batch.end))
        reader.position = reader.batches[0].start
    elif halves and len(read) > 1:
        middle = (batch.start + batch.end) // 2
        _replace(reader, Batch(batch.start, middle), Batch(middle, batch.end))
    elif 0 <= int(mapping.get("MaximumRetryAttempts", -1)) < batch.attempts:
        error = "Unhandled" if result.get("error") else None
        discard(mapping, function, shard, GivenUp(records, "RetryAttemptsExhausted", batch.attempts, error))
        _done(reader, batch.end)


def _give_up_old(mapping: Mapping, function: dict[str, Any], shard: Shard, reader: Reader) -> None:
    """Give up the first records of the batch that are older than the mapping allows."""
    age = int(mapping.get("MaximumRecordAgeInSeconds", -1))
    if age <= 0:
        return
    batch = reader.batches[0]
    read = shard.read(batch.start, batch.end)
    old = list(takewhile(lambda record: time.time() - arrival(record) > age, read))
    if records := lambda_svc._apply_filter_criteria(old, mapping):
        discard(mapping, function, shard, GivenUp(records, "RecordAgeExceeded", batch.attempts))
    if old:
        _replace(reader, Batch(batch.start + len(old), batch.end))
        reader.position = reader.batches[0].start


def _replace(reader: Reader, *parts: Batch) -> None:
    reader.batches.popleft()
    reader.batches.extendleft(reversed(parts))


def _done(reader: Reader, position: int) -> None:
    reader.batches.popleft()
    reader.position = position
    reader.wait = 0.0
