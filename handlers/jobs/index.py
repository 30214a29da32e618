"""Background jobs: Lambda polls an SQS queue and invokes with a batch of messages.

A message's body is JSON that names a job and its input, such as ``{"job": "word-count", "text": "to be or not"}``; the
result goes to the log. A message that fails is reported by its id and comes back alone, while the others are done; in a
FIFO queue all after it come back, too. The mapping must have ``ReportBatchItemFailures`` on, which `SqsToLambda` does.

A message may come twice, for instance when the invocation timed out before it could answer. What was done within the
last hour is recorded in the table ``IDEMPOTENCY_TABLE`` and not done again.
"""

import hashlib
import json
import logging
import os
import statistics
from collections import Counter
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

# What a message has in common with its duplicates. A standard queue delivers it again under its id. What is sent to a
# FIFO queue again has a new id and the old deduplication id, by which SQS itself recognises it for five minutes only.
SAME_MESSAGE = "[eventSourceARN, attributes.MessageGroupId, attributes.MessageDeduplicationId || messageId]"

logger = logging.getLogger(__name__)
store = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
config = IdempotencyConfig(event_key_jmespath=SAME_MESSAGE)


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Run the job of each message; return the messages that must come back.

    An event that is no SQS batch raises, and so does a batch of which nothing could be done; all of it comes back.
    """
    config.register_lambda_context(context)  # so that what a timeout interrupted may be done again
    fifo = event["Records"][0]["eventSourceARN"].endswith(".fifo")
    processor = SqsFifoPartialProcessor() if fifo else BatchProcessor(EventType.SQS)
    return process_partial_response(event, run_message, processor, context)


def run_message(record: SQSRecord) -> None:
    """Run the job of one message, unless it was done before."""
    try:
        run_once(record=record)
    except Exception:
        logger.exception("job failed", extra={"message_id": record.message_id})
        raise


@idempotent_function(data_keyword_argument="record", persistence_store=store, config=config)  # type: ignore[untyped-decorator]
def run_once(*, record: SQSRecord) -> None:
    """Run the job of a message that the table does not know as done."""
    job, result = run(record.body)
    logger.info("job done", extra={"message_id": record.message_id, "job": job, "result": result})


def run(body: str) -> tuple[str, dict[str, Any]]:
    """Run the job that a message describes; return its name and result.

    Raises
    ------
    ValueError
        If the body is not JSON, names no known job, or lacks the job's input.
    """
    order = json.loads(body)
    name = order.get("job") if isinstance(order, dict) else None
    if not isinstance(name, str) or name not in JOBS:
        raise ValueError(f"expected an object whose job is one of {', '.join(JOBS)}, found {body[:100]}")
    return name, JOBS[name](order)


def word_count(order: dict[str, Any]) -> dict[str, Any]:
    """Count the words of ``text`` and name the three most frequent."""
    words = _text(order).lower().split()
    return {"words": len(words), "most_frequent": [word for word, _ in Counter(words).most_common(3)]}


def checksum(order: dict[str, Any]) -> dict[str, Any]:
    """Compute the SHA-256 digest of ``text`` in UTF-8."""
    return {"sha256": hashlib.sha256(_text(order).encode()).hexdigest()}


def summary(order: dict[str, Any]) -> dict[str, Any]:
    """Compute mean and median of ``numbers``."""
    numbers = order.get("numbers")
    if not isinstance(numbers, list) or not numbers or any(type(number) not in (int, float) for number in numbers):
        raise ValueError("numbers: expected a list of at least one number")
    return {"count": len(numbers), "mean": statistics.fmean(numbers), "median": statistics.median(numbers)}


def _text(order: dict[str, Any]) -> str:
    text = order.get("text")
    if not isinstance(text, str):
        raise ValueError("text: expected a text")
    return text


JOBS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "word-count": word_count,
    "checksum": checksum,
    "summary": summary,
}
