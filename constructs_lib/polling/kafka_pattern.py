"""What both kinds of Kafka have in common: the mapping, and where it leaves a batch that keeps failing."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct, IConstruct

from constructs_lib.checks import check_function, check_kinds, check_mappable, check_range, refuse_unknown
from constructs_lib.facts import (
    BATCH_SIZE_MAX,
    BATCHING_WINDOW_MAX_SECONDS,
    KAFKA_MAXIMUM_POLLERS_RANGE,
    KAFKA_MINIMUM_POLLERS_RANGE,
    STREAM_RECORD_AGE_MAX_SECONDS,
    STREAM_RECORD_AGE_MIN_SECONDS,
    STREAM_RETRIES_MAX,
)
from constructs_lib.polling.failure_target import failure_target
from constructs_lib.polling.mapping import allow_polling, check_timestamp, finish_mapping
from constructs_lib.polling.metrics import mapping_metrics
from constructs_lib.polling.network import acknowledge_network, check_poller_waits, reach_network, read_secret
from constructs_lib.polling.pollers import check_pollers, provision_pollers
from constructs_lib.polling.schema_registry import use_registry
from constructs_lib.types import AnyBatchFailureTarget, AnyFunction, AnyKey, AnySchemaRegistry, AnySecret, AnyTopic

# The settings that Lambda takes only in provisioned mode (AWS: lambda/kafka-retry-configurations, esm-logging,
# services-consume-kafka-events).
_PROVISIONED_ONLY = (
    "retry_attempts",
    "max_record_age",
    "bisect_batch_on_error",
    "report_batch_item_failures",
    "log_level",
    "schema_registry_config",
)


class KafkaOptions(TypedDict, total=False):
    """The parameters of every Kafka pattern, all optional."""

    on_failure: AnyBatchFailureTarget | str | None
    """Where a batch goes that keeps failing: a standard queue or topic, which get only the positions of its records, or
    a bucket, which gets the records, too; in provisioned mode also another topic of the same cluster, as
    ``"kafka://failed-orders"`` (AWS: lambda/kafka-on-failure-destination). Default: a new ``FailureQueue``."""
    provisioned_poller_config: event_sources.ProvisionedPollerConfig | None
    """Provisioned mode: least and most pollers that are kept, 1 to 200, and 1 to 2,000; mappings with the same
    ``poller_group_name``, up to 128 characters, share them. Default: on demand."""
    retry_attempts: int | None
    """How often a failed batch is tried again, up to 10,000; provisioned mode only. Default: 10, to which Lambda limits
    a mapping that has an ``on_failure`` (AWS: lambda/kafka-retry-configurations)."""
    max_record_age: Duration | None
    """How old a record may become before Lambda gives it up, 1 minute to 7 days; provisioned mode only. Default: no
    limit."""
    bisect_batch_on_error: bool | None
    """Whether a batch that fails is halved, to find the bad record. Default: it is, in provisioned mode."""
    report_batch_item_failures: bool | None
    """Whether the handler returns the record that failed. Default: it does, in provisioned mode."""
    starting_position: lambda_.StartingPosition | None
    """Where to begin in the topic. Default: ``TRIM_HORIZON``, with the oldest record that it holds."""
    starting_position_timestamp: float | None
    """Where ``StartingPosition.AT_TIMESTAMP`` begins, in Unix time. Default: none."""
    consumer_group_id: str | None
    """The consumer group, up to 200 characters. Default: one of the mapping's own."""
    batch_size: int | None
    """Most records in one invocation, up to 10,000. Default: 100 (AWS: CreateEventSourceMapping)."""
    max_batching_window: Duration | None
    """How long to gather records for a batch, up to 5 minutes. Default: 500 ms (the same source)."""
    filters: Sequence[Mapping[str, Any]] | None
    """What of ``FilterCriteria.filter(...)`` a record must match one of; others are skipped. Default: all match."""
    filter_encryption: AnyKey | None
    """Customer-managed key for the filters. Default: a key of AWS."""
    schema_registry_config: AnySchemaRegistry | None
    """Registry against whose schemas records are validated, and with which they are decoded; the function may then read
    it, and its secret; provisioned mode only. Default: records come as they are."""
    log_level: lambda_.EventSourceMappingLogLevel | None
    """How much the pollers log, to the log group of the function; provisioned mode only. Default: nothing."""
    metrics_config: lambda_.MetricsConfig | None
    """What the mapping publishes: ``EVENT_COUNT``, ``ERROR_COUNT`` and ``KAFKA_METRICS``, each at a cost (AWS:
    lambda/monitoring-metrics-types). Default: what the alarm needs, ``EVENT_COUNT`` if ``on_failure`` is no queue."""
    alarm_topic: AnyTopic | None
    """Notified by the alarm of the failure target. Default: it notifies nobody."""


class KafkaPattern(Construct):
    """A Kafka topic whose records a function works through.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; of at most 14 minutes.
    options
        See ``KafkaOptions``.

    Attributes
    ----------
    function
        What was given.
    mapping : lambda_.EventSourceMapping
        The event source mapping.
    failure_queue : sqs.IQueue or None
        Where failed batches wait; ``None`` if ``on_failure`` is no queue.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than 14 minutes, if ``on_failure`` is FIFO, if a setting of provisioned mode
        comes without ``provisioned_poller_config``, or if a number is out of its range.
    TypeError
        If a parameter is not such a CDK object, or there is no such parameter.
    """

    def __init__(self, scope: Construct, id: str, *, function: AnyFunction, **options: Unpack[KafkaOptions]) -> None:
        super().__init__(scope, id)
        # At run time Python would take any name here.
        refuse_unknown(self, options, KafkaOptions)
        check_function(self, function)
        check_mappable(self, function)
        check_poller_waits(self, function)
        check_kinds(self, alarm_topic=options.get("alarm_topic"))
        check_range(self, "retry_attempts", options.get("retry_attempts"), 0, STREAM_RETRIES_MAX)
        age = (STREAM_RECORD_AGE_MIN_SECONDS, STREAM_RECORD_AGE_MAX_SECONDS)
        check_range(self, "max_record_age", options.get("max_record_age"), *age)
        check_range(self, "batch_size", options.get("batch_size"), 1, BATCH_SIZE_MAX)
        check_range(self, "max_batching_window", options.get("max_batching_window"), 0, BATCHING_WINDOW_MAX_SECONDS)
        pollers = options.get("provisioned_poller_config")
        check_pollers(self, pollers, KAFKA_MINIMUM_POLLERS_RANGE, KAFKA_MAXIMUM_POLLERS_RANGE, kafka=True)
        if pollers is None:
            self._refuse_provisioned_settings(options)
        self.function = function

    def _poll(
        self,
        topic: str,
        reading: list[iam.PolicyStatement],
        secrets: Sequence[AnySecret | None],
        access: list[lambda_.SourceAccessConfiguration],
        options: KafkaOptions,
        *,
        in_network: bool = True,
        cluster_arn: str | None = None,
        bootstrap_servers: Sequence[str] | None = None,
    ) -> IConstruct | None:
        """Make the mapping, what catches its failures and what watches that; return what holds the policy."""
        position = options.get("starting_position") or lambda_.StartingPosition.TRIM_HORIZON
        timestamp = options.get("starting_position_timestamp")
        check_timestamp(self, position, timestamp)
        on_failure = options.get("on_failure")
        if on_failure == f"kafka://{topic}":
            raise ValueError(
                f"{self.node.path}: expected on_failure to be another topic than the source, got {on_failure}; the "
                "function would get its failures again"
            )
        target = failure_target(self, on_failure, kafka=True)
        statements = [*reading, *target.statements]
        for secret in secrets:
            statements += read_secret(secret)
        if in_network:
            statements += reach_network()
        policy = allow_polling(self, self.function, f"the topic {topic}", statements)
        if in_network:
            acknowledge_network(policy)
        provisioned = options.get("provisioned_poller_config")
        # Beneath the pattern: beneath a function of another stack, that stack would need this one.
        self.mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.function,
            event_source_arn=cluster_arn,
            kafka_bootstrap_servers=bootstrap_servers,
            kafka_topic=topic,
            kafka_consumer_group_id=options.get("consumer_group_id"),
            source_access_configurations=access or None,
            starting_position=position,
            starting_position_timestamp=timestamp,
            retry_attempts=options.get("retry_attempts"),
            max_record_age=options.get("max_record_age"),
            bisect_batch_on_error=_on_if(provisioned, options.get("bisect_batch_on_error")),
            report_batch_item_failures=_on_if(provisioned, options.get("report_batch_item_failures")),
            batch_size=options.get("batch_size"),
            max_batching_window=options.get("max_batching_window"),
            filters=options.get("filters"),
            filter_encryption=options.get("filter_encryption"),
            metrics_config=mapping_metrics(self, options.get("metrics_config"), target.metrics, kafka=True),
            log_level=options.get("log_level"),
        )
        provision_pollers(self.mapping, provisioned)
        registry = options.get("schema_registry_config")
        if registry is not None:
            use_registry(self, self.mapping, self.function, registry)
        target.wire(self.mapping, policy)
        finish_mapping(self.mapping, self.function, policy)
        self.failure_queue = target.queue
        self.alarms = [target.watch(self, self.mapping, options.get("alarm_topic"))]
        return policy

    def _refuse_provisioned_settings(self, options: KafkaOptions) -> None:
        given = [name for name in _PROVISIONED_ONLY if options.get(name) is not None]
        if isinstance(options.get("on_failure"), str):
            given.append("a Kafka topic as on_failure")
        if given:
            raise ValueError(
                f"{self.node.path}: expected provisioned_poller_config for {', '.join(given)}, got none; pass "
                "provisioned_poller_config=ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=...)"
            )


def _on_if(provisioned: object, given: bool | None) -> bool | None:
    return True if provisioned is not None and given is None else given
