"""A non-proxy integration answers what its integration responses say: without them nothing, not even an error."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.apis import ApiCall, ApiKind, api_calls
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class ApiErrorMapping(Rule):
    """A non-proxy integration of a REST API that maps no error, or no answer at all."""

    severity = Severity.WARNING
    description = (
        "A non-proxy integration of a REST API maps no error of its function. API Gateway then answers an error with "
        "200 and the raw error, the stack trace included. One that maps no answer at all is worse (an error): API "
        "Gateway answers every call with 500, though the function runs."
    )
    fix = (
        "CDK: resource.add_method('POST', LambdaIntegration(function, proxy=False, "
        "integration_responses=[IntegrationResponse(status_code='200'), IntegrationResponse(status_code='500', "
        "selection_pattern='(.|\\n)+')]), method_responses=[MethodResponse(status_code='200'), "
        "MethodResponse(status_code='500')]). CloudFormation: StatusCode: 200, and StatusCode: 500 with "
        "SelectionPattern: (.|\\n)+, in Integration.IntegrationResponses, and both codes in MethodResponses; or Type: "
        "AWS_PROXY."
    )
    source = "https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the integrations."""
        for call in world.once(api_calls):
            if call.authorizer or call.kind is not ApiKind.REST or call.type != "AWS":
                continue
            if call.answers_nothing:
                yield self._unanswered(call)
            elif call.model is not InvocationModel.SYNCHRONOUS or not call.responses:
                continue
            elif not any(one.selected for one in call.responses):
                yield self.finding(
                    call.settings.resource,
                    call.responses[0].status.dotted,
                    f"{call.settings.resource.label} maps no error of function {call.target.function.label}: an error "
                    "is answered with the status of success and the raw error, the stack trace included. Add an "
                    "integration response with a selection pattern, or use a proxy integration.",
                )

    def _unanswered(self, call: ApiCall) -> Finding:
        accepted = 202 if call.model is InvocationModel.ASYNCHRONOUS else 200
        return self.finding(
            call.settings.resource,
            call.settings["IntegrationResponses"].dotted if call.settings.path[0] == "Integration" else call.uri.dotted,
            f"{call.settings.resource.label} has no integration response for function {call.target.function.label}: "
            "API Gateway invokes the function, and answers every call with 500. Add an integration response and a "
            f"method response of status {accepted}, or use a proxy integration.",
            severity=Severity.ERROR,
        )
