"""What loses failed events, as nothing keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.template import Resource
from constructs_lib.nag.engine import check
from constructs_lib.nag.finding import Severity
from constructs_lib.nag.rules.asynchronous.async_failure_target import AsyncFailureTarget
from constructs_lib.nag.rules.delivery.delivery_dead_letter_queue import DeliveryDeadLetterQueue
from constructs_lib.nag.rules.delivery.subscription_redrive_policy import SubscriptionRedrivePolicy
from constructs_lib.nag.rules.queues.queue_redrive_policy import QueueRedrivePolicy
from constructs_lib.nag.rules.streams.stream_failure_destination import StreamFailureDestination
from constructs_lib.nag.rules.streams.stream_retries_unbounded import StreamRetriesUnbounded

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


@dataclass(frozen=True)
class Gap:
    """Something whose failed events end nowhere."""

    rule: str
    """The id of the rule that says so."""
    severity: Severity
    resource: str
    """What it is, such as ``function/work``."""
    arn: str | None
    functions: frozenset[str]
    """The ARNs of the functions whose events they are, without qualifiers."""
    message: str
    """What is lost when, and what to do."""


def gaps(world: "World", arns: Mapping[str, str]) -> list[Gap]:
    """Return what the rules find that has no place for its failed events, the worst first.

    Parameters
    ----------
    world
        The configuration.
    arns
        The ARNs of its resources, by logical id.
    """
    rules = (
        AsyncFailureTarget(),
        DeliveryDeadLetterQueue(),
        QueueRedrivePolicy(),
        StreamFailureDestination(),
        StreamRetriesUnbounded(),
        SubscriptionRedrivePolicy(),
    )
    found = [
        Gap(
            one.rule,
            one.severity,
            one.resource.label,
            arns.get(one.resource.logical_id),
            frozenset(arns[each.logical_id] for each in _functions(world, one.resource) if each.logical_id in arns),
            one.message,
        )
        for one in check(world.app, rules)
    ]
    return sorted(found, key=lambda one: (-one.severity, one.rule, one.resource))


def _functions(world: "World", resource: Resource) -> Iterator[Resource]:
    if resource.type == "AWS::Lambda::Function":
        yield resource
    for mapping in world.once(mappings):
        if resource in (mapping.resource, mapping.source) and mapping.function is not None:
            yield mapping.function
    for function, several in world.once(invocations).items():
        if any(one.resource is resource for one in several):
            yield function
