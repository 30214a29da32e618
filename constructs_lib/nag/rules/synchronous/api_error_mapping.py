"""A non-proxy integration answers an error of the function with 200, unless it maps errors."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.apis import ApiKind, api_calls
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class ApiErrorMapping(Rule):
    """A synchronous non-proxy integration of a REST API that maps no error."""

    severity = Severity.WARNING
    description = (
        "A non-proxy integration of a REST API maps no error of its function. API Gateway then answers an error with "
        "200 and the raw error, the stack trace included."
    )
    fix = (
        "CDK: LambdaIntegration(function, proxy=False, integration_responses=[IntegrationResponse(status_code='200'), "
        "IntegrationResponse(status_code='500', selection_pattern='[^0-9](.|\\n)*')]). CloudFormation: an entry of "
        "IntegrationResponses with SelectionPattern and StatusCode; or Type: AWS_PROXY."
    )
    source = "https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the integrations."""
        for call in world.once(api_calls):
            if call.authorizer or call.kind is not ApiKind.REST or call.model is not InvocationModel.SYNCHRONOUS:
                continue
            if call.type != "AWS" or not call.responses:
                continue
            if not any(one.selected for one in call.responses):
                yield self.finding(
                    call.settings.resource,
                    call.responses[0].status.dotted,
                    f"{call.settings.resource.label} maps no error of function {call.target.function.label}: an error "
                    "is answered with the status of success and the raw error, the stack trace included. Add an "
                    "integration response with a selection pattern, or use a proxy integration.",
                )
