"""A reserved concurrency of zero turns a function off."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Scalar, scalar_number
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker, listed

_CONSEQUENCES = {
    InvocationModel.SYNCHRONOUS: "every call is throttled (429)",
    InvocationModel.ASYNCHRONOUS: "every event goes to the failure target without one attempt, or is lost without one",
    InvocationModel.POLL: "nothing is read from the source until its retention ends",
}


class ConcurrencyZero(Rule):
    """A function that something invokes, and that no invocation can run."""

    severity = Severity.ERROR
    description = (
        "A function that is invoked reserves a concurrency of zero, so that it never runs: callers are throttled, "
        "asynchronous events go to the failure target without one attempt, and sources are not read. Where a condition "
        "decides about the zero, somebody turns the function off on purpose: a warning."
    )
    fix = (
        "CDK: remove reserved_concurrent_executions=0, or give it a number above zero. CloudFormation: the same for "
        "ReservedConcurrentExecutions. To pause a source, disable its rule or mapping instead."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions."""
        for function, several in world.once(invocations).items():
            place = world.properties(function)["ReservedConcurrentExecutions"]
            if place.number() != 0:
                continue
            models = {one.model for one in several}
            consequences = [text for model, text in _CONSEQUENCES.items() if model in models]
            yield self.finding(
                function,
                place.dotted,
                f"function {function.label}, invoked by {listed([invoker(one) for one in several])}, reserves a "
                f"concurrency of 0 and never runs: {'; '.join(consequences) or 'every call fails'}. Remove the "
                "reservation, or pause the invoker instead.",
                severity=Severity.WARNING if _is_switch(place) else None,
            )


def _is_switch(place: Node) -> bool:
    """Say whether a condition chooses between zero and something else."""
    choice = place.raw.get("Fn::If") if isinstance(place.raw, dict) else None
    if not isinstance(choice, list):
        return False
    values = [place.world.resolve(place.template, one) for one in choice[1:]]
    return any(not isinstance(one, Scalar) or scalar_number(one) != 0 for one in values)
