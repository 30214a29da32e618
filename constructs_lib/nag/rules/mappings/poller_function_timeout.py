"""The pollers of Kafka, Amazon MQ and DocumentDB do not wait for a function as long as it may run."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import NETWORK_SOURCE_FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class PollerFunctionTimeout(Rule):
    """A function behind Kafka, Amazon MQ or DocumentDB with a timeout above 14 minutes."""

    severity = Severity.ERROR
    description = (
        "A function that consumes Kafka, Amazon MQ or DocumentDB has a timeout above 840 seconds. Mappings of these "
        "sources support functions of at most 14 minutes."
    )
    fix = "CDK: timeout=Duration.minutes(14) of the function, or less. CloudFormation: Timeout: 840, or less."
    source = "https://docs.aws.amazon.com/lambda/latest/dg/with-msk-configure.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, once for each such mapping."""
        for mapping in world.once(mappings):
            running = timeout(world, mapping.function) if mapping.function else None
            if mapping.function is None or running is None or mapping.service not in ("kafka", "mq", "rds"):
                continue
            if running > NETWORK_SOURCE_FUNCTION_TIMEOUT_MAX_SECONDS:
                limit = duration(NETWORK_SOURCE_FUNCTION_TIMEOUT_MAX_SECONDS)
                yield self.finding(
                    mapping.function,
                    "Timeout",
                    f"function {mapping.function.label} may run for {duration(running)}, but consumes "
                    f"{mapping.source_name} ({mapping.resource.label}), whose mappings support at most {limit}. Set "
                    f"the timeout to {limit} or less.",
                )
