"""The parameters that both kinds of streams share."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from constructs_lib.types import AnyBatchFailureTarget, AnyKey, AnyTopic


class StreamOptions(TypedDict, total=False):
    """The parameters of every stream pattern, all optional."""

    on_failure: AnyBatchFailureTarget | None
    """Where a batch goes that keeps failing, or is too old: a standard queue or topic, which get only the positions of
    its records in the stream, or a bucket, which gets the records, too (AWS: lambda/kinesis-on-failure-destination).
    Default: a new ``FailureQueue``."""
    retry_attempts: int | None
    """How often a failed batch is tried again, up to 10,000; throttling does not count (AWS:
    lambda/invocation-retries), nor does splitting a batch (AWS: lambda/kinesis-on-failure-destination). Default: 10,
    where Lambda by itself would go on until the records expire."""
    max_record_age: Duration | None
    """How old a record may become before Lambda gives it up, 1 minute to 7 days; even if Lambda throttles the function
    all the time, the record then reaches ``on_failure``. Default: for a stream that the pattern makes or ``LATEST``,
    half of the time for which the stream keeps records, 12 hours if that is not known: there is as much time to read
    what was given up. Where the mapping may begin with old records, an hour less than the stream keeps them, 23 hours
    for DynamoDB: only those that expire within the hour are passed over, and their positions reach ``on_failure`` while
    they can still be read. There, 7 days if that time is longer or, as for an imported stream, not known: older records
    are passed over, of which a warning tells if it is known; and if the stream keeps them for less, they expire before,
    and reach no target."""
    bisect_batch_on_error: bool | None
    """Whether a batch is halved when its invocation fails, to find the bad record; one whose handler returned a record
    is split there instead (AWS: lambda/services-kinesis-batchfailurereporting). Default: it is."""
    report_batch_item_failures: bool | None
    """Whether the handler may return the record that failed; if not, the batch fails as a whole. Default: it may."""
    batch_size: int | None
    """Most records in one invocation, up to 10,000. Default: 100 (AWS: CreateEventSourceMapping)."""
    max_batching_window: Duration | None
    """How long to gather records for a batch, up to 5 minutes. Default: not at all."""
    parallelization_factor: int | None
    """How many batches of one shard are worked on at the same time, 1 to 10; a partition key stays in order.
    Default: 1."""
    tumbling_window: Duration | None
    """Over which the handler gathers a state, up to 15 minutes. Default: none."""
    filters: Sequence[Mapping[str, Any]] | None
    """What of ``FilterCriteria.filter(...)`` a record must match one of; others are skipped. At most 20, more than an
    account's quota, which is 5 by default (AWS: lambda/invocation-eventfiltering). Default: all match."""
    filter_encryption: AnyKey | None
    """Customer-managed key for the filters. Default: none, they are not encrypted (the same source)."""
    metrics_config: lambda_.MetricsConfig | None
    """What the mapping publishes: ``EVENT_COUNT``, at a cost; streams have no other (AWS:
    lambda/monitoring-metrics-types). Default: that one if ``on_failure`` is no queue, for the alarm; else none."""
    alarm_topic: AnyTopic | None
    """Notified by the alarms. Default: they notify nobody."""
