"""A FIFO topic cannot invoke a function, and takes a dead-letter queue of its own type."""

from collections.abc import Iterator

from constructs_lib.graph.failures.failure_queues import failure_places
from constructs_lib.graph.failures.fifo import is_fifo
from constructs_lib.graph.invokers.subscriptions import SUBSCRIPTION, subscriptions
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

_KINDS = {True: "FIFO", False: "standard"}


class FifoTopicSubscription(Rule):
    """A function subscribed to a FIFO topic, or a dead-letter queue of another type than its topic."""

    severity = Severity.ERROR
    description = (
        "A function is subscribed to a FIFO topic, which delivers to queues only; or the dead-letter queue of a "
        "subscription is FIFO while the topic is not, or the other way round. The deployment fails."
    )
    fix = (
        "CDK: subscribe a queue to the FIFO topic and let an SqsEventSource invoke the function; give the subscription "
        "a dead-letter queue with the same fifo as the topic. CloudFormation: the same with Protocol: sqs and an "
        "AWS::Lambda::EventSourceMapping; FifoQueue of the dead-letter queue like FifoTopic."
    )
    source = "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the subscriptions."""
        fifo_of = {}
        for one in world.once(subscriptions):
            if not one.inline:
                fifo_of[one.settings.resource] = one.fifo
            if one.invokes and one.fifo:
                resource = one.settings.resource
                yield self.finding(
                    resource,
                    one.settings["Protocol"].dotted,
                    f"{resource.label} subscribes a function to a FIFO topic, which delivers to queues only: the "
                    "deployment fails. Subscribe a queue, and let a mapping hand its messages to the function.",
                )
        for place in world.once(failure_places):
            topic = fifo_of.get(place.resource) if place.resource.type == SUBSCRIPTION else None
            queue = is_fifo(world, place.resource.template, place.value)
            if topic is not None and queue is not None and topic is not queue:
                yield self.finding(
                    place.resource,
                    place.dotted,
                    f"{place.resource.label} is a subscription to a {_KINDS[topic]} topic with a {_KINDS[queue]} "
                    "dead-letter queue: SNS takes one of the same type only. Use a "
                    f"{_KINDS[topic]} queue.",
                )
