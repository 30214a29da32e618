"""What cannot be delivered to a function is dropped unless there is a dead-letter queue."""

from collections.abc import Iterator

from constructs_lib.amounts import count, duration
from constructs_lib.facts import (
    DELIVERY_EVENT_AGE_MAX_SECONDS,
    DELIVERY_RETRY_ATTEMPTS_MAX,
    SUBSCRIBER_EVENT_AGE_DEFAULT_SECONDS,
    SUBSCRIBER_RETRY_ATTEMPTS_DEFAULT,
)
from constructs_lib.graph.invokers.deliveries import PIPE, SUBSCRIBER, Delivery, deliveries
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker


class DeliveryDeadLetterQueue(Rule):
    """A rule, schedule, subscriber or pipe that hands events to a function and has no dead-letter queue."""

    severity = Severity.WARNING
    description = (
        "An EventBridge rule, schedule or subscriber, or a pipe from a stream, hands events to a function and has no "
        "dead-letter queue. An event that cannot be delivered within its retries is dropped; the failure target of "
        "the function never sees it. Where retries are off as well, DeliveryRetriesDisabled says so instead."
    )
    fix = (
        "CDK: dead_letter_queue=failures of the target: of aws_events_targets.LambdaFunction(function, ...) for a "
        "rule, of aws_scheduler_targets.LambdaInvoke(function, ...) for a schedule; dead_letter_config in the source "
        "parameters of a CfnPipe, on_failure_configuration of a CfnSubscriber. CloudFormation: DeadLetterConfig.Arn of "
        "the target, of the pipe's source parameters, or OnFailureConfiguration.Arn of the subscriber."
    )
    source = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the targets."""
        for delivery in world.once(deliveries):
            if delivery.dead_letter.absent and delivery.gives_up is None:
                one = delivery.invocation
                yield self.finding(
                    one.resource,
                    delivery.dead_letter.dotted,
                    f"{invoker(one)} has no dead-letter queue for what it cannot deliver to function "
                    f"{one.function.label}: {_dropped(delivery)}. The failure target of the function does not help "
                    "there. Set a dead-letter queue.",
                )


def _dropped(delivery: Delivery) -> str:
    kind = delivery.invocation.resource.type
    if kind == PIPE:
        return "a batch that keeps failing blocks its shard, or is dropped when its retries end"
    subscriber = kind == SUBSCRIBER
    attempts = delivery.attempts.number(
        SUBSCRIBER_RETRY_ATTEMPTS_DEFAULT if subscriber else DELIVERY_RETRY_ATTEMPTS_MAX
    )
    age = delivery.age.number(SUBSCRIBER_EVENT_AGE_DEFAULT_SECONDS if subscriber else DELIVERY_EVENT_AGE_MAX_SECONDS)
    if attempts is None or age is None:
        return "the event is dropped when its retries end"
    return f"the event is dropped after {duration(age)} or {count(attempts, 'retry')}"
