"""A function should not write to what invokes it."""

from collections.abc import Iterator

from constructs_lib.graph.failures.loops import Loop, loops
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class RecursiveLoop(Rule):
    """A function may write to the bucket, topic or queue that invokes it, or is its own destination."""

    severity = Severity.WARNING
    description = (
        "A function may write to the bucket, topic or queue that invokes it, or its destination leads back to it: each "
        "invocation can cause the next one. Lambda stops a chain that it detects after about 16 invocations; until "
        "then, and where it is not detected, the loop costs money and takes the concurrency of other functions."
    )
    fix = (
        "CDK: a second bucket, topic or queue for the output, or bucket.grant_put(function, 'out/*') with "
        "NotificationKeyFilter(prefix='in/'). CloudFormation: a Resource of the role's policy and a Filter of the "
        "notification that have no key in common, or another destination."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the properties that close the loop."""
        for loop in world.once(loops):
            yield self.finding(
                loop.place.resource,
                loop.place.dotted,
                f"{_way(loop)}: each invocation can cause the next one. Write to something else, or keep what is "
                "written apart from what is read by a prefix.",
            )


def _way(loop: Loop) -> str:
    function, via = loop.function.label, loop.via.label
    if loop.via is loop.function:
        return f"function {function} is its own destination"
    if loop.sends:
        return f"the destination {via} of function {function} invokes this function"
    return f"{via} invokes function {function}, whose role may write to {via}"
