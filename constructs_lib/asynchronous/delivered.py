"""What the asynchronous patterns have in common whose source has a dead-letter queue: the delivery stage."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.alarms import shared_alarm
from constructs_lib.asynchronous.pattern import AsynchronousPattern
from constructs_lib.checks import check_range
from constructs_lib.delivery import delivery_dead_letter_queue, watch_in_sight
from constructs_lib.facts import (
    DELIVERY_EVENT_AGE_MAX_SECONDS,
    DELIVERY_EVENT_AGE_MIN_SECONDS,
    DELIVERY_RETRY_ATTEMPTS_MAX,
)
from constructs_lib.types import AnyQueue, AnyTopic


class DeliveredPattern(AsynchronousPattern):
    """An asynchronous pattern whose source keeps what it cannot hand to Lambda.

    Attributes
    ----------
    dead_letter_queue : sqs.IQueue
        Where events wait that could not be delivered. The others are those of ``AsynchronousPattern``.
    """

    def _catch_failed_deliveries(
        self,
        given: AnyQueue | None,
        sender: iam.IPrincipal,
        alarm_topic: AnyTopic | None,
        *,
        region: str | None = None,
        accounts: Sequence[str] = (),
    ) -> AnyQueue:
        """Make or take the dead-letter queue, and watch it.

        Parameters
        ----------
        region, accounts
            As for ``delivery_dead_letter_queue``.
        """
        queue = delivery_dead_letter_queue(
            self, given, self.failure_queue, sender, alarm_topic, region=region, accounts=accounts
        )
        self.dead_letter_queue = queue
        self._refuse_circle(alarm_topic, queue)
        alarm = watch_in_sight(self, queue, alarm_topic)
        if alarm is not None:
            self._add_alarm(alarm)
        return queue

    def _check_retries(self, attempts: int | None, age: Duration | None) -> None:
        """Check the settings of EventBridge and its Scheduler, which have the same limits."""
        check_range(self, "delivery_retry_attempts", attempts, 0, DELIVERY_RETRY_ATTEMPTS_MAX)
        lowest, highest = DELIVERY_EVENT_AGE_MIN_SECONDS, DELIVERY_EVENT_AGE_MAX_SECONDS
        check_range(self, "delivery_max_event_age", age, lowest, highest)

    def _watch_loss(
        self,
        metric: cloudwatch.Metric,
        alarm_topic: AnyTopic | None,
        scope: Construct | None = None,
        of: str = "",
        prefix: str = "",
    ) -> None:
        """Watch the metric with which a source counts what it could not send to the dead-letter queue.

        Parameters
        ----------
        scope, of
            Where the alarm stands and what it is about. Default: the pattern.
        prefix
            Tells alarms apart that stand at one place. Default: none, as there is one.
        """
        alarm = shared_alarm(
            scope or self,
            f"{prefix}{metric.metric_name}Alarm",
            metric=metric.with_(statistic="Sum", period=Duration.minutes(5)),
            description=f"Failed deliveries of {of or self.node.path} could not be sent to the dead-letter queue and "
            "are lost: see whether it is there, and the policies of it and its key.",
            alarm_topic=alarm_topic,
        )
        self._add_alarm(alarm)

    def _add_alarm(self, alarm: cloudwatch.Alarm) -> None:
        self.alarms = list(dict.fromkeys([*self.alarms, alarm]))
