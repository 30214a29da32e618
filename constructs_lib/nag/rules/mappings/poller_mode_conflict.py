"""A mapping scales on demand, up to a limit, or has pollers of its own: not both."""

from collections.abc import Iterator

from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class PollerModeConflict(Rule):
    """A mapping with a maximum concurrency and provisioned pollers."""

    severity = Severity.ERROR
    description = (
        "A mapping has a maximum concurrency and provisioned pollers. The two exclude each other, and Lambda refuses "
        "the mapping."
    )
    fix = (
        "CDK: SqsEventSource(queue, ...) with either max_concurrency or provisioned_poller_config. "
        "CloudFormation: either ScalingConfig.MaximumConcurrency or ProvisionedPollerConfig."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            scaling = mapping.properties.get("ScalingConfig.MaximumConcurrency")
            if scaling.present and mapping.properties["ProvisionedPollerConfig"].present:
                yield self.finding(
                    mapping.resource,
                    scaling.dotted,
                    f"{polled(mapping)} has both ScalingConfig.MaximumConcurrency and ProvisionedPollerConfig: Lambda "
                    "refuses the mapping. Keep one of them.",
                )
