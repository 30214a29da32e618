"""Where a queue moves messages that keep failing: its dead-letter queue, and whether that one can hold them."""

from typing import Any, cast

from aws_cdk import Annotations, Token
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.facts import MAX_RECEIVE_COUNT_ADVISED_MIN, RETENTION_DEFAULT_SECONDS
from constructs_lib.types import AnyQueue


def known_dead_letter_queue(pattern: Construct, queue: AnyQueue) -> sqs.IQueue | None:
    """Return the dead-letter queue of a queue.

    Returns
    -------
    sqs.IQueue or None
        ``None`` if the queue is imported, which is warned of, or if its redrive policy was set on the resource.

    Raises
    ------
    ValueError
        If an owned queue has none, or one of the other kind, FIFO or standard.
    """
    if not isinstance(queue, sqs.Queue):
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:importedQueueRedrive",
            f"whether the imported queue {queue.node.path} has a dead-letter queue cannot be seen here; "
            "without one, messages that keep failing return until their retention ends, and are then lost: "
            "see to its redrive policy where it is made, then acknowledge this warning",
        )
        return None
    if queue.dead_letter_queue is None:
        if _resource(queue).redrive_policy is not None:
            return None
        raise ValueError(
            f"{pattern.node.path}: expected a queue with a dead-letter queue, got {queue.node.path} without; "
            "pass dead_letter_queue=DeadLetterQueue(queue=FailureQueue(...), max_receive_count=5) to that queue"
        )
    dead_letter_queue = queue.dead_letter_queue.queue
    _check_kind(pattern, queue, dead_letter_queue)
    _check_receive_count(pattern, queue, queue.dead_letter_queue.max_receive_count)
    _check_retention(pattern, queue, dead_letter_queue)
    return dead_letter_queue


def _check_kind(pattern: Construct, queue: sqs.Queue, dead_letter_queue: sqs.IQueue) -> None:
    imported = not isinstance(dead_letter_queue, sqs.Queue)
    if imported and Token.is_unresolved(dead_letter_queue.queue_arn):
        return  # only the ARN would tell
    if bool(dead_letter_queue.fifo) != bool(queue.fifo):
        kinds = {True: "FIFO", False: "standard"}
        raise ValueError(
            f"{pattern.node.path}: expected queue and dead-letter queue both FIFO or both standard, got "
            f"{kinds[bool(queue.fifo)]} and {kinds[bool(dead_letter_queue.fifo)]}; "
            "leave out dead_letter_queue= to get the right one"
        )


def _check_receive_count(pattern: Construct, queue: sqs.Queue, count: float) -> None:
    if not Token.is_unresolved(count) and count < MAX_RECEIVE_COUNT_ADVISED_MIN:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:maxReceiveCount",
            f"messages of {queue.node.path} move to the dead-letter queue when received {count:g} times; AWS advises "
            f"at least {MAX_RECEIVE_COUNT_ADVISED_MIN}: with fewer, throttling alone can move good messages there",
        )


def _check_retention(pattern: Construct, queue: sqs.Queue, dead_letter_queue: sqs.IQueue) -> None:
    if queue.fifo or not isinstance(dead_letter_queue, sqs.Queue):
        return  # a FIFO queue starts the clock again when a message moves
    kept, dead_letter_kept = _retention(queue), _retention(dead_letter_queue)
    if kept is not None and dead_letter_kept is not None and dead_letter_kept < kept:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:deadLetterRetention",
            f"{dead_letter_queue.node.path} keeps messages for {dead_letter_kept:g} s, {queue.node.path} for {kept:g} "
            "s; the clock runs on when a message moves, so that an old one can expire as soon as it is there: "
            "let the dead-letter queue keep them for longer",
        )


def _retention(queue: sqs.Queue) -> float | None:
    seconds: Any = _resource(queue).message_retention_period
    if seconds is None:
        return RETENTION_DEFAULT_SECONDS
    return None if Token.is_unresolved(seconds) else float(seconds)


def _resource(queue: sqs.Queue) -> sqs.CfnQueue:
    return cast(sqs.CfnQueue, queue.node.default_child)
