"""What the asynchronous patterns have in common whose source has a dead-letter queue: the delivery stage."""

from aws_cdk import aws_iam as iam

from constructs_lib.asynchronous.pattern import AsynchronousPattern
from constructs_lib.delivery import delivery_dead_letter_queue
from constructs_lib.failure import watch
from constructs_lib.types import AnyQueue, AnyTopic


class DeliveredPattern(AsynchronousPattern):
    """An asynchronous pattern whose source keeps what it cannot hand to Lambda.

    Attributes
    ----------
    dead_letter_queue : sqs.IQueue
        Where events wait that could not be delivered. The others are those of ``AsynchronousPattern``.
    """

    def _catch_failed_deliveries(
        self, given: AnyQueue | None, sender: iam.IPrincipal, alarm_topic: AnyTopic | None
    ) -> AnyQueue:
        self.dead_letter_queue = delivery_dead_letter_queue(self, given, self.failure_queue, sender, alarm_topic)
        self.alarms = list(dict.fromkeys([*self.alarms, watch(self.dead_letter_queue, alarm_topic)]))
        return self.dead_letter_queue
