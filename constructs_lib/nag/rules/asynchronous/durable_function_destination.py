"""Destinations do not work for durable functions."""

from collections.abc import Iterator

from constructs_lib.graph.failures.asynchronous import all_async_configs
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class DurableFunctionDestination(Rule):
    """A destination on a durable function."""

    severity = Severity.ERROR
    description = (
        "A durable function has an on-success or on-failure destination. Lambda supports no destinations for durable "
        "functions: the records never arrive. A dead-letter queue works."
    )
    fix = (
        "CDK: Function(..., durable_config=..., dead_letter_queue=failures) instead of on_failure. CloudFormation: "
        "DeadLetterConfig.TargetArn of the function instead of DestinationConfig."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/durable-invoking.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the destinations."""
        for config in world.once(all_async_configs):
            function = config.function
            if not isinstance(function, Resource) or not world.properties(function)["DurableConfig"].present:
                continue
            for _, place in config.properties.select("DestinationConfig.*.Destination"):
                if place.present:
                    yield self.finding(
                        place.resource,
                        place.dotted,
                        f"{place.resource.label} gives the durable function {function.label} a destination, which "
                        "Lambda does not support for durable functions: no record arrives there. Use a dead-letter "
                        "queue of the function for what fails.",
                    )
