"""The header that makes a REST API invoke asynchronously works in one form only."""

from collections.abc import Iterator

from constructs_lib.graph.invokers.apis import ApiCall, ApiKind, api_calls
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

_MAPPED = ("method.", "context.", "stageVariables.")


class ApiEventHeader(Rule):
    """A mapping of the invocation type that has no effect."""

    severity = Severity.ERROR
    description = (
        "A REST API sets X-Amz-Invocation-Type on a proxy integration, which ignores it, or as a value without the "
        "inner single quotes, which is none. The call stays synchronous, or the deployment fails."
    )
    fix = (
        "CDK: resource.add_method('POST', LambdaIntegration(function, proxy=False, request_parameters="
        "{'integration.request.header.X-Amz-Invocation-Type': \"'Event'\"}, "
        "integration_responses=[IntegrationResponse(status_code='202')]), "
        "method_responses=[MethodResponse(status_code='202')]). CloudFormation: the same in "
        "Integration.RequestParameters, with Type: AWS; and StatusCode: 202 in Integration.IntegrationResponses and in "
        "MethodResponses, without which the API answers 500."
    )
    source = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for call in world.once(api_calls):
            header = None if call.authorizer or call.kind is not ApiKind.REST else call.event_header
            problem = _problem(call, header.text()) if header is not None else None
            if header is not None and problem:
                yield self.finding(
                    header.resource,
                    header.dotted,
                    f"{header.resource.label} sets the invocation type of function {call.target.function.label} "
                    f"{problem}",
                )


def _problem(call: ApiCall, expression: str | None) -> str | None:
    if call.type == "AWS_PROXY":
        if expression == "'RequestResponse'":
            return None
        return "on a proxy integration, which always invokes synchronously. Use a non-proxy integration (Type: AWS)."
    if expression is None or expression.startswith(("'", *_MAPPED)):
        return None
    return f"to {expression}, which is no static value: write \"'Event'\", with the inner single quotes."
