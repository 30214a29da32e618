"""What callers that wait for the answer wait for, and what they do with an error."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib import facts
from constructs_lib.amounts import duration
from constructs_lib.explain import tasks
from constructs_lib.explain.delivery import as_set
from constructs_lib.explain.model import Attempts, End, Fate, Stage, StageName
from constructs_lib.explain.pipes import of_source
from constructs_lib.explain.places import caller, untold
from constructs_lib.explain.retries import given_up
from constructs_lib.explain.watching import api_alarms
from constructs_lib.explain.wording import named
from constructs_lib.graph.failures.alarms import APIS
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.apis import ApiCall, api_calls
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.load_balancers import idle_timeout, load_balancers
from constructs_lib.graph.invokers.services import Service
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Reference

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_CLIENT: Final = (Attempts("1 attempt; trying again is up to the client", 1), caller("the client, who gets an error"))

# facts V1 to V11, V21 to V23
_ERRORS: Final[dict[Service, tuple[Attempts, End]]] = {
    services.CLOUDFRONT: (Attempts("1 attempt", 1), caller("the viewer, who gets an error")),
    services.COGNITO: (
        Attempts(
            f"{facts.USER_POOL_TRIGGER_ATTEMPTS} attempts when no answer comes in time; an error is not tried again",
            facts.USER_POOL_TRIGGER_ATTEMPTS,
        ),
        caller("the user, who cannot sign in or sign up"),
    ),
    services.SES: (Attempts("AWS does not say"), untold("AWS does not say")),
}
_NO_AGE: Final = facts.STREAM_RECORD_AGE_UNLIMITED
_WAITS: Final = {
    services.CLOUDFRONT: ("CloudFront", facts.EDGE_TIMEOUT_MAX_SECONDS),
    services.COGNITO: ("Cognito", facts.USER_POOL_TRIGGER_TIMEOUT_SECONDS),
    services.FIREHOSE: ("Firehose", facts.FIREHOSE_FUNCTION_TIMEOUT_MAX_SECONDS),
    services.SES: ("SES", facts.SES_SYNCHRONOUS_TIMEOUT_SECONDS),
    services.EVENTBRIDGE_V2: ("EventBridge", facts.SUBSCRIBER_WAIT_DEFAULT_SECONDS),
    services.APPSYNC: ("AppSync", facts.APPSYNC_AUTHORIZER_TIMEOUT_SECONDS),
}


def execution(world: "World", one: Invocation) -> Stage:
    """Return what a caller does when the function does not answer, or with an error."""
    found = as_set(world, one)
    if found is None and one.service is services.PIPES:
        found = of_source(world, one)
    if found is not None:
        return Stage(StageName.EXECUTION, found[0], tuple(found[1]))
    if one.service is services.FIREHOSE:
        place = End(Fate.KEPT, "the folder processing-failed of the bucket that the delivery stream fills")
        return Stage(StageName.EXECUTION, given_up(_firehose_retries(world, one), _NO_AGE), (place,))
    if one.service is services.STEP_FUNCTIONS:
        return Stage(StageName.EXECUTION, tasks.attempts(world, one), tuple(tasks.ends(world, one)))
    attempts, end = _ERRORS.get(one.service, _CLIENT)
    call = world.once(_calls).get(one.evidence)
    api = _resource_of(world, call) if call is not None else None
    if api is not None:
        end = replace(end, watchers=api_alarms(world, api) or None)
    return Stage(StageName.EXECUTION, attempts, (end,))


def limits(world: "World", one: Invocation) -> tuple[str, ...]:
    """Return how long a caller waits for the answer."""
    running = timeout(world, one.function)
    return tuple(f"{who} waits {_compared(long, running)}" for who, long in _waits(world, one)) or _others(one, running)


def _waits(world: "World", one: Invocation) -> Iterator[tuple[str, float | None]]:
    """Yield who waits, and how many seconds; None when the templates do not tell."""
    call = world.once(_calls).get(one.evidence)
    if call is not None:
        yield _api(call), facts.REST_API_STREAMING_TIMEOUT_SECONDS if call.streams else call.timeout
    elif one.service is services.LOAD_BALANCER:
        for balancer in sorted(world.once(load_balancers).get(one.resource, ()), key=lambda balancer: balancer.label):
            yield f"the connection to {named(balancer)}", idle_timeout(world, balancer)
    elif one.service is services.STEP_FUNCTIONS:
        yield from tasks.waits(world, one)
    elif one.service in _WAITS:
        yield _WAITS[one.service]


def _others(one: Invocation, running: float | None) -> tuple[str, ...]:
    """Say what is known of callers whose patience is no number of theirs."""
    own = "as long as the function may run" + ("" if running is None else f": {duration(running)}")
    if one.service is services.FUNCTION_URL:
        return (f"a function URL waits {own}",)
    if one.service is services.LOAD_BALANCER:
        idle = duration(facts.LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS)
        return (f"the idle timeout of the load balancer, {idle} by default; it is not seen which one it is",)
    if one.service is services.STEP_FUNCTIONS:
        return (f"Step Functions waits {own}",)
    if one.service is services.PIPES:
        return (f"the pipe waits {own}",)
    return (f"AWS does not say how long {one.service.name} waits",)


def _compared(long: float | None, running: float | None) -> str:
    if long is None:
        return "for a time that the templates do not tell"
    late = f"; the function may run {duration(running)}, then nobody listens" if running and running > long else ""
    return duration(long) + late


def _api(call: ApiCall) -> str:
    kind = call.kind.value if call.kind else "API"
    return f"the {kind}, for this authorizer," if call.authorizer else f"the {kind}"


def _resource_of(world: "World", call: ApiCall) -> Resource | None:
    """Return the API; None when it is not in the app."""
    resource = call.uri.resource
    if resource.type in APIS:
        return resource
    properties = world.properties(resource)
    found = [properties[name].value for name in ("RestApiId", "ApiId")]
    return next((one.resource for one in found if isinstance(one, Reference) and one.resource.type in APIS), None)


def _firehose_retries(world: "World", one: Invocation) -> float | None:
    pattern = f"{one.evidence.path[0]}.ProcessingConfiguration.Processors.*.Parameters.*"
    for _, parameter in world.properties(one.resource).select(pattern):
        beside = parameter.path[:-1] == one.evidence.path[:-2]
        if beside and parameter["ParameterName"].text() == "NumberOfRetries":
            return parameter["ParameterValue"].number()
    return facts.FIREHOSE_RETRIES_DEFAULT


def _calls(world: "World") -> Mapping[Node, ApiCall]:
    return {call.uri: call for call in world.once(api_calls)}
