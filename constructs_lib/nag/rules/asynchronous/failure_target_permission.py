"""Whoever sends failed events to a target needs the permission."""

from collections.abc import Iterator

from constructs_lib.graph.failures.failure_senders import senders
from constructs_lib.graph.iam.access import missing
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class FailureTargetPermission(Rule):
    """A role that must send events to a dead-letter queue or a destination is not allowed to."""

    severity = Severity.ERROR
    description = (
        "The role of a function, a schedule or a pipe does not allow what sending to its dead-letter queue or "
        "destination needs, the use of the target's key included. What cannot be sent is discarded: the failed "
        "events are lost."
    )
    fix = (
        "CDK: queue.grant_send_messages(sender), topic.grant_publish(sender), bucket.grant_read_write(sender), "
        "key.grant_encrypt_decrypt(sender), where the sender is the function; for a schedule the role in "
        "LambdaInvoke(function, role=role, dead_letter_queue=failures), for a pipe the role of the pipe. "
        "CloudFormation: a statement in a policy of that role with sqs:SendMessage, sns:Publish, "
        "lambda:InvokeFunction, events:PutEvents, or s3:PutObject and s3:ListBucket, on the target, and "
        "kms:GenerateDataKey and kms:Decrypt on its key."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the places that name a target which the role cannot send to."""
        for sender in senders(world):
            lacking = list(missing(world, sender.role, sender.wanted))
            if not lacking:
                continue
            actions = listed([f"{action} on {asked.resource.label}" for action, asked in lacking])
            yield self.finding(
                sender.place.resource,
                sender.place.dotted,
                f"role {sender.role.label} of {sender.resource.label} does not allow {actions}: what should be sent to "
                f"{sender.target.label} is lost. Allow it in a policy of the role.",
            )
