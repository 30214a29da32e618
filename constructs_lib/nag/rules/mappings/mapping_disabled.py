"""A mapping that is turned off processes nothing."""

from collections.abc import Iterator

from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class MappingDisabled(Rule):
    """A mapping that is turned off."""

    severity = Severity.INFO
    description = (
        "A mapping is turned off. Its source fills up while nothing is processed, and what expires there is lost."
    )
    fix = "CDK: enabled=True of the event source, the default. CloudFormation: Enabled: true, or leave it out."
    source = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            if mapping.enabled is False:
                yield self.finding(
                    mapping.resource,
                    "Enabled",
                    f"{polled(mapping)} is turned off: nothing is processed, and what waits in its source is lost "
                    "when it expires. Enable it, or remove it.",
                )
