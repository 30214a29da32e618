"""A FIFO queue has no batching window."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.graph.failures.queues import reads_fifo
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class FifoBatchingWindow(Rule):
    """A mapping of a FIFO queue with a batching window."""

    severity = Severity.ERROR
    description = (
        "A mapping of a FIFO queue has a batching window. Lambda refuses it: only standard queues can have one."
    )
    fix = (
        "CDK: SqsEventSource(queue) without max_batching_window. "
        "CloudFormation: remove MaximumBatchingWindowInSeconds from the mapping."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            window = mapping.properties["MaximumBatchingWindowInSeconds"]
            length = window.number(0)
            if mapping.service == "sqs" and length and reads_fifo(mapping):
                yield self.finding(
                    mapping.resource,
                    window.dotted,
                    f"{polled(mapping)} has a batching window of {duration(length)}, but its queue is a FIFO queue: "
                    "Lambda refuses the mapping. Remove the batching window.",
                )
