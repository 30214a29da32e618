"""Mappings of Kinesis and DynamoDB streams: retries, record age, bisection, partial responses, on-failure (3.2).

A throttle uses up no attempt (K-2), a bisection neither (K-3), a partial response moves the checkpoint to the lowest
number that it names (K-4). ministack tries a failing batch again for ever. The poller needs the role's permission to
read, as on AWS.
"""

import json
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import request_scope
from ministack.services import lambda_svc

from emulator.permissions import function_of, role_may
from emulator.stream_failures import discard
from emulator.streams import Mapping, Record, Shard, arrival, sequence_number, shards_of

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
    batch = reader.batches[0]
    read = shard.read(batch.start, batch.end)
    records = lambda_svc._apply_filter_criteria(read, mapping)
    function = function_of(mapping["FunctionArn"])
    if function is None:
        return
    if not records:
        _done(reader, batch.end)
        return
    record, config = lambda_svc._effective_func_record_for_qualifier(function, mapping.get("Qualifier"))
    result = lambda_svc._execute_function(
        {**record, "config": config, "concurrency": function["concurrency"]}, {"Records": records}
    )
    if result.get("throttle"):
        failed: int | None = 0
    else:
        failed = _first_failure(mapping, records, result)
        batch.attempts += failed is not None
    if failed is None:
        mapping["LastProcessingResult"] = f"OK - {len(records)} records"
        _done(reader, batch.end)
        return
    mapping["LastProcessingResult"] = "FAILED"
    if failed:  # all before the first failure are done
        batch.start += next(i for i, r in enumerate(read) if r is records[failed])
        reader.position = batch.start
        records = records[failed:]
    _after_failure(mapping, function, shard, reader, records, throttled=bool(result.get("throttle")))


def _after_failure(
    mapping: Mapping,
    function: dict[str, Any],
    shard: Shard,
    reader: Reader,
    records: list[Record],
    *,
    throttled: bool,
) -> None:
    batch = reader.batches[0]
    retries = int(mapping.get("MaximumRetryAttempts", -1))
    age = int(mapping.get("MaximumRecordAgeInSeconds", -1))
    reader.wait = 0.2 if throttled else min(0.05 * 2 ** min(batch.attempts, 5), 1.0)
    if 0 < age < time.time() - arrival(records[0]):
        discard(mapping, function, shard, records, "MaxRecordAgeExceeded", batch.attempts)
        _done(reader, batch.end)
    elif throttled:
        return
    elif mapping.get("BisectBatchOnFunctionError") and batch.end - batch.start > 1:
        reader.batches.popleft()
        middle = (batch.start + batch.end) // 2
        reader.batches.extendleft([Batch(middle, batch.end), Batch(batch.start, middle)])
    elif 0 <= retries < batch.attempts:
        discard(mapping, function, shard, records, "RetryAttemptsExhausted", batch.attempts)
        _done(reader, batch.end)


def _done(reader: Reader, position: int) -> None:
    reader.batches.popleft()
    reader.position = position
    reader.wait = 0.0


def _first_failure(mapping: Mapping, records: list[Record], result: dict[str, Any]) -> int | None:
    """Return the index of the first record that failed; none if all are done."""
    if result.get("error"):
        return 0
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return None
    answer = result.get("body")
    try:
        answer = json.loads(answer) if isinstance(answer, str) else answer
        failures = (answer or {}).get("batchItemFailures") or []
        numbers = [sequence_number(record) for record in records]
        return min((numbers.index(failure["itemIdentifier"]) for failure in failures), default=None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0
