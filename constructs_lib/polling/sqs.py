"""SQS queue to a function, through an event source mapping."""

from typing import cast

from aws_cdk import Annotations, Duration, Names, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue
from constructs_lib.checks import check_kinds, refuse_settings
from constructs_lib.facts import (
    MAX_RECEIVE_COUNT_ADVISED_MIN,
    SQS_BATCH_SIZE_DEFAULT,
    SQS_FIFO_BATCH_SIZE_MAX,
)
from constructs_lib.failure import FailureQueue, watch
from constructs_lib.polling.visibility import check_visibility_timeout, default_visibility_timeout
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyKey, AnyQueue, AnyTopic


class SqsToLambda(Construct):
    """A queue whose messages a function works through in batches.

    SQS delivers at least once: the handler must bear seeing a message twice. The handler returns
    ``{"batchItemFailures": [{"itemIdentifier": message_id}, ...]}`` with the messages that failed, and an empty list
    if none did; only those become visible again. For a FIFO queue it stops at the first failure and returns that
    message and all after it (AWS: lambda/services-sqs-errorhandling).

    Where a failed event goes
        *delivery* and *execution* are one stage: a message that was received ``max_receive_count`` times without
        success moves to the dead-letter queue of the queue, which an alarm watches. The function's own dead-letter
        queue and destinations are never used.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported.
    queue
        An owned queue with a dead-letter queue, or an imported queue; standard or FIFO. Whether an imported queue has a
        dead-letter queue cannot be seen: a warning asks for it. Default: a new one: SSE-SQS, TLS only.
    fifo
        Whether the new queue, and its dead-letter queue, are FIFO. Default: standard.
    encryption_key
        Customer-managed key for the new queue and its dead-letter queue. Default: SSE-SQS.
    visibility_timeout
        How long a received message of the new queue stays hidden, up to 12 hours. Default: 6 times the timeout of the
        function, plus ``max_batching_window`` (AWS: lambda/services-sqs-configure).
    dead_letter_queue
        Where the new queue moves messages that keep failing; of the same kind, FIFO or standard. Default: a new
        ``FailureQueue``.
    max_receive_count
        How often a message of the new queue is received before it moves to the dead-letter queue. Default: 5, the
        least that AWS advises (the same source), as throttling alone makes messages come back.
    batch_size
        Most messages in one invocation, up to 10, or up to 10,000 with a batching window. Default: 10.
    max_batching_window
        How long to gather messages for a batch, up to 5 minutes; not for FIFO. Default: not at all.
    report_batch_item_failures
        Whether the handler returns the messages that failed; if not, one failure returns the whole batch.
        Default: it does.
    alarm_topic
        Notified by the alarm of the dead-letter queue. Default: it notifies nobody.

    Attributes
    ----------
    function, queue
        What was given or made.
    dead_letter_queue : sqs.IQueue or None
        Where failed messages wait; ``None`` if the queue is imported.
    mapping : lambda_.EventSourceMapping
        The event source mapping.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If an owned queue has no dead-letter queue, if messages are hidden for less time than the function may take
        (the deployment would fail), if the function's timeout is not known and ``visibility_timeout`` is not given, if
        a FIFO queue has a batching window or batches above 10, if queue and dead-letter queue are not both FIFO or both
        standard, if the function already reads the queue, or if a setting of a new queue comes with ``queue``.
    TypeError
        If ``function``, a queue or ``alarm_topic`` is no such CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        queue: AnyQueue | None = None,
        fifo: bool | None = None,
        encryption_key: AnyKey | None = None,
        visibility_timeout: Duration | None = None,
        dead_letter_queue: AnyQueue | None = None,
        max_receive_count: int | None = None,
        batch_size: int = SQS_BATCH_SIZE_DEFAULT,
        max_batching_window: Duration | None = None,
        report_batch_item_failures: bool = True,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_kinds(self, function=function, queue=queue, dead_letter_queue=dead_letter_queue, alarm_topic=alarm_topic)
        self.function = function
        if queue is None:
            hidden = visibility_timeout or default_visibility_timeout(self, function, max_batching_window)
            dlq = dead_letter_queue or FailureQueue(
                self, "DeadLetterQueue", fifo=bool(fifo), encryption_key=encryption_key
            )
            queue = sqs.Queue(
                self,
                "Queue",
                fifo=fifo or None,
                encryption=sqs.QueueEncryption.SQS_MANAGED if encryption_key is None else sqs.QueueEncryption.KMS,
                encryption_master_key=encryption_key,
                enforce_ssl=True,
                visibility_timeout=hidden,
                dead_letter_queue=sqs.DeadLetterQueue(
                    queue=dlq,
                    max_receive_count=MAX_RECEIVE_COUNT_ADVISED_MIN if max_receive_count is None else max_receive_count,
                ),
            )
        else:
            refuse_settings(
                self,
                "queue",
                fifo=fifo,
                encryption_key=encryption_key,
                visibility_timeout=visibility_timeout,
                dead_letter_queue=dead_letter_queue,
                max_receive_count=max_receive_count,
            )
        self.queue = queue
        self.dead_letter_queue = self._known_dead_letter_queue()
        if isinstance(queue, sqs.Queue):
            check_visibility_timeout(self, queue, function, max_batching_window)
        self._check_fifo(batch_size, max_batching_window)
        self.alarms = self._watch(alarm_topic)
        mapping_id = f"SqsEventSource:{Names.node_unique_id(queue.node)}"  # which SqsEventSource gives to its mapping
        if function.node.try_find_child(mapping_id) is not None:
            raise ValueError(
                f"{self.node.path}: expected a queue that {function.node.path} does not read yet, got "
                f"{queue.node.path} again; one mapping is enough"
            )
        function.add_event_source(
            event_sources.SqsEventSource(
                queue,
                batch_size=batch_size,
                max_batching_window=max_batching_window,
                report_batch_item_failures=report_batch_item_failures,
            )
        )
        self.mapping = cast(lambda_.EventSourceMapping, function.node.find_child(mapping_id))
        acknowledge(
            self.mapping,
            "Lambda has no destination for SQS mappings: failed messages go to the queue's dead-letter queue",
            "Serverless-LambdaEventSourceMappingDestination",
        )
        acknowledge_no_dead_letter_queue(function, "A mapping invokes synchronously, which never uses such a queue")
        if function.role is not None and owned_function(function) is None:
            self.mapping.node.add_dependency(function.role)  # CDK orders this only for functions of its own

    def _known_dead_letter_queue(self) -> sqs.IQueue | None:
        if not isinstance(self.queue, sqs.Queue):
            Annotations.of(self).add_warning_v2(
                "lambda-invocation-constructs:importedQueueRedrive",
                f"whether the imported queue {self.queue.node.path} has a dead-letter queue cannot be seen here; "
                "without one, messages that keep failing return until their retention ends, and are then lost: "
                "see to its redrive policy where it is made, then acknowledge this warning",
            )
            return None
        if self.queue.dead_letter_queue is None:
            raise ValueError(
                f"{self.node.path}: expected a queue with a dead-letter queue, got {self.queue.node.path} without; "
                "pass dead_letter_queue=DeadLetterQueue(queue=FailureQueue(...), max_receive_count=5) to that queue"
            )
        return self.queue.dead_letter_queue.queue

    def _watch(self, alarm_topic: AnyTopic | None) -> list[cloudwatch.Alarm]:
        if self.dead_letter_queue is not None:
            return [watch(self.dead_letter_queue, alarm_topic)]
        if alarm_topic is not None:
            raise ValueError(
                f"{self.node.path}: expected no alarm_topic for the imported queue {self.queue.node.path}, got one; "
                "its dead-letter queue is not known here: set the alarm where that queue is made"
            )
        return []

    def _check_fifo(self, batch_size: int, max_batching_window: Duration | None) -> None:
        if self.dead_letter_queue is not None and bool(self.dead_letter_queue.fifo) != bool(self.queue.fifo):
            kinds = {True: "FIFO", False: "standard"}
            raise ValueError(
                f"{self.node.path}: expected queue and dead-letter queue both FIFO or both standard, got "
                f"{kinds[bool(self.queue.fifo)]} and {kinds[bool(self.dead_letter_queue.fifo)]}; "
                "leave out dead_letter_queue= to get the right one"
            )
        if self.queue.fifo and max_batching_window is not None:
            raise ValueError(
                f"{self.node.path}: expected no max_batching_window for the FIFO queue {self.queue.node.path}, got "
                "one; leave it out: Lambda has none for FIFO queues"
            )
        if self.queue.fifo and not Token.is_unresolved(batch_size) and batch_size > SQS_FIFO_BATCH_SIZE_MAX:
            raise ValueError(
                f"{self.node.path}: expected a batch_size of at most {SQS_FIFO_BATCH_SIZE_MAX} for the FIFO queue "
                f"{self.queue.node.path}, got {batch_size}"
            )
