"""What a redrive cannot be made of."""

from aws_cdk import Stack, Token
from constructs import Construct

from constructs_lib.alarms import in_sight
from constructs_lib.checks import check_range
from constructs_lib.types import AnyBucket, AnyFunction, AnyQueue, AnyStream, AnyTable


def check_source(
    owner: Construct,
    bucket: AnyBucket | None,
    prefix: str | None,
    queue: AnyQueue | None,
    function: AnyFunction | None,
    source_queue: AnyQueue | None,
) -> None:
    """Raise ``ValueError`` for a place and homes that do not go together."""
    path = owner.node.path
    if (bucket is None) == (queue is None):
        raise ValueError(
            f"{path}: expected either bucket or queue, where failed events are, got "
            f"{'neither' if bucket is None else 'both'}; make one FailureRedrive for each place"
        )
    if source_queue is not None and not hasattr(source_queue, "queue_arn"):
        raise TypeError(f"{path}: expected source_queue to be a queue of the CDK, got {source_queue!r}")
    place = bucket or queue
    if place is not None and not in_sight(owner, place):
        raise ValueError(
            f"{path}: expected {place.node.path} in the Region and account of the redrive, got it in another one; "
            "Step Functions reads buckets of its own only, and queues answer there: make the redrive beside it"
        )
    if bucket is not None:
        if function is None or source_queue is not None:
            raise ValueError(
                f"{path}: expected function, which gets the events of a bucket, and no source_queue, got "
                f"{'no function' if function is None else 'source_queue'}; SQS moves no messages to buckets"
            )
        return
    if prefix is not None:
        raise ValueError(f"{path}: expected prefix for a bucket only, got it for a queue; leave it out")
    if queue is None:
        return
    if function is None and source_queue is None:
        raise ValueError(
            f"{path}: expected function or source_queue, which gets the events of {queue.node.path}, got neither; pass "
            "the function that failed, or the queue of which this is the dead-letter queue"
        )
    if getattr(queue, "dead_letter_queue", None) is not None:
        raise ValueError(
            f"{path}: expected a queue whose messages stay in it, got {queue.node.path}, which moves them to a "
            "dead-letter queue of its own once they are received too often; pass that one"
        )
    if source_queue is not None:
        _check_queues(owner, queue, source_queue)


def _check_queues(owner: Construct, queue: AnyQueue, source_queue: AnyQueue) -> None:
    path = owner.node.path
    resolve = Stack.of(owner).resolve
    if resolve(queue.queue_arn) == resolve(source_queue.queue_arn):
        raise ValueError(
            f"{path}: expected source_queue to be another queue than queue, got {queue.node.path} for both; messages "
            "would go round: pass the queue whose dead-letter queue it is"
        )
    if queue.fifo != source_queue.fifo:
        fifo, standard = (queue, source_queue) if queue.fifo else (source_queue, queue)
        raise ValueError(
            f"{path}: expected queue and source_queue to be both FIFO or both standard, got the FIFO "
            f"{fifo.node.path} and the standard {standard.node.path}; SQS has no such dead-letter queues"
        )


def check_streams(
    owner: Construct,
    queue: AnyQueue | None,
    function: AnyFunction | None,
    stream: AnyStream | None,
    table: AnyTable | None,
) -> None:
    """Raise ``ValueError`` for streams whose records nobody would fetch, or that are not there."""
    if (stream is not None or table is not None) and (queue is None or function is None):
        raise ValueError(
            f"{owner.node.path}: expected stream and table only with queue and function, got "
            f"{'no function' if queue is not None else 'a bucket'}; objects hold the records, and a message names "
            "records that are for a function"
        )
    if table is not None and table.table_stream_arn is None:
        raise ValueError(
            f"{owner.node.path}: expected a table whose stream is known, got {table.node.path}; set stream on it, or "
            "import it with Table.from_table_attributes(..., table_stream_arn=...)"
        )


def check_numbers(owner: Construct, max_concurrency: float, rate: float | None) -> None:
    """Raise for numbers that are none, or out of their range; tokens pass."""
    path = owner.node.path
    for parameter, value in (("max_concurrency", max_concurrency), ("rate", rate)):
        if isinstance(value, bool):
            raise TypeError(f"{path}: expected {parameter} to be a number, got {value}")
    if not Token.is_unresolved(max_concurrency) and not isinstance(max_concurrency, int):
        raise ValueError(f"{path}: expected max_concurrency to be a whole number, got {max_concurrency}")
    check_range(owner, "max_concurrency", max_concurrency, 1, 1_000)
    check_range(owner, "rate", rate, 0.1, 10_000)


def check_prefix(owner: Construct, prefix: str) -> str:
    """Return a prefix that permissions can name.

    Raises
    ------
    ValueError
        If it is empty, or has wildcards, which mean something else in policies.
    """
    if not prefix:
        raise ValueError(
            f"{owner.node.path}: expected a prefix, got ''; the redrive could delete every object of the bucket: name "
            "with what the keys of failed events begin, such as aws/lambda/"
        )
    if not Token.is_unresolved(prefix) and ("*" in prefix or "?" in prefix):
        raise ValueError(
            f"{owner.node.path}: expected a prefix without wildcards, got {prefix}; objects count by their beginning"
        )
    return prefix
