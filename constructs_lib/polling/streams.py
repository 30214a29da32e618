"""What both kinds of streams have in common: the mapping, and where it leaves a batch that keeps failing."""

from typing import Unpack

from aws_cdk import Duration
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
    STREAM_RETRIES_MAX,
    TUMBLING_WINDOW_MAX_SECONDS,
)
from constructs_lib.polling.failure_target import failure_target
from constructs_lib.polling.filters import check_filters
from constructs_lib.polling.mapping import allow_polling, check_timestamp, finish_mapping
from constructs_lib.polling.metrics import mapping_metrics
from constructs_lib.polling.record_age import default_age, limit_record_age, longest_wait_seconds, warn_of_age
from constructs_lib.polling.stream_options import StreamOptions
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyTopic

# As many as Lambda itself allows a Kafka mapping that has an on-failure destination (AWS:
# lambda/kafka-retry-configurations). With bisecting, each half of a batch has as many.
_RETRY_ATTEMPTS = 10


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
        which goes off at half of ``max_record_age``, or of the time for which the stream keeps records if that is
        shorter; if neither is known, of 24 hours.

    Raises
    ------
    ValueError
        If ``on_failure`` is FIFO, if a number is out of its range, if ``filter_encryption`` comes without ``filters``,
        or if there is no stream to read.
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
        check_filters(self, options.get("filters"), options.get("filter_encryption"))
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
        *,
        is_new: bool = False,
    ) -> IConstruct | None:
        """Make the mapping, what catches its failures and what watches both; return what holds the policy."""
        check_timestamp(self, starting_position, starting_position_timestamp)
        alarm_topic = options.get("alarm_topic")
        begins_new = is_new or starting_position is lambda_.StartingPosition.LATEST
        given = options.get("max_record_age")
        max_record_age = default_age(kept_seconds, begins_new=begins_new) if given is None else given
        warn_of_age(self, source, given, kept_seconds, begins_new=begins_new)
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
        limit_record_age(self.mapping, max_record_age)
        target.wire(self.mapping, policy)
        finish_mapping(self.mapping, self.function, policy)
        self.failure_queue = target.queue
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
                longest_wait_seconds(given, max_record_age, kept_seconds) / 2 * 1000,
                f"Records of {source.node.path} wait for half of the time after which they are given up, or expire: "
                "find out why the function is slow, throttled or failing.",
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
