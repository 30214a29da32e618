"""The queue of an SQS mapping needs a dead-letter queue."""

from collections.abc import Iterator

from constructs_lib.graph.failures.failure_queues import accepts_failures, failure_queues
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class QueueRedrivePolicy(Rule):
    """A queue that a function consumes has no redrive policy."""

    severity = Severity.ERROR
    description = (
        "A queue that a function consumes has no redrive policy. SQS redelivers a message that fails until its "
        "retention ends, and then deletes it; nothing else catches it, as an SQS mapping has no destination. A queue "
        "that itself holds failed events is only pointed out: the chain has to end somewhere."
    )
    fix = (
        "CDK: Queue(..., dead_letter_queue=DeadLetterQueue(queue=failures, max_receive_count=5)). "
        "CloudFormation: RedrivePolicy: {deadLetterTargetArn: <ARN of a queue>, maxReceiveCount: 5}."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues."""
        consumers: dict[Resource, list[str]] = {}
        for mapping in world.once(mappings):
            if mapping.queue is not None and world.properties(mapping.queue)["RedrivePolicy"].absent:
                consumers.setdefault(mapping.queue, []).append(mapping.consumer)
        for queue, functions in consumers.items():
            is_last = queue in world.once(failure_queues) or accepts_failures(world, queue)
            yield self._last(queue, functions) if is_last else self._lost(queue, functions)

    def _lost(self, queue: Resource, functions: list[str]) -> Finding:
        return self.finding(
            queue,
            "RedrivePolicy",
            f"queue {queue.label}, consumed by {listed(functions)}, has no redrive policy: a message that keeps "
            "failing is redelivered until its retention ends, and is then lost. Give the queue a dead-letter queue.",
        )

    def _last(self, queue: Resource, functions: list[str]) -> Finding:
        # Whoever reads a dead-letter queue with a function loses no more than if nobody read it.
        return self.finding(
            queue,
            "RedrivePolicy",
            f"queue {queue.label}, where failed events end, is consumed by {listed(functions)} and has no redrive "
            "policy: what fails there once more is redelivered until its retention ends, and is then lost. Keep its "
            "retention long, and set an alarm on ApproximateAgeOfOldestMessage.",
            severity=Severity.INFO,
        )
