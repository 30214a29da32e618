"""SNS drops what it cannot hand to a function, unless the subscription has a dead-letter queue."""

from collections.abc import Iterator

from constructs_lib.facts import SNS_RETRY_ATTEMPTS
from constructs_lib.graph.invokers.subscriptions import subscriptions
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class SubscriptionRedrivePolicy(Rule):
    """A subscription of a function without a redrive policy."""

    severity = Severity.INFO
    description = (
        "The subscription of a function to a topic has no redrive policy. SNS repeats a delivery that Lambda does not "
        "take for 23 days, but drops the message at once when the function is gone or may not be invoked."
    )
    fix = (
        "CDK: LambdaSubscription(function, dead_letter_queue=failures). CloudFormation: RedrivePolicy: "
        "{deadLetterTargetArn: <ARN of a queue>} of an AWS::SNS::Subscription of its own."
    )
    source = "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the subscriptions."""
        for one in world.once(subscriptions):
            # A FIFO topic cannot invoke a function at all.
            if not one.invokes or one.fifo:
                continue
            resource, place = one.settings.resource, one.settings["RedrivePolicy"]
            if one.inline or place.absent:
                which = f"a subscription within topic {resource.label}" if one.inline else resource.label
                cure = (
                    "Declare the subscription apart from the topic, with a redrive policy."
                    if one.inline
                    else "Give the subscription a redrive policy."
                )
                yield self.finding(
                    resource,
                    one.settings.dotted if one.inline else place.dotted,
                    f"{which} has no redrive policy: a message is dropped at once when the function is gone or may "
                    f"not be invoked, and after {SNS_RETRY_ATTEMPTS:,} attempts when Lambda does not take it. {cure}",
                )
