"""A function with little reserved concurrency needs a mapping that knows of it."""

from collections.abc import Iterator

from constructs_lib.facts import SQS_POLLERS_AT_FIRST
from constructs_lib.graph.failures.queues import reads_fifo
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class ConcurrencyBelowMinimumPollers(Rule):
    """A function with a reserved concurrency below five, and an SQS mapping without a maximum concurrency."""

    severity = Severity.INFO
    description = (
        "The reserved concurrency of a function is below five, and its SQS mapping has no maximum concurrency. Lambda "
        "starts with five invocations of a standard queue at a time: those beyond are throttled, and each throttled "
        "batch counts as a receive."
    )
    fix = (
        "CDK: SqsEventSource(queue, max_concurrency=2), or reserved_concurrent_executions=5 or more. CloudFormation: "
        "ScalingConfig: {MaximumConcurrency: 2} of the mapping, or ReservedConcurrentExecutions of the function."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            # What is taken from a FIFO queue at once is limited by its message groups.
            if mapping.service != "sqs" or mapping.function is None or reads_fifo(mapping) is not False:
                continue
            scaling = mapping.properties.get("ScalingConfig.MaximumConcurrency")
            limit = world.properties(mapping.function)["ReservedConcurrentExecutions"].number()
            if not scaling.absent or not mapping.properties["ProvisionedPollerConfig"].absent:
                continue
            if limit and limit < SQS_POLLERS_AT_FIRST:
                yield self.finding(
                    mapping.resource,
                    scaling.dotted,
                    f"{polled(mapping)} starts with {SQS_POLLERS_AT_FIRST} invocations at once, but the function may "
                    f"run {limit:g} times at once: the others are throttled, which counts as a receive. Set the "
                    f"maximum concurrency of the mapping, or reserve at least {SQS_POLLERS_AT_FIRST}.",
                )
