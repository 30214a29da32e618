"""The dead-letter queue of a subscription or a rule has to let the service in."""

from collections.abc import Iterator

from constructs_lib.graph.failures.delivery_queues import delivery_queues
from constructs_lib.graph.iam.resource_policies import allows_service
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class DeadLetterQueuePolicy(Rule):
    """The policy of the dead-letter queue of a subscription or a rule does not allow the service to send."""

    severity = Severity.ERROR
    description = (
        "The dead-letter queue of an SNS subscription or of the target of an EventBridge rule has no policy that "
        "allows the service to send to it. Neither service uses a role there: what it could not deliver is lost."
    )
    fix = (
        "CDK: pass the queue as dead_letter_queue to the subscription or the target, which makes the policy for a "
        "queue of the same app; otherwise queue.add_to_resource_policy. CloudFormation: AWS::SQS::QueuePolicy that "
        "allows sqs:SendMessage to sns.amazonaws.com or events.amazonaws.com, with aws:SourceArn the topic or the rule."
    )
    source = "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the subscriptions and rules."""
        for one in delivery_queues(world):
            principal = one.service.principal
            if allows_service(world, one.queue, "sqs:SendMessage", principal, one.source) is Verdict.NO:
                sender = one.source or one.place.resource
                yield self.finding(
                    one.place.resource,
                    one.place.dotted,
                    f"no policy of queue {one.queue.label} allows {principal}.amazonaws.com to send for "
                    f"{sender.label}: events that {one.service.name} could not deliver for "
                    f"{one.place.resource.label} are lost. Allow sqs:SendMessage in a queue policy.",
                )
