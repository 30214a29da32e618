"""The queue that a pattern makes, with a dead-letter queue."""

from typing import TypedDict

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import check_range
from constructs_lib.facts import (
    MAX_RECEIVE_COUNT_ADVISED_MIN,
    MAX_RECEIVE_COUNT_MAX,
    VISIBILITY_TIMEOUT_MAX_SECONDS,
)
from constructs_lib.failure import FailureQueue
from constructs_lib.polling.visibility import default_visibility_timeout
from constructs_lib.types import AnyFunction, AnyKey, AnyQueue


class QueueSettings(TypedDict):
    """What of ``SqsToLambda`` is a setting of the new queue; ``None`` is the default."""

    fifo: bool | None
    encryption_key: AnyKey | None
    visibility_timeout: Duration | None
    dead_letter_queue: AnyQueue | None
    max_receive_count: int | None


def make_queue(
    pattern: Construct, function: AnyFunction, window: Duration | None, settings: QueueSettings
) -> sqs.Queue:
    """Return a new queue, encrypted, that takes TLS only, and hides messages while the function works on them.

    Raises
    ------
    ValueError
        If a number is out of its range, or if the timeout of the function is not known and none was given.
    """
    hidden, count, key = settings["visibility_timeout"], settings["max_receive_count"], settings["encryption_key"]
    check_range(pattern, "visibility_timeout", hidden, 0, VISIBILITY_TIMEOUT_MAX_SECONDS)
    check_range(pattern, "max_receive_count", count, 1, MAX_RECEIVE_COUNT_MAX)
    hidden = hidden or default_visibility_timeout(pattern, function, window)
    fifo = bool(settings["fifo"])
    dead_letter_queue = settings["dead_letter_queue"] or FailureQueue(
        pattern, "DeadLetterQueue", fifo=fifo, encryption_key=key
    )
    return sqs.Queue(
        pattern,
        "Queue",
        fifo=fifo or None,
        encryption=sqs.QueueEncryption.SQS_MANAGED if key is None else sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        visibility_timeout=hidden,
        dead_letter_queue=sqs.DeadLetterQueue(
            queue=dead_letter_queue,
            max_receive_count=MAX_RECEIVE_COUNT_ADVISED_MIN if count is None else count,
        ),
    )
