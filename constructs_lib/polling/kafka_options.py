"""The parameters that both kinds of Kafka share, and what of them no mapping takes."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from constructs_lib.checks import check_range
from constructs_lib.facts import (
    CONSUMER_GROUP_ID_MAX,
    KAFKA_MAXIMUM_POLLERS_RANGE,
    KAFKA_MINIMUM_POLLERS_RANGE,
    STREAM_RECORD_AGE_MAX_SECONDS,
    STREAM_RECORD_AGE_MIN_SECONDS,
    STREAM_RETRIES_MAX,
)
from constructs_lib.polling.filters import check_filters
from constructs_lib.polling.pollers import check_pollers
from constructs_lib.polling.text import check_identifier
from constructs_lib.types import AnyBatchFailureTarget, AnyKey, AnySchemaRegistry, AnyTopic

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
    """The consumer group, up to 200 characters: letters, digits and any of ``/*:_+=.@-``. Default: one of the mapping's
    own."""
    batch_size: int | None
    """Most records in one invocation, up to 10,000. Default: 100 (AWS: CreateEventSourceMapping)."""
    max_batching_window: Duration | None
    """How long to gather records for a batch, up to 5 minutes. Default: 500 ms (the same source)."""
    filters: Sequence[Mapping[str, Any]] | None
    """What of ``FilterCriteria.filter(...)`` a record must match one of; others are skipped. At most 20, more than an
    account's quota, which is 5 by default (AWS: lambda/invocation-eventfiltering). Default: all match."""
    filter_encryption: AnyKey | None
    """Customer-managed key for the filters. Default: none, they are not encrypted (the same source)."""
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


def check_options(pattern: Construct, options: KafkaOptions) -> None:
    """Raise ``ValueError`` for a number or text out of its range, and for what needs another option as well."""
    check_range(pattern, "retry_attempts", options.get("retry_attempts"), 0, STREAM_RETRIES_MAX)
    age = (STREAM_RECORD_AGE_MIN_SECONDS, STREAM_RECORD_AGE_MAX_SECONDS)
    check_range(pattern, "max_record_age", options.get("max_record_age"), *age)
    check_identifier(pattern, "consumer_group_id", options.get("consumer_group_id"), CONSUMER_GROUP_ID_MAX)
    check_filters(pattern, options.get("filters"), options.get("filter_encryption"))
    pollers = options.get("provisioned_poller_config")
    check_pollers(pattern, pollers, KAFKA_MINIMUM_POLLERS_RANGE, KAFKA_MAXIMUM_POLLERS_RANGE, kafka=True)
    given = [name for name in _PROVISIONED_ONLY if options.get(name) is not None]
    if isinstance(options.get("on_failure"), str):
        given.append("a Kafka topic as on_failure")
    if given and pollers is None:
        raise ValueError(
            f"{pattern.node.path}: expected provisioned_poller_config for {', '.join(given)}, got none; pass "
            "provisioned_poller_config=ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=...)"
        )
