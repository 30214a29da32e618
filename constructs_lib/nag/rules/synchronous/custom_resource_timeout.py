"""A custom resource whose handler does not answer holds the stack for an hour."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import CUSTOM_RESOURCE_TIMEOUT_MAX_SECONDS
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.custom_resources import made_by_cdk
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class CustomResourceTimeout(Rule):
    """A custom resource without a service timeout, or with one that its handler can outlast."""

    severity = Severity.INFO
    description = (
        "A custom resource has no service timeout, so that a handler that fails before it answers holds the stack for "
        "an hour; or its service timeout is not above the timeout of the handler, whose answer then comes too late."
    )
    fix = (
        "CDK: CustomResource(..., service_timeout=Duration.seconds(60)), above the timeout of the function. "
        "CloudFormation: ServiceTimeout of the custom resource."
    )
    source = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the custom resources."""
        for function, several in world.once(invocations).items():
            if made_by_cdk(world, function):
                continue
            running = timeout(world, function)
            for one in several:
                if one.service is not services.CLOUDFORMATION or one.evidence.path != ("ServiceToken",):
                    continue
                place = one.settings["ServiceTimeout"]
                waits = place.number()
                if place.absent:
                    problem = (
                        "has no service timeout: if the function fails before it answers, the stack waits for "
                        f"{duration(CUSTOM_RESOURCE_TIMEOUT_MAX_SECONDS)}"
                    )
                elif waits is not None and running is not None and running >= waits:
                    problem = (
                        f"waits for {duration(waits)}, but the function may run for {duration(running)}: its answer "
                        "can come too late"
                    )
                else:
                    continue
                yield self.finding(
                    one.resource,
                    place.dotted,
                    f"custom resource {one.resource.label}, handled by function {function.label}, {problem}. Set a "
                    "service timeout a little above the timeout of the function.",
                )
