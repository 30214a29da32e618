"""What the source of an asynchronous event does when it cannot hand the event to Lambda."""

from typing import TYPE_CHECKING, Final

from constructs_lib import facts
from constructs_lib.amounts import duration
from constructs_lib.explain import tasks
from constructs_lib.explain.model import Attempts, End, Fate, Stage, StageName
from constructs_lib.explain.pipes import of_source
from constructs_lib.explain.places import caller, kept_by, lost, untold
from constructs_lib.explain.retries import given_up
from constructs_lib.explain.wording import kind
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.deliveries import RULE, SCHEDULE, SUBSCRIBER, Delivery, deliveries
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.services import Service
from constructs_lib.graph.invokers.subscriptions import SUBSCRIPTION

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_NO_QUEUE: Final = "{} has no dead-letter queue for what it cannot deliver"
_IOT_RULE: Final = "AWS::IoT::TopicRule"

# facts V1, V8, V10, V11, V17, V24 to V30
_FIXED: Final[dict[Service, tuple[Attempts, End]]] = {
    services.S3: (
        Attempts("S3 tries again, for how long AWS does not say"),
        lost(_NO_QUEUE.format("S3")),
    ),
    services.LOGS: (
        Attempts(
            f"CloudWatch Logs tries again for up to {duration(facts.LOGS_DELIVERY_RETRY_SECONDS)}, after some errors "
            "not at all",
            seconds=facts.LOGS_DELIVERY_RETRY_SECONDS,
        ),
        lost(_NO_QUEUE.format("CloudWatch Logs")),
    ),
    services.ALARM: (
        Attempts("CloudWatch tries again until Lambda takes it; not when it may not invoke the function"),
        lost(_NO_QUEUE.format("an alarm")),
    ),
    services.CLOUDFORMATION: (
        Attempts("1 attempt", 1),
        caller("the stack, whose deployment fails"),
    ),
    services.API_GATEWAY: (Attempts("1 attempt", 1), caller("the client, who gets an error")),
    services.APPSYNC: (Attempts("1 attempt", 1), caller("the client, who gets an error")),
}
_DEFAULTS: Final = {
    RULE: (facts.DELIVERY_RETRY_ATTEMPTS_MAX, facts.DELIVERY_EVENT_AGE_MAX_SECONDS),
    SCHEDULE: (facts.DELIVERY_RETRY_ATTEMPTS_MAX, facts.DELIVERY_EVENT_AGE_MAX_SECONDS),
    SUBSCRIBER: (facts.SUBSCRIBER_RETRY_ATTEMPTS_DEFAULT, facts.SUBSCRIBER_EVENT_AGE_DEFAULT_SECONDS),
}
"""The retries, and for how many seconds."""
_UNDOCUMENTED: Final = (Attempts("AWS does not say"), untold("AWS does not say"))


def delivery(world: "World", one: Invocation) -> Stage:
    """Return what becomes of an event that cannot be delivered."""
    attempts, ends = _delivery(world, one)
    return Stage(StageName.DELIVERY, attempts, tuple(ends))


def _delivery(world: "World", one: Invocation) -> tuple[Attempts, list[End]]:
    found = as_set(world, one)
    if found is not None:
        return found
    if one.service is services.SNS:
        return _by_sns(world, one)
    if one.resource.type == _IOT_RULE:
        return Attempts("AWS IoT tries again, how often AWS does not say"), _by_iot(world, one)
    if one.service is services.PIPES:
        return of_source(world, one)
    if one.service in (services.EVENTBRIDGE, services.SCHEDULER, services.EVENTBRIDGE_V2):
        return Attempts("the templates do not tell"), [untold("the templates do not tell")]
    if one.service is services.STEP_FUNCTIONS:
        return tasks.attempts(world, one), tasks.ends(world, one)
    attempts, end = _FIXED.get(one.service, _UNDOCUMENTED)
    return attempts, [end]


def as_set(world: "World", one: Invocation) -> tuple[Attempts, list[End]] | None:
    """Return what a rule, a schedule, a subscriber or a pipe from a stream is set to do; None for other invokers."""
    limited = world.once(_limited).get(one)
    if limited is None:
        return None
    retries, age = _DEFAULTS.get(one.resource.type, (facts.STREAM_RETRIES_UNLIMITED, facts.STREAM_RECORD_AGE_UNLIMITED))
    attempts = given_up(limited.attempts.number(retries), limited.age.number(age))
    ends = kept_by(world, one.resource, limited.dead_letter.path)
    return attempts, ends or [lost(f"the {kind(one.resource)} has no dead-letter queue")]


def _by_sns(world: "World", one: Invocation) -> tuple[Attempts, list[End]]:
    days = facts.SNS_RETRY_DAYS
    attempts = Attempts(
        f"{facts.SNS_RETRY_ATTEMPTS:,} attempts over {days} days; 1 when the function is gone or SNS may not invoke it",
        facts.SNS_RETRY_ATTEMPTS,
        days * 86_400,
    )
    if one.resource.type not in (SUBSCRIPTION, "AWS::SNS::Topic"):
        return attempts, [untold("the templates do not show the subscription")]
    ends = kept_by(world, one.resource) if one.resource.type == SUBSCRIPTION else []
    return attempts, ends or [lost("the subscription has no dead-letter queue")]


def _by_iot(world: "World", one: Invocation) -> list[End]:
    action = world.properties(one.resource).get("TopicRulePayload.ErrorAction")
    # The function may be the error action, for which there is no other.
    if action.absent or "ErrorAction" in one.evidence.path:
        return [lost("the rule has no error action")]
    return kept_by(world, one.resource) or [End(Fate.KEPT, "the error action of the rule")]


def _limited(world: "World") -> dict[Invocation, Delivery]:
    return {one.invocation: one for one in world.once(deliveries)}
