"""A mapping waits for a durable function no longer than for any other."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import POLLED_DURABLE_TIMEOUT_MAX_SECONDS
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class DurableMappingTimeout(Rule):
    """A mapping to a durable function whose execution may take longer than 15 minutes."""

    severity = Severity.ERROR
    description = (
        "A mapping invokes a durable function whose execution may take longer than 900 seconds. A mapping waits for "
        "the whole execution, so Lambda refuses it."
    )
    fix = (
        "CDK: DurableConfig(execution_timeout=Duration.minutes(15)), or let a function behind the mapping invoke the "
        "durable one asynchronously. CloudFormation: DurableConfig: {ExecutionTimeout: 900}."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/durable-invoking-esm.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            if mapping.function is None:
                continue
            running = world.properties(mapping.function).get("DurableConfig.ExecutionTimeout").number()
            if running is not None and running > POLLED_DURABLE_TIMEOUT_MAX_SECONDS:
                yield self.finding(
                    mapping.resource,
                    "FunctionName",
                    f"{polled(mapping)} waits for the whole execution, which may take {duration(running)}: Lambda "
                    f"refuses more than {duration(POLLED_DURABLE_TIMEOUT_MAX_SECONDS)}. Lower ExecutionTimeout, or let "
                    "a function behind the mapping invoke this one asynchronously.",
                )
