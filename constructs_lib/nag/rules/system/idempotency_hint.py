"""What is delivered at least once is sometimes delivered twice."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.custom_resources import made_by_cdk
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker, listed

_AT_LEAST_ONCE = (InvocationModel.ASYNCHRONOUS, InvocationModel.POLL)


class IdempotencyHint(Rule):
    """A function that may get the same event twice."""

    severity = Severity.INFO
    opt_in = True
    description = (
        "A function is invoked asynchronously or by an event source mapping, both of which deliver at least once: it "
        "may get the same event twice even when nothing fails. No template shows whether the code expects that."
    )
    fix = (
        "CDK: let the code remember what it has processed, in a dynamodb.Table with the id of the event as the key for "
        "instance; Powertools for AWS Lambda has such a decorator. CloudFormation: the same with an "
        "AWS::DynamoDB::Table."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, each once."""
        for function, several in world.once(invocations).items():
            twice = [
                one for one in several if one.model in _AT_LEAST_ONCE and one.service is not services.CLOUDFORMATION
            ]
            if twice and not made_by_cdk(world, function):
                yield self.finding(
                    function,
                    "",
                    f"function {function.label} is invoked by {listed([invoker(one) for one in twice])}, at least once "
                    "for each event: make sure that it does no harm to process an event twice.",
                )
