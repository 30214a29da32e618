"""What both kinds of streams have in common: the mapping, and where it leaves a batch that keeps failing."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from aws_cdk import Annotations, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_function, check_kinds, check_mappable, check_range, refuse_unknown
from constructs_lib.facts import (
    BATCH_SIZE_MAX,
    BATCHING_WINDOW_MAX_SECONDS,
    PARALLELIZATION_FACTOR_MAX,
    STREAM_RECORD_AGE_MAX_SECONDS,
    STREAM_RECORD_AGE_MIN_SECONDS,
    STREAM_RETENTION_DEFAULT_SECONDS,
    STREAM_RETRIES_MAX,
    TUMBLING_WINDOW_MAX_SECONDS,
)
from constructs_lib.polling.failure_target import failure_target
from constructs_lib.polling.mapping import allow_polling, check_timestamp, finish_mapping
from constructs_lib.polling.metrics import mapping_metrics
from constructs_lib.timeouts import known_seconds, owned_function
from constructs_lib.types import AnyBatchFailureTarget, AnyFunction, AnyKey, AnyTopic

# As many as Lambda itself allows a Kafka mapping that has an on-failure destination (AWS:
# lambda/kafka-retry-configurations). With bisecting, each half of a batch has as many.
_RETRY_ATTEMPTS = 10


class StreamOptions(TypedDict, total=False):
    """The parameters of every stream pattern, all optional."""

    on_failure: AnyBatchFailureTarget | None
    """Where a batch goes that keeps failing, or is too old: a standard queue or topic, which get only the positions of
    its records in the stream, or a bucket, which gets the records, too (AWS: lambda/kinesis-on-failure-destination).
    Default: a new ``FailureQueue``."""
    retry_attempts: int | None
    """How often a failed batch is tried again, up to 10,000; throttling does not count (AWS:
    lambda/invocation-retries). Default: 10, where Lambda by itself would go on until the records expire."""
    max_record_age: Duration | None
    """How old a record may become before Lambda gives it up, 1 minute to 7 days. Default: half of the time for which
    the stream keeps it, 12 hours if that is not known: what is in the failure queue can then still be read."""
    bisect_batch_on_error: bool | None
    """Whether a batch that fails is halved, to find the bad record. Default: it is."""
    report_batch_item_failures: bool | None
    """Whether the handler returns the record that failed; if not, the batch fails as a whole. Default: it does."""
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
    """What of ``FilterCriteria.filter(...)`` a record must match one of; others are skipped. Default: all match."""
    filter_encryption: AnyKey | None
    """Customer-managed key for the filters. Default: a key of AWS."""
    metrics_config: lambda_.MetricsConfig | None
    """What the mapping publishes: ``EVENT_COUNT``, at a cost; streams have no other (AWS:
    lambda/monitoring-metrics-types). Default: that one if ``on_failure`` is no queue, for the alarm; else none."""
    alarm_topic: AnyTopic | None
    """Notified by the alarms. Default: they notify nobody."""


class StreamPattern(Construct):
    """A stream whose records a function works through.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported.
    options
        See ``StreamOptions``.

    Attributes
    ----------
    function
        What was given.
    mapping : lambda_.EventSourceMapping
        The event source mapping.
    failure_queue : sqs.IQueue or None
        Where failed batches wait; ``None`` if ``on_failure`` is a topic or bucket.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern: of the failure target, of batches that did not reach it, and of ``IteratorAge``,
        which goes off at half of ``max_record_age``.

    Raises
    ------
    ValueError
        If ``on_failure`` is FIFO, if a number is out of its range, or if there is no stream to read.
    TypeError
        If a parameter is not such a CDK object, or there is no such parameter.
    """

    def __init__(self, scope: Construct, id: str, *, function: AnyFunction, **options: Unpack[StreamOptions]) -> None:
        super().__init__(scope, id)
        # At run time Python would take any name here.
        refuse_unknown(self, options, StreamOptions)
        check_function(self, function)
        check_mappable(self, function)
        check_kinds(self, alarm_topic=options.get("alarm_topic"))
        limits = {
            "retry_attempts": (0, STREAM_RETRIES_MAX),
            "max_record_age": (STREAM_RECORD_AGE_MIN_SECONDS, STREAM_RECORD_AGE_MAX_SECONDS),
            "batch_size": (1, BATCH_SIZE_MAX),
            "max_batching_window": (0, BATCHING_WINDOW_MAX_SECONDS),
            "parallelization_factor": (1, PARALLELIZATION_FACTOR_MAX),
            "tumbling_window": (0, TUMBLING_WINDOW_MAX_SECONDS),
        }
        for name, (low, high) in limits.items():
            check_range(self, name, options.get(name), low, high)  # type: ignore[arg-type]
        self.function = function

    def _poll(
        self,
        source: IConstruct,
        source_arn: str,
        reading: list[iam.PolicyStatement],
        kept_seconds: float | None,
        starting_position: lambda_.StartingPosition,
        starting_position_timestamp: float | None,
        options: StreamOptions,
    ) -> IConstruct | None:
        """Make the mapping, what catches its failures and what watches both; return what holds the policy."""
        check_timestamp(self, starting_position, starting_position_timestamp)
        alarm_topic = options.get("alarm_topic")
        usual_age = min((kept_seconds or STREAM_RETENTION_DEFAULT_SECONDS) / 2, STREAM_RECORD_AGE_MAX_SECONDS)
        max_record_age = options.get("max_record_age") or Duration.seconds(usual_age)
        self._warn_of_expiry(source, max_record_age, kept_seconds)
        target = failure_target(self, options.get("on_failure"))
        policy = allow_polling(self, self.function, source.node.path, [*reading, *target.statements])
        retry_attempts = options.get("retry_attempts")
        # Beneath the pattern: beneath a function of another stack, that stack would need this one.
        self.mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.function,
            event_source_arn=source_arn,
            starting_position=starting_position,
            starting_position_timestamp=starting_position_timestamp,
            retry_attempts=_RETRY_ATTEMPTS if retry_attempts is None else retry_attempts,
            max_record_age=max_record_age,
            bisect_batch_on_error=options.get("bisect_batch_on_error") is not False,
            report_batch_item_failures=options.get("report_batch_item_failures") is not False,
            batch_size=options.get("batch_size"),
            max_batching_window=options.get("max_batching_window"),
            parallelization_factor=options.get("parallelization_factor"),
            tumbling_window=options.get("tumbling_window"),
            filters=options.get("filters"),
            filter_encryption=options.get("filter_encryption"),
            metrics_config=mapping_metrics(self, options.get("metrics_config"), target.metrics),
        )
        target.wire(self.mapping, policy)
        finish_mapping(self.mapping, self.function, policy)
        self.failure_queue = target.queue
        age_milliseconds = (known_seconds(max_record_age) or usual_age) / 2 * 1000
        self.alarms = [
            target.watch(self, self.mapping, alarm_topic),
            self._alarm(
                "DestinationDeliveryFailures",
                "Sum",
                1,
                f"Lambda could not hand failed events of {self.node.path} to on_failure: they are lost.",
                alarm_topic,
            ),
            self._alarm(
                "IteratorAge",
                "Maximum",
                age_milliseconds,
                f"Records of {source.node.path} wait for half of the time after which they are given up: find out why "
                "the function is slow, throttled or failing.",
                alarm_topic,
            ),
        ]
        return policy

    def _alarm(
        self, metric: str, statistic: str, threshold: float, description: str, alarm_topic: AnyTopic | None
    ) -> WatchedAlarm:
        function = owned_function(self.function) or self.function
        return WatchedAlarm(
            self,
            f"{metric}Alarm",
            metric=function.metric(metric, statistic=statistic, period=Duration.minutes(5)),
            threshold=threshold,
            description=description,
            alarm_topic=alarm_topic,
        )

    def _warn_of_expiry(self, source: IConstruct, max_record_age: Duration, kept_seconds: float | None) -> None:
        seconds = known_seconds(max_record_age)
        if seconds is not None and kept_seconds is not None and seconds >= kept_seconds:
            Annotations.of(self).add_warning_v2(
                "lambda-invocation-constructs:maxRecordAge",
                f"{source.node.path} keeps records for {kept_seconds:g} s, and max_record_age is {seconds:g} s: "
                "records that wait that long expire, and reach no failure target; let it be shorter",
            )
