"""SES waits thirty seconds for a function that it invokes synchronously."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import SES_SYNCHRONOUS_TIMEOUT_SECONDS, InvocationModel
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.slow import slower_than
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class SesSynchronousTimeout(Rule):
    """A function that a receipt rule waits for, and that may run longer than SES waits."""

    severity = Severity.WARNING
    description = (
        "A receipt rule of SES invokes a function synchronously that may run longer than the 30 seconds SES waits. "
        "The mail is then handled as if the function had failed."
    )
    fix = (
        "CDK: actions.Lambda(function=..., invocation_type=LambdaInvocationType.EVENT), or a function with "
        "timeout=Duration.seconds(30). CloudFormation: InvocationType: Event of the LambdaAction, or Timeout of at "
        "most 30."
    )
    source = "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, each once."""
        for function, running, several in slower_than(world, SES_SYNCHRONOUS_TIMEOUT_SECONDS, _waits):
            yield self.finding(
                function,
                "Timeout",
                f"function {function.label} may run for {duration(running)}, but receipt rule "
                f"{listed([one.resource.label for one in several])} invokes it with RequestResponse and waits only "
                f"{duration(SES_SYNCHRONOUS_TIMEOUT_SECONDS)}. Lower the timeout of the function, or invoke it with "
                "Event.",
            )


def _waits(one: Invocation) -> bool:
    return one.service is services.SES and one.model is InvocationModel.SYNCHRONOUS
