"""The mappings of a function must not call it more often at a time than it may run."""

from collections import defaultdict
from collections.abc import Iterator

from constructs_lib.graph.invokers.mappings import Mapping, mappings
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class ConcurrencyBelowPollers(Rule):
    """A function whose SQS mappings may invoke it more often at a time than its reserved concurrency."""

    severity = Severity.ERROR
    description = (
        "The maximum concurrency of a function's SQS mappings adds up to more than its reserved concurrency. Lambda "
        "takes messages that it then cannot hand over: each throttled batch counts as a receive, and good messages "
        "end in the dead-letter queue."
    )
    fix = (
        "CDK: SqsEventSource(queue, max_concurrency=n), with reserved_concurrent_executions of the function at least "
        "the sum over its queues. CloudFormation: ScalingConfig.MaximumConcurrency of the mappings, and "
        "ReservedConcurrentExecutions of the function."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions."""
        polled: dict[Resource, list[tuple[Mapping, float]]] = defaultdict(list)
        for mapping in world.once(mappings):
            concurrency = mapping.properties.get("ScalingConfig.MaximumConcurrency").number()
            if mapping.service == "sqs" and mapping.function and mapping.enabled and concurrency is not None:
                polled[mapping.function].append((mapping, concurrency))
        for function, several in polled.items():
            reserved = world.properties(function)["ReservedConcurrentExecutions"]
            limit, wanted = reserved.number(), sum(concurrency for _, concurrency in several)
            # One that may not run at all is turned off on purpose.
            if limit and limit < wanted:
                names = [mapping.resource.label for mapping, _ in several]
                yield self.finding(
                    function,
                    reserved.dotted,
                    f"function {function.label} may run {limit:g} times at once, but its SQS mappings "
                    f"({listed(names)}) may invoke it {wanted:g} times at once: the batches beyond are throttled, "
                    f"which counts as a receive. Reserve at least {wanted:g}, or lower MaximumConcurrency.",
                )
