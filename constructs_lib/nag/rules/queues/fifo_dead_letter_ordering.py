"""A dead-letter queue breaks the order of a FIFO queue."""

from collections.abc import Iterator

from constructs_lib.graph.failures.fifo import fifo_resource
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class FifoDeadLetterOrdering(Rule):
    """A FIFO queue that a function consumes, with a dead-letter queue."""

    severity = Severity.INFO
    description = (
        "A FIFO queue that a function consumes has a dead-letter queue. Once a message is moved there, the later ones "
        "of its group are processed without it; moved back, it comes out of order."
    )
    fix = (
        "CDK: make the handler stand messages that are missing or late, and accept this finding; without "
        "dead_letter_queue a bad message blocks its group until it expires. CloudFormation: the same for RedrivePolicy."
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues."""
        consumers: dict[Resource, list[str]] = {}
        for mapping in world.once(mappings):
            if mapping.queue is not None:
                consumers.setdefault(mapping.queue, []).append(mapping.consumer)
        for queue, functions in consumers.items():
            if not fifo_resource(world, queue) or not world.properties(queue)["RedrivePolicy"].present:
                continue
            yield self.finding(
                queue,
                "RedrivePolicy",
                f"FIFO queue {queue.label}, consumed by {listed(functions)}, has a dead-letter queue: once a message "
                "is moved there, the later ones of its message group are processed without it. Make sure that the "
                "handler stands that.",
            )
