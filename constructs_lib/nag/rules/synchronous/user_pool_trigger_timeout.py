"""A user pool waits five seconds for a trigger."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import USER_POOL_TRIGGER_TIMEOUT_SECONDS, InvocationModel
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.slow import slower_than
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class UserPoolTriggerTimeout(Rule):
    """A synchronous trigger of a user pool that may run longer than Cognito waits."""

    severity = Severity.WARNING
    description = (
        "A trigger of a Cognito user pool may run longer than the five seconds that Cognito waits. Cognito then calls "
        "it again, three times in all, and the user cannot sign in or sign up."
    )
    fix = (
        "CDK: Function(..., timeout=Duration.seconds(5)). CloudFormation: Timeout of at most 5. Custom email and SMS "
        "senders are asynchronous and may run longer."
    )
    source = (
        "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html"
    )

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, each once."""
        for function, running, several in slower_than(world, USER_POOL_TRIGGER_TIMEOUT_SECONDS, _waits):
            yield self.finding(
                function,
                "Timeout",
                f"function {function.label} may run for {duration(running)}, but user pool "
                f"{listed([one.resource.label for one in several])} waits only "
                f"{duration(USER_POOL_TRIGGER_TIMEOUT_SECONDS)} for a trigger, and then calls it again. Lower the "
                "timeout of the function, and do long work asynchronously.",
            )


def _waits(one: Invocation) -> bool:
    return one.service is services.COGNITO and one.model is InvocationModel.SYNCHRONOUS
