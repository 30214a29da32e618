"""The delivery stage: where an event ends that its source cannot hand to Lambda."""

from collections.abc import Sequence

from aws_cdk import Annotations, Aws, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import in_sight
from constructs_lib.checks import check_kinds
from constructs_lib.failure import FailureQueue, watch
from constructs_lib.grants import allow_sending, allow_service_to_send
from constructs_lib.types import AnyQueue, AnyTopic


def delivery_dead_letter_queue(
    pattern: Construct,
    given: AnyQueue | None,
    execution_queue: AnyQueue | None,
    sender: iam.IPrincipal,
    alarm_topic: AnyTopic | None,
    *,
    region: str | None = None,
    accounts: Sequence[str] = (),
) -> AnyQueue:
    """Return the queue that catches what a source cannot deliver, watched, and its key granted to the sender.

    Both stages share the failure queue of the function where that can be: the formats can be told apart. CDK's target
    and subscription classes add the queue policy; they leave the key out.

    Parameters
    ----------
    pattern
        Beneath which a queue is made if there is none to share.
    given
        The user's own queue.
    execution_queue
        Where the function's failed executions end.
    sender
        Who sends: the source's service principal, or its role.
    alarm_topic
        Notified when an event waits there.
    region
        That of the source. Default: the pattern's own.
    accounts
        In one of which the queue must be. Default: any will do.

    Raises
    ------
    ValueError
        If the queue is FIFO, is known to be in another Region or account (AWS: eventbridge/eb-rule-dlq,
        sns/sns-dead-letter-queues), or if a service sends and the queue, given or shared, is encrypted with the
        AWS-managed key: it cannot send there.
    """
    check_kinds(pattern, dead_letter_queue=given)
    if given is not None and given.fifo:
        raise ValueError(
            f"{pattern.node.path}: expected dead_letter_queue to be a standard queue, got the FIFO {given.node.path}; "
            "the source cannot send to FIFO queues: use a standard one"
        )
    # In another stack, its policy would have to name the source, and the two stacks would need each other.
    shared = execution_queue if execution_queue is not None and execution_queue.stack is Stack.of(pattern) else None
    queue = given or shared or FailureQueue(pattern, "DeadLetterQueue")
    _check_place(pattern, queue, "Region", [region or Stack.of(pattern).region], queue.env.region)
    _check_place(pattern, queue, "account", accounts, queue.env.account)
    if isinstance(sender, iam.ServicePrincipal):
        _let_service_send(pattern, queue, sender)
    else:
        allow_sending(sender, queue.encryption_master_key)
    watch_in_sight(pattern, queue, alarm_topic)
    return queue


def watch_in_sight(pattern: Construct, queue: AnyQueue, alarm_topic: AnyTopic | None) -> cloudwatch.Alarm | None:
    """Return the alarm on waiting events; ``None`` if none can see the queue: that of an imported one stands here."""
    return watch(queue, alarm_topic) if isinstance(queue, sqs.Queue) or in_sight(pattern, queue) else None


def queue_for_source(pattern: Construct, queue: AnyQueue, service: iam.ServicePrincipal, sources: str) -> AnyQueue:
    """Return the dead-letter queue as CDK's class of a source may take it that is made in the stack of the pattern.

    CDK allows exactly this source to send, in the policy of the queue. If that one stands in another stack, the two
    would need each other: the source the ARN of the queue, and its policy the source's. There, every source of this
    kind in the account is allowed to send instead, and CDK gets the queue by its ARN alone.

    Parameters
    ----------
    pattern
        What delivers; where the queue is known by its ARN.
    queue
        Where failed deliveries end.
    service
        Who sends.
    sources
        All sources of the kind: what comes after the account in their ARNs.
    """
    here = Stack.of(pattern)
    if not isinstance(queue, sqs.Queue) or queue.stack is here:
        return queue
    # In the queue's own stack, a token of this one would mean that stack's.
    account = queue.stack.account if Token.is_unresolved(here.account) else here.account
    arn = f"arn:{Aws.PARTITION}:{service.service.split('.')[0]}:{queue.stack.region}:{account}:{sources}"
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[service],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnLike": {"aws:SourceArn": arn}},
        )
    )
    return sqs.Queue.from_queue_arn(pattern, "DeadLetterQueueArn", queue.queue_arn)


def _check_place(pattern: Construct, queue: AnyQueue, kind: str, expected: Sequence[str], found: str) -> None:
    if not expected or found in expected or any(Token.is_unresolved(place) for place in (found, *expected)):
        return
    raise ValueError(
        f"{pattern.node.path}: expected dead_letter_queue in {' or '.join(expected)}, the {kind} of the source, got "
        f"{queue.node.path} in {found}; the source sends to its own {kind} only: use a queue of that {kind}"
    )


def _let_service_send(pattern: Construct, queue: AnyQueue, service: iam.ServicePrincipal) -> None:
    resource = queue.node.default_child
    if isinstance(resource, sqs.CfnQueue) and resource.kms_master_key_id == "alias/aws/sqs":
        raise ValueError(
            f"{pattern.node.path}: expected a dead-letter queue with SSE-SQS or a customer-managed key, got "
            f"{queue.node.path} with the AWS-managed key, which {service.service} cannot use: pass encryption="
            "QueueEncryption.SQS_MANAGED to that queue, or another one as dead_letter_queue"
        )
    if not isinstance(queue, sqs.Queue):
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:importedDeadLetterQueue",
            f"the policy of the imported {queue.node.path} cannot be changed here: without sqs:SendMessage for "
            f"{service.service} there, and the use of its key, events that could not be delivered are lost; allow it "
            "where the queue is made, then acknowledge this warning",
        )
    loss = "events that could not be delivered are lost"
    allow_service_to_send(pattern, service, queue.encryption_master_key, "importedDeadLetterQueueKey", loss)
