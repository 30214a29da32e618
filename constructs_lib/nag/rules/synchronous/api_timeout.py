"""A function behind API Gateway must answer before API Gateway stops waiting."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.apis import ApiCall, api_calls
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class ApiTimeout(Rule):
    """A function that may run longer than the integration or the authorizer waits for it."""

    severity = Severity.WARNING
    description = (
        "A function may run longer than API Gateway waits for its answer. The client gets an error while the function "
        "works on, is paid for, and is often called again."
    )
    fix = (
        "CDK: Function(..., timeout=Duration.seconds(29)), or answer 202 and do long work asynchronously. "
        "CloudFormation: lower Timeout of the function; for a Regional or private REST API with a raised quota, raise "
        "TimeoutInMillis of the integration."
    )
    source = "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, each once, with the shortest time that it is given."""
        too_slow: dict[Resource, list[tuple[float, ApiCall]]] = {}
        for call in world.once(api_calls):
            running, waits = timeout(world, call.target.function), call.timeout
            if call.model is not InvocationModel.SYNCHRONOUS or call.streams or running is None or waits is None:
                continue
            if running > waits:
                too_slow.setdefault(call.target.function, []).append((waits, call))
        for function, calls in too_slow.items():
            waits = min(one for one, _ in calls)
            callers = [_name(call) for _, call in calls]
            yield self.finding(
                function,
                "Timeout",
                f"function {function.label} may run for {duration(timeout(world, function) or 0)}, but API Gateway "
                f"waits only {duration(waits)} for it ({listed(callers)}): the client gets an error while the function "
                "works on. Lower the timeout of the function, or do the long work asynchronously.",
            )


def _name(call: ApiCall) -> str:
    api = call.kind.value if call.kind else "API"
    return f"{api} {'authorizer' if call.authorizer else 'integration'} {call.uri.resource.label}"
