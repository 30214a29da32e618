"""Lambda@Edge takes only some functions."""

from collections.abc import Iterator, Sequence

from constructs_lib.facts import EDGE_VIEWER_MEMORY_MAX_MEBIBYTES
from constructs_lib.graph.invokers.edge import edge_functions, forbidden, provisioned, unnumbered
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class EdgeFunction(Rule):
    """A function that CloudFront is to run at its edges, with a setting that Lambda@Edge does not take."""

    severity = Severity.ERROR
    description = (
        "CloudFront is to run a function that has what Lambda@Edge does not support, such as environment variables, a "
        "VPC or a dead-letter queue, or that is no numbered version in us-east-1. CloudFront refuses the distribution, "
        "minutes into the deployment."
    )
    fix = (
        "CDK: a Function without those settings, in a stack of us-east-1, whose current_version is in edge_lambdas of "
        "the behavior. CloudFormation: remove the setting, let edgelambda.amazonaws.com assume the role, and name an "
        "AWS::Lambda::Version as LambdaFunctionARN."
    )
    source = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html"
    )

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the settings."""
        for function, several in world.once(edge_functions).items():
            for bad in forbidden(world, function):
                yield self._refused(function, several, bad.place, bad.what)
            for one in several:
                reserved = provisioned(one)
                if reserved is not None:
                    yield self._refused(function, [one], reserved, "provisioned concurrency")
                if unnumbered(one):
                    yield self.finding(
                        one.resource,
                        one.evidence.dotted,
                        f"distribution {one.resource.label} names function {function.label} without the number of a "
                        "version: CloudFront refuses the distribution. Name a version of the function.",
                    )
            yield from self._viewer_memory(world, function, several)

    def _refused(self, function: Resource, several: Sequence[Invocation], place: Node, what: str) -> Finding:
        return self.finding(
            place.resource,
            place.dotted,
            f"function {function.label}, which distribution {listed([one.resource.label for one in several])} runs at "
            f"its edges, has {what}: CloudFront refuses the distribution. Change this for the function, or use one of "
            "its own at the edge.",
        )

    def _viewer_memory(self, world: World, function: Resource, several: Sequence[Invocation]) -> Iterator[Finding]:
        place = world.properties(function)["MemorySize"]
        viewer = [one for one in several if (one.settings["EventType"].text() or "").startswith("viewer-")]
        # The pages of AWS disagree about this limit (facts Y5).
        if viewer and (place.number() or 0) > EDGE_VIEWER_MEMORY_MAX_MEBIBYTES:
            yield self.finding(
                function,
                place.dotted,
                f"function {function.label}, which distribution {listed([one.resource.label for one in viewer])} runs "
                f"on viewer events, has more than {EDGE_VIEWER_MEMORY_MAX_MEBIBYTES} MB of memory, which CloudFront "
                "may refuse. Lower the memory, or use origin events.",
                severity=Severity.WARNING,
            )
