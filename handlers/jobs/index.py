"""Background jobs: Lambda polls an SQS queue and invokes with a batch of messages.

A message's body is JSON that names a job and its input, such as ``{"job": "word-count", "text": "to be or not"}``; the
result goes to the log. A message that fails is reported by its id and comes back alone, while the others are done:
the mapping must have ``ReportBatchItemFailures`` on, which `SqsToLambda` does. A message may come twice; repeating
these jobs does no harm.
"""

import hashlib
import json
import logging
import statistics
from collections import Counter
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)


def handler(event: dict[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Run the job of each message; return the messages that must come back.

    An event that is no SQS batch raises, and the whole batch comes back: an answer without failures would delete it.
    """
    messages = [(record["messageId"], record["eventSourceARN"], record["body"]) for record in event["Records"]]
    failed: list[str] = []
    for position, (message_id, queue, body) in enumerate(messages):
        try:
            job, result = run(body)
        except Exception:
            logger.exception("job failed", extra={"message_id": message_id})
            if queue.endswith(".fifo"):
                # Going on would overtake the failed message: it and all after it come back, in their order.
                failed += [later for later, _, _ in messages[position:]]
                break
            failed.append(message_id)
        else:
            logger.info("job done", extra={"message_id": message_id, "job": job, "result": result})
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


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
