"""The detection of recursive loops should stay on where there can be one."""

from collections.abc import Iterator

from constructs_lib.graph.failures.loops import loops
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class RecursiveLoopAllowed(Rule):
    """A function that can cause its own invocation has the detection of recursive loops turned off."""

    severity = Severity.ERROR
    description = (
        "A function can cause its own invocation (see RecursiveLoop), and Lambda is told not to stop it. Such a loop "
        "runs until somebody stops it by hand."
    )
    fix = (
        "CDK: recursive_loop=RecursiveLoop.TERMINATE, or leave it out. CloudFormation: RecursiveLoop: Terminate, "
        "which is the default."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions."""
        ways: dict[Resource, list[str]] = {}
        for loop in world.once(loops):
            ways.setdefault(loop.function, []).append(loop.via.label)
        for function, names in ways.items():
            if world.properties(function)["RecursiveLoop"].text() == "Allow":
                yield self.finding(
                    function,
                    "RecursiveLoop",
                    f"function {function.label} can cause its own invocation through {listed(names)}, and "
                    "RecursiveLoop is Allow: Lambda does not stop the loop. Set it to Terminate.",
                )
