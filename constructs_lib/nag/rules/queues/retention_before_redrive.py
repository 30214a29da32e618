"""A message must reach the dead-letter queue before it expires."""

from collections.abc import Iterator

from constructs_lib.amounts import count, duration
from constructs_lib.graph.failures.queues import redrives, retention, visibility_timeout
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class RetentionBeforeRedrive(Rule):
    """A queue whose messages expire before they were received often enough to be moved."""

    severity = Severity.WARNING
    description = (
        "The receives that a message must fail before it is moved take longer than the queue keeps it. Each failed "
        "receive hides the message for the visibility timeout; it expires first and is lost."
    )
    fix = (
        "CDK: Queue(..., retention_period=Duration.days(14)), a lower max_receive_count, or a shorter "
        "visibility_timeout. CloudFormation: MessageRetentionPeriod above maxReceiveCount × VisibilityTimeout."
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues."""
        consumed = {mapping.queue for mapping in world.once(mappings)}
        for queue, redrive in world.once(redrives).items():
            receives = redrive.max_receive_count
            kept, hidden = retention(world, queue), visibility_timeout(world, queue)
            if queue not in consumed or receives is None or kept is None or hidden is None or receives * hidden <= kept:
                continue
            yield self.finding(
                queue,
                "MessageRetentionPeriod",
                f"queue {queue.label} keeps a message for {duration(kept)}, but {count(receives, 'receive')} of "
                f"{duration(hidden)} each take {duration(receives * hidden)}: a message that keeps failing expires "
                "before it reaches the dead-letter queue. Lengthen the retention, or lower maxReceiveCount or the "
                "visibility timeout.",
            )
