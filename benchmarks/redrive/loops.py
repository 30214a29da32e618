"""The ways to redrive that are compared; each returns when the last event left its place."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.redrive.ground import Failed
from constructs_lib.operations.account import Account
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.runner import redrive_failures

Loop = Callable[[Account, Failed, Path], float]
"""Redrives all events, with a file for a journal; returns when the last one had left, by ``time.perf_counter``."""


def ours(account: Account, failed: Failed, journal: Path) -> float:
    """Redrive as the command does, message by message."""
    return _redrive(account, failed, journal, limit=1_000_000)  # with a limit, SQS does not move them


def ours_without_options(account: Account, failed: Failed, journal: Path) -> float:
    """Redrive as the command does when all are to go back to their queue: SQS moves them."""
    return _redrive(account, failed, journal)


def one_by_one(account: Account, failed: Failed, _: Path) -> float:
    """Receive ten messages, send and delete each."""
    sqs = account.client("sqs")
    left = time.perf_counter()
    for messages in _received(sqs, failed.url):
        for message in messages:
            sqs.send_message(QueueUrl=failed.home, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=failed.url, ReceiptHandle=message["ReceiptHandle"])
        left = time.perf_counter()
    return left


def in_batches(account: Account, failed: Failed, _: Path) -> float:
    """Receive ten messages, send and delete them together."""
    sqs = account.client("sqs")
    left = time.perf_counter()
    for messages in _received(sqs, failed.url):
        entries = [{"Id": str(number), "MessageBody": message["Body"]} for number, message in enumerate(messages)]
        sqs.send_message_batch(QueueUrl=failed.home, Entries=entries)
        _delete(sqs, failed.url, messages)
        left = time.perf_counter()
    return left


def invoke_one_by_one(account: Account, failed: Failed, _: Path) -> float:
    """Receive ten records, invoke the function with each payload and delete the record."""
    sqs, lambda_ = account.client("sqs"), account.client("lambda")
    left = time.perf_counter()
    for messages in _received(sqs, failed.url):
        for message in messages:
            lambda_.invoke(FunctionName=failed.home, InvocationType="Event", Payload=_payload(message))
            sqs.delete_message(QueueUrl=failed.url, ReceiptHandle=message["ReceiptHandle"])
        left = time.perf_counter()
    return left


def invoke_and_delete_in_batches(account: Account, failed: Failed, _: Path) -> float:
    """Receive ten records, invoke the function with each payload and delete them together."""
    sqs, lambda_ = account.client("sqs"), account.client("lambda")
    left = time.perf_counter()
    for messages in _received(sqs, failed.url):
        for message in messages:
            lambda_.invoke(FunctionName=failed.home, InvocationType="Event", Payload=_payload(message))
        _delete(sqs, failed.url, messages)
        left = time.perf_counter()
    return left


def _redrive(account: Account, failed: Failed, journal: Path, limit: int | None = None) -> float:
    left = time.perf_counter()
    removed = 0

    def progress(outcome: Outcome) -> None:
        nonlocal left, removed
        if outcome.removed > removed:
            left, removed = time.perf_counter(), outcome.removed

    outcome = redrive_failures(account, failed.place, Options(limit=limit, progress=progress), journal=journal)
    if outcome.code:
        raise RuntimeError(f"expected all events to be sent, found {outcome}")
    return left


def _received(sqs: Any, url: str) -> Iterator[list[dict[str, Any]]]:
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        yield messages


def _delete(sqs: Any, url: str, messages: list[dict[str, Any]]) -> None:
    entries = [{"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]} for number, one in enumerate(messages)]
    sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def _payload(message: dict[str, Any]) -> bytes:
    return json.dumps(json.loads(message["Body"])["requestPayload"]).encode()
