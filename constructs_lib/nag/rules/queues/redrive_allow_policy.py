"""A dead-letter queue must accept messages from the queue that names it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs_lib.graph.arn import physical_name, resource_of, service_of
from constructs_lib.graph.document import Document
from constructs_lib.graph.failures.queues import read_policy, redrives
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Value, fold
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


class RedriveAllowPolicy(Rule):
    """A dead-letter queue whose redrive allow policy excludes the queue that names it."""

    severity = Severity.ERROR
    description = (
        "The redrive allow policy of a dead-letter queue excludes a queue that names it in its redrive policy. SQS "
        "lets that queue move no message there."
    )
    fix = (
        "CDK: Queue(..., redrive_allow_policy=RedriveAllowPolicy(redrive_permission=RedrivePermission.ALLOW_ALL)), or "
        "list the queue in source_queues. CloudFormation: RedriveAllowPolicy: {redrivePermission: byQueue, "
        "sourceQueueArns: [<ARN of the queue>]}, or leave it out."
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"

    def check(self, world: "World") -> Iterator[Finding]:
        """Yield the dead-letter queues, once for each queue that they exclude."""
        for queue, redrive in world.once(redrives).items():
            failures = redrive.dead_letter_queue
            policy = read_policy(world.properties(failures)["RedriveAllowPolicy"]) if failures else None
            if failures is None or policy is None:
                continue
            permission = policy.value(policy.data.get("redrivePermission"))
            if permission == "denyAll":
                reason = "accepts failed messages from no queue"
            elif permission == "byQueue" and _excludes(world, failures, policy, queue):
                reason = "accepts failed messages from other queues only"
            else:
                continue
            yield self.finding(
                failures,
                "RedriveAllowPolicy",
                f"queue {failures.label} {reason}, but is the dead-letter queue of {queue.label}: SQS lets "
                f"{queue.label} move no message there. List {queue.label} in sourceQueueArns, or use allowAll.",
            )


def _excludes(world: "World", failures: Resource, policy: Document, queue: Resource) -> bool:
    """Say whether the policy certainly lists other queues only."""
    sources = policy.data.get("sourceQueueArns")
    if not isinstance(sources, list):
        return False
    return all(_is_other(world, failures, policy.value(one), queue) for one in sources)


def _is_other(world: "World", failures: Resource, value: Value, queue: Resource) -> bool:
    """Say whether a value certainly denotes another queue."""
    listed = resource_of(world, failures.template, value)
    if listed is not None:
        return listed is not queue
    # Whatever the Region and the account are.
    name, own = fold(value)[0].split(":")[-1], physical_name(world, queue)
    literal = name.isascii() and not any(one in text for text in (name, own or "") for one in ("*", "?", "${"))
    return service_of(value) == "sqs" and literal and own is not None and own != name
