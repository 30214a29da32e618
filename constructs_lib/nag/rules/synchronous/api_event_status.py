"""A client should learn that its request is only queued."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.apis import api_calls
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

_ACCEPTED = "202"


class ApiEventStatus(Rule):
    """An asynchronous integration that answers another status than 202."""

    severity = Severity.INFO
    description = (
        "A REST API invokes a function asynchronously and answers another status than 202. The client cannot tell that "
        "the work is only queued, and takes it for done."
    )
    fix = (
        "CDK: IntegrationResponse(status_code='202') and MethodResponse(status_code='202'). CloudFormation: "
        "StatusCode: 202 in IntegrationResponses and MethodResponses."
    )
    source = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the statuses."""
        for call in world.once(api_calls):
            if call.model is not InvocationModel.ASYNCHRONOUS:
                continue
            for response in call.responses:
                status = response.status.text()
                if not response.selected and status not in (None, _ACCEPTED):
                    yield self.finding(
                        response.status.resource,
                        response.status.dotted,
                        f"{response.status.resource.label} invokes function {call.target.function.label} "
                        f"asynchronously and answers {status}: the client cannot tell that the work is only queued. "
                        "Answer 202.",
                    )
