"""A dead-letter queue must keep messages for longer than the queue they come from."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import RETENTION_MAX_SECONDS
from constructs_lib.graph.failures.fifo import fifo_resource
from constructs_lib.graph.failures.queues import redrives, retention
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class DeadLetterRetention(Rule):
    """The dead-letter queue of a standard queue that keeps messages no longer than the queue itself."""

    severity = Severity.WARNING
    description = (
        "The dead-letter queue of a standard queue keeps messages no longer than the queue itself. A message keeps the "
        "time at which it was first sent: what it waited in the queue is taken from its time in the dead-letter queue."
    )
    fix = (
        "CDK: Queue(..., retention_period=Duration.days(14)) for the dead-letter queue. "
        "CloudFormation: MessageRetentionPeriod: 1209600 of the dead-letter queue."
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the dead-letter queues, once for each queue that moves messages to them."""
        for queue, redrive in world.once(redrives).items():
            failures = redrive.dead_letter_queue
            # A FIFO queue starts the time anew when it moves a message.
            if failures is None or fifo_resource(world, queue) is not False:
                continue
            first, last = retention(world, queue), retention(world, failures)
            if first is None or last is None or last > first:
                continue
            lost = last < first
            remedy = f"Keep failed messages for up to {duration(RETENTION_MAX_SECONDS)}"
            if first >= RETENTION_MAX_SECONDS:
                remedy = f"Shorten the retention of {queue.label}"
            yield self.finding(
                failures,
                "MessageRetentionPeriod",
                f"dead-letter queue {failures.label} keeps messages for {duration(last)}, queue {queue.label} for "
                f"{duration(first)}, counted from when a message was first sent: "
                + ("one that fails late is deleted on its arrival" if lost else "one that fails late is soon deleted")
                + f". {remedy}.",
                severity=Severity.ERROR if lost else None,
            )
