"""Delivery without retries, and without a dead-letter queue."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.graph.invokers.deliveries import deliveries
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker


class DeliveryRetriesDisabled(Rule):
    """A rule, schedule, subscriber or pipe without retries whose failed deliveries nothing keeps."""

    severity = Severity.WARNING
    description = (
        "An EventBridge rule, schedule or subscriber, or a pipe from a stream, tries to deliver an event once, or for "
        "a minute only, and has no dead-letter queue. A short throttling is enough to lose events."
    )
    fix = (
        "CDK: retry_attempts=185, max_event_age=Duration.hours(24) and dead_letter_queue=failures of the target: "
        "aws_events_targets.LambdaFunction(function, ...) for a rule, aws_scheduler_targets.LambdaInvoke(function, "
        "...) for a schedule. CloudFormation: raise RetryPolicy.MaximumRetryAttempts and "
        "MaximumEventAgeInSeconds, or set DeadLetterConfig.Arn."
    )
    source = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the settings."""
        for delivery in world.once(deliveries):
            place, one = delivery.gives_up, delivery.invocation
            if place is None or not delivery.dead_letter.absent:
                continue
            how = "once, without a retry" if place is delivery.attempts else f"for {duration(place.number() or 0)} only"
            yield self.finding(
                one.resource,
                place.dotted,
                f"{invoker(one)} tries to hand an event to function {one.function.label} {how}, and has no dead-letter "
                "queue: a short throttling loses events. Allow more retries, or set a dead-letter queue.",
            )
