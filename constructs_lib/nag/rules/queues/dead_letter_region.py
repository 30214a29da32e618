"""A dead-letter queue must be where the thing is whose failures it takes."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.graph.failures.failure_queues import failure_places
from constructs_lib.graph.invokers.mappings import QUEUE
from constructs_lib.graph.node import Node
from constructs_lib.graph.parameters import pseudo_parameter
from constructs_lib.graph.template import Template
from constructs_lib.graph.values import Reference, Scalar, Value, fold
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

_SUBSCRIPTION: Final = "AWS::SNS::Subscription"
_SHARED: Final = {
    QUEUE: ("Region", "account"),
    _SUBSCRIPTION: ("Region", "account"),
    "AWS::Events::Rule": ("Region",),
}
"""What a dead-letter queue must have in common with the resource that names it."""

_Place = dict[str, str]
"""A Region and an account."""


class DeadLetterRegion(Rule):
    """A dead-letter queue in another Region or account than the queue, subscription or rule that names it."""

    severity = Severity.ERROR
    description = (
        "A dead-letter queue is in another Region or account than the queue or subscription that names it, or in "
        "another Region than the rule. AWS refuses it, or failed messages never arrive there."
    )
    fix = (
        "CDK: make the dead-letter queue in the stack of what uses it. "
        "CloudFormation: name a queue of the same Region and account; for a subscription, the Region of its topic."
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield what names a dead-letter queue elsewhere."""
        for place in world.once(failure_places):
            resource = place.resource
            queue = _place(world, place.value)
            own = _home(world, world.properties(resource)) if queue else {}
            for what in _SHARED.get(resource.type, ()):
                if _differ(own.get(what, ""), queue.get(what, "")):
                    yield self.finding(
                        resource,
                        place.dotted,
                        f"{resource.label} is in {what} {own[what]}, but its dead-letter queue is in {queue[what]}: "
                        "failed messages cannot be moved there. Use a queue of the same "
                        f"{' and '.join(_SHARED[resource.type])}.",
                    )


def _home(world: World, properties: Node) -> _Place:
    """Return where a resource is: its stack's place, but for a subscription the Region of its topic."""
    place = _stack(world, properties.resource.template)
    if properties.resource.type == _SUBSCRIPTION:
        region = properties["Region"].text() or _place(world, properties["TopicArn"].value).get("Region", "")
        return {**place, "Region": region}
    return place


def _place(world: World, arn: Value) -> _Place:
    """Return the place of what an ARN denotes; empty when unknown."""
    if isinstance(arn, Reference):
        known = arn.resource.type in (QUEUE, "AWS::SNS::Topic")
        return _stack(world, arn.resource.template) if known else {}
    fields = fold(arn)[0].split(":")
    return {"Region": fields[3], "account": fields[4]} if fields[0] == "arn" and len(fields) == 6 else {}


def _stack(world: World, template: Template) -> _Place:
    names = {"Region": "AWS::Region", "account": "AWS::AccountId"}
    values = {what: pseudo_parameter(world, template, name) for what, name in names.items()}
    return {what: str(value) for what, value in values.items() if isinstance(value, Scalar)}


def _differ(one: str, other: str) -> bool:
    """Say whether two Regions or accounts certainly differ: a placeholder can be any."""
    return one != other and all(name and name.isascii() and "${" not in name for name in (one, other))
