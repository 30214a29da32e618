"""A queue must receive a message often enough before it gives it up."""

from collections.abc import Iterator

from constructs_lib.amounts import count
from constructs_lib.facts import MAX_RECEIVE_COUNT_ADVISED_MIN
from constructs_lib.graph.failures.queues import redrives
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class QueueMaxReceiveCount(Rule):
    """A queue that a function consumes gives up on a message after fewer than five receives."""

    severity = Severity.WARNING
    description = (
        "The redrive policy of a queue that a function consumes gives up on a message after fewer than five receives. "
        "A throttled invocation counts as a receive: a busy moment alone moves good messages to the dead-letter queue."
    )
    fix = (
        "CDK: DeadLetterQueue(queue=failures, max_receive_count=5). "
        "CloudFormation: RedrivePolicy: {deadLetterTargetArn: <ARN of a queue>, maxReceiveCount: 5}."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues."""
        consumers: dict[object, list[str]] = {}
        for mapping in world.once(mappings):
            consumers.setdefault(mapping.queue, []).append(mapping.consumer)
        for queue, redrive in world.once(redrives).items():
            receives = redrive.max_receive_count
            if queue in consumers and receives is not None and receives < MAX_RECEIVE_COUNT_ADVISED_MIN:
                yield self.finding(
                    queue,
                    "RedrivePolicy.maxReceiveCount",
                    f"queue {queue.label}, consumed by {listed(consumers[queue])}, gives up on a message after "
                    f"{count(receives, 'receive')}: throttling alone can move good messages to the dead-letter queue. "
                    f"Set maxReceiveCount to at least {MAX_RECEIVE_COUNT_ADVISED_MIN}.",
                )
