"""SQS queue to a function, through an event source mapping."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from constructs_lib.checks import check_function, check_kinds, check_mappable, check_range, refuse_settings
from constructs_lib.facts import (
    BATCH_SIZE_MAX,
    BATCHING_WINDOW_MAX_SECONDS,
    SQS_BATCH_SIZE_DEFAULT,
    SQS_BATCH_SIZE_WITHOUT_WINDOW_MAX,
    SQS_MAX_CONCURRENCY_RANGE,
    SQS_MAXIMUM_POLLERS_RANGE,
    SQS_MINIMUM_POLLERS_RANGE,
)
from constructs_lib.failure import watch
from constructs_lib.polling.filters import check_filters
from constructs_lib.polling.mapping import allow_polling, decrypt, finish_mapping
from constructs_lib.polling.metrics import mapping_metrics
from constructs_lib.polling.pollers import check_pollers, provision_pollers
from constructs_lib.polling.redrive import known_dead_letter_queue
from constructs_lib.polling.visibility import check_visibility_timeout
from constructs_lib.polling.work_queue import QueueSettings, make_queue
from constructs_lib.timeouts import known_seconds
from constructs_lib.types import AnyFunction, AnyKey, AnyQueue, AnyTopic

_BATCH_WITHOUT_WINDOW = "batch_size, which needs a max_batching_window of at least 1 s for more,"


class SqsToLambda(Construct):
    """A queue whose messages a function works through in batches.

    SQS delivers at least once: the handler must bear seeing a message twice. The handler returns
    ``{"batchItemFailures": [{"itemIdentifier": message_id}, ...]}`` with the messages that failed, and an empty list
    if none did; only those become visible again. For a FIFO queue it stops at the first failure and returns that
    message and all after it (AWS: lambda/services-sqs-errorhandling).

    Where a failed event goes
        *delivery* and *execution* are one stage: a message that was received ``max_receive_count`` times without
        success moves to the dead-letter queue of the queue, which an alarm watches; throttling counts as receiving.
        Lambda polls with the role of the function (AWS: lambda/lambda-intro-execution-role): if the function is
        deleted, or its role may not receive, messages stay on the queue, uncounted, until the queue no longer keeps
        them. The function's own dead-letter queue and destinations are never used.

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
    max_concurrency
        Most batches that the function works on at the same time, 2 to 1,000: without throttling, which would count as
        receiving. Not with ``provisioned_poller_config``. Default: Lambda scales up to 1,250.
    provisioned_poller_config
        Least and most pollers that are kept for this queue, for throughput that rises at once: 2 to 200, and 2 to
        10,000. Default: Lambda scales by itself.
    filters
        What of ``FilterCriteria.filter(...)`` a message must match one of. **Lambda deletes the others from the
        queue**. At most 20, more than an account's quota, which is 5 by default (AWS:
        lambda/invocation-eventfiltering). Default: all match.
    filter_encryption
        Customer-managed key for the filters. Default: none, they are not encrypted (the same source).
    metrics_config
        What the mapping publishes: ``EVENT_COUNT``, at a cost; SQS has no other (AWS: lambda/monitoring-metrics-types).
        Default: none.
    alarm_topic
        Notified by the alarm of the dead-letter queue. Default: it notifies nobody.

    Attributes
    ----------
    function, queue
        What was given or made.
    dead_letter_queue : sqs.IQueue or None
        Where failed messages wait; ``None`` if it is not known, as for an imported queue.
    mapping : lambda_.EventSourceMapping
        The event source mapping.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If an owned queue has no dead-letter queue, if only one of the two is FIFO, if messages are hidden for less time
        than the function may take (the deployment would fail), if the function's timeout is not known and
        ``visibility_timeout`` is not given, if a FIFO queue has a batching window, if ``max_concurrency`` comes with
        ``provisioned_poller_config``, if a number is out of its range, if SQS does not have a metric or poller group,
        if ``filter_encryption`` comes without ``filters``, or if a setting of a new queue comes with ``queue``.
    TypeError
        If a parameter is not such a CDK object.
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
        max_concurrency: int | None = None,
        provisioned_poller_config: event_sources.ProvisionedPollerConfig | None = None,
        filters: Sequence[Mapping[str, Any]] | None = None,
        filter_encryption: AnyKey | None = None,
        metrics_config: lambda_.MetricsConfig | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_mappable(self, function)
        check_kinds(self, queue=queue, dead_letter_queue=dead_letter_queue, alarm_topic=alarm_topic)
        check_kinds(self, encryption_key=encryption_key)
        settings = QueueSettings(
            fifo=fifo,
            encryption_key=encryption_key,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
            max_receive_count=max_receive_count,
        )
        self.function = function
        if queue is None:
            queue = make_queue(self, function, max_batching_window, settings)
        else:
            refuse_settings(self, "queue", **settings)
        self.queue = queue
        self.dead_letter_queue = known_dead_letter_queue(self, queue)
        if isinstance(queue, sqs.Queue):
            check_visibility_timeout(self, queue, function, max_batching_window)
        self._check_batches(batch_size, max_batching_window)
        check_range(self, "max_concurrency", max_concurrency, *SQS_MAX_CONCURRENCY_RANGE)
        check_filters(self, filters, filter_encryption)
        check_pollers(self, provisioned_poller_config, SQS_MINIMUM_POLLERS_RANGE, SQS_MAXIMUM_POLLERS_RANGE)
        if max_concurrency is not None and provisioned_poller_config is not None:
            raise ValueError(
                f"{self.node.path}: expected either max_concurrency or provisioned_poller_config, got both; with "
                "provisioned pollers, their maximum limits the concurrency: leave out max_concurrency="
            )
        self.alarms = self._watch(alarm_topic)
        policy = self._allow_reading()
        # Beneath the pattern: beneath a function of another stack, that stack would need this one.
        self.mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function,
            event_source_arn=queue.queue_arn,
            batch_size=batch_size,
            max_batching_window=max_batching_window,
            report_batch_item_failures=report_batch_item_failures,
            max_concurrency=max_concurrency,
            filters=filters,
            filter_encryption=filter_encryption,
            metrics_config=mapping_metrics(self, metrics_config),
        )
        provision_pollers(self.mapping, provisioned_poller_config)
        finish_mapping(
            self.mapping,
            function,
            policy,
            "Lambda has no destination for SQS mappings: failed messages go to the queue's dead-letter queue",
        )

    def _allow_reading(self) -> IConstruct | None:
        # What Lambda's poller needs, no more (AWS: lambda/services-sqs-configure).
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        reading = iam.PolicyStatement(actions=actions, resources=[self.queue.queue_arn])
        statements = [reading, *decrypt(self.queue.encryption_master_key)]
        return allow_polling(self, self.function, self.queue.node.path, statements)

    def _watch(self, alarm_topic: AnyTopic | None) -> list[cloudwatch.Alarm]:
        if self.dead_letter_queue is not None:
            return [watch(self.dead_letter_queue, alarm_topic)]
        if alarm_topic is not None:
            raise ValueError(
                f"{self.node.path}: expected no alarm_topic for {self.queue.node.path}, got one; "
                "its dead-letter queue is not known here: set the alarm where that queue is made"
            )
        return []

    def _check_batches(self, batch_size: int, max_batching_window: Duration | None) -> None:
        if self.queue.fifo and max_batching_window is not None:
            raise ValueError(
                f"{self.node.path}: expected no max_batching_window for the FIFO queue {self.queue.node.path}, got "
                "one; leave it out: Lambda has none for FIFO queues"
            )
        check_range(self, "max_batching_window", max_batching_window, 0, BATCHING_WINDOW_MAX_SECONDS)
        has_window = max_batching_window is not None and known_seconds(max_batching_window) != 0
        most = BATCH_SIZE_MAX if has_window else SQS_BATCH_SIZE_WITHOUT_WINDOW_MAX
        check_range(self, "batch_size" if has_window else _BATCH_WITHOUT_WINDOW, batch_size, 1, most)
