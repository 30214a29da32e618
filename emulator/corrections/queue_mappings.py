"""Mappings of SQS queues: batching window, batches above ten, groups of FIFO queues, answers, throttles (section 3.5).

A throttled batch is tried again until its visibility timeout ends (W3). ministack ignores the window, takes ten
messages at most, mixes groups, and counts a message as done when the answer names unknown ids (W4). The poller needs
the role's permission to receive and delete, as on AWS.
"""

import time
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import request_scope
from ministack.services import lambda_svc, sqs

from emulator.permissions import function_of, role_may

Message = dict[str, Any]
Mapping = dict[str, Any]

POLLERS = 5
"""Batches in flight at the beginning, without ``MaximumConcurrency`` (W6). More pollers come in minutes only."""

_first_seen: dict[str, float] = {}
"""When the batching window of a mapping began."""


def apply() -> None:
    """Replace the poller of queues."""
    reset = lambda_svc.reset

    def reset_with_windows() -> None:
        _first_seen.clear()
        reset()

    lambda_svc.reset = reset_with_windows
    lambda_svc._poll_sqs = _poll


def _poll() -> bool:
    started = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        if mapping.get("Enabled", True) and (mapping.get("EventSourceArn") or "").startswith("arn:aws:sqs:"):
            with request_scope(account, region):
                started = _start(mapping) or started
    return started


def _start(mapping: Mapping) -> bool:
    source = mapping["EventSourceArn"]
    function, queue = function_of(mapping["FunctionArn"]), sqs._queue_by_arn(source)
    if function is None or queue is None:
        return False
    role = function["config"]["Role"]
    if not all(role_may(role, f"sqs:{action}", source) for action in ("ReceiveMessage", "DeleteMessage")):
        return False
    limit = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency")
    limit = limit or (len(_groups(queue)) if queue["is_fifo"] else POLLERS)
    if lambda_svc._esm_inflight.get(mapping["UUID"], 0) >= limit:
        return False
    batch = _take(mapping, queue)
    if batch:
        lambda_svc._dispatch_esm_batch(mapping["UUID"], _run, mapping, batch)
    return bool(batch)


def _groups(queue: dict[str, Any]) -> set[str]:
    return {message["group_id"] for message in queue["messages"]}


def _take(mapping: Mapping, queue: dict[str, Any]) -> list[Message]:
    with sqs._queues_lock:
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        for message in queue["messages"]:
            sqs._ensure_msg_fields(message)
        now, size = time.time(), int(mapping["BatchSize"])
        visible = [message for message in queue["messages"] if message["visible_at"] <= now]
        if queue["is_fifo"]:
            visible = _of_one_group(visible, queue["messages"], now)
        elif not _is_due(mapping, len(visible), size):
            return []
        timeout = int(queue["attributes"].get("VisibilityTimeout", "30"))
        return list(sqs._collect_msgs({"is_fifo": False, "messages": visible}, size, timeout))


def _of_one_group(visible: list[Message], messages: list[Message], now: float) -> list[Message]:
    in_flight = {m["group_id"] for m in messages if m["visible_at"] > now and m["receive_count"]}
    group = next((m["group_id"] for m in visible if m["group_id"] not in in_flight), None)
    return [message for message in visible if message["group_id"] == group]


def _is_due(mapping: Mapping, waiting: int, size: int) -> bool:
    window = int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    if (
        waiting
        and waiting < size
        and time.monotonic() - _first_seen.setdefault(mapping["UUID"], time.monotonic()) < window
    ):
        return False
    _first_seen.pop(mapping["UUID"], None)
    return bool(waiting)


def _run(mapping: Mapping, batch: list[Message]) -> None:
    arn = parse_arn(mapping["EventSourceArn"])
    with request_scope(arn.account_id, arn.region):
        url = sqs._queue_url(arn.resource)
        records = lambda_svc._apply_filter_criteria([_record(message, mapping) for message in batch], mapping)
        kept = {record["messageId"] for record in records}
        _delete(url, [message for message in batch if message["id"] not in kept])  # the filter rejects them (E9)
        if not records:
            return
        result = _invoke(mapping, records, min(message["visible_at"] for message in batch))
        failed = _failed(mapping, kept, result)
        mapping["LastProcessingResult"] = "FAILED" if failed else f"OK - {len(records)} records"
        _delete(url, [message for message in batch if message["id"] in kept - failed])


def _invoke(mapping: Mapping, records: list[dict[str, Any]], deadline: float) -> dict[str, Any]:
    while True:
        function = function_of(mapping["FunctionArn"])
        if function is None:
            return {"error": True}
        record, config = lambda_svc._effective_func_record_for_qualifier(function, mapping.get("Qualifier"))
        environment = {**record, "config": config, "concurrency": function["concurrency"]}
        result = dict(lambda_svc._execute_function(environment, {"Records": records}))
        if not result.get("throttle") or time.time() + 0.2 > deadline:
            return result
        time.sleep(0.2)


def _failed(mapping: Mapping, sent: set[str], result: dict[str, Any]) -> set[str]:
    """Return the ids of the messages that come back."""
    if result.get("error"):
        return sent
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []) or not result.get("body"):
        return set()
    try:
        named = {failure["itemIdentifier"] for failure in result["body"].get("batchItemFailures") or []}
    except (AttributeError, KeyError, TypeError):
        return sent
    return named if named <= sent else sent


def _delete(url: str, messages: list[Message]) -> None:
    sqs._delete_messages_for_esm(url, {message["receipt_handle"] for message in messages})


def _record(message: Message, mapping: Mapping) -> dict[str, Any]:
    arn = parse_arn(mapping["EventSourceArn"])
    attributes = {
        "ApproximateReceiveCount": str(message["receive_count"]),
        "SentTimestamp": str(int(message["sent_at"] * 1000)),
        "SenderId": arn.account_id,
        "ApproximateFirstReceiveTimestamp": str(int(message["first_receive_at"] * 1000)),
        "AWSTraceHeader": (message.get("sys") or {}).get("AWSTraceHeader"),
        "MessageGroupId": message.get("group_id"),
        "MessageDeduplicationId": message.get("dedup_id"),
        "SequenceNumber": message.get("seq"),
    }
    return {
        "messageId": message["id"],
        "receiptHandle": message["receipt_handle"],
        "body": message["body"],
        "attributes": {name: str(value) for name, value in attributes.items() if value},
        "messageAttributes": lambda_svc._sqs_message_attributes_to_camel_case(message.get("message_attributes", {})),
        "md5OfBody": message.get("md5_body") or message.get("md5") or "",
        "eventSource": "aws:sqs",
        "eventSourceARN": mapping["EventSourceArn"],
        "awsRegion": arn.region,
    }
