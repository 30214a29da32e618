"""Large batches of a queue need time to be gathered."""

from collections.abc import Iterator

from constructs_lib.facts import SQS_BATCH_SIZE_WITHOUT_WINDOW_MAX
from constructs_lib.graph.failures.queues import reads_fifo
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class BatchingWindowRequired(Rule):
    """A mapping of a standard queue with a batch size above ten and no batching window."""

    severity = Severity.ERROR
    description = (
        "A mapping of a standard queue has a batch size above ten and no batching window. Lambda refuses it: one "
        "receive returns at most ten messages, so that larger batches have to be gathered."
    )
    fix = (
        "CDK: SqsEventSource(queue, batch_size=100, max_batching_window=Duration.seconds(5)). "
        "CloudFormation: MaximumBatchingWindowInSeconds of at least 1, or BatchSize of at most 10."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            size = mapping.batch_size
            window = mapping.properties["MaximumBatchingWindowInSeconds"]
            # A FIFO queue takes no window; its batches are limited to ten.
            if mapping.service != "sqs" or reads_fifo(mapping) or window.number(0) != 0 or size is None:
                continue
            if size > SQS_BATCH_SIZE_WITHOUT_WINDOW_MAX:
                yield self.finding(
                    mapping.resource,
                    window.dotted,
                    f"{polled(mapping)} has a batch size of {size:g} and no batching window: Lambda refuses the "
                    "mapping. Set MaximumBatchingWindowInSeconds to at least 1 s, or BatchSize to at most "
                    f"{SQS_BATCH_SIZE_WITHOUT_WINDOW_MAX}.",
                )
