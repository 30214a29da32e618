"""The delivery stage: where an event ends that its source cannot hand to Lambda."""

from aws_cdk import Annotations, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.failure import FailureQueue, watch
from constructs_lib.grants import allow_sending
from constructs_lib.types import AnyQueue, AnyTopic


def delivery_dead_letter_queue(
    pattern: Construct,
    given: AnyQueue | None,
    execution_queue: AnyQueue | None,
    sender: iam.IPrincipal,
    alarm_topic: AnyTopic | None,
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

    Raises
    ------
    ValueError
        If the given queue is FIFO, or encrypted with the AWS-managed key: these sources cannot send there.
    """
    check_kinds(pattern, dead_letter_queue=given)
    if given is not None and given.fifo:
        raise ValueError(
            f"{pattern.node.path}: expected dead_letter_queue to be a standard queue, got the FIFO {given.node.path}; "
            "the source cannot send to FIFO queues: use a standard one"
        )
    if given is not None and not isinstance(given, sqs.Queue) and isinstance(sender, iam.ServicePrincipal):
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:importedDeadLetterQueue",
            f"the policy of the imported {given.node.path} cannot be changed here: without sqs:SendMessage for "
            f"{sender.service} there, and the use of its key, events that could not be delivered are lost; allow it "
            "where the queue is made, then acknowledge this warning",
        )
    if given is not None and getattr(given.node.default_child, "kms_master_key_id", None) == "alias/aws/sqs":
        raise ValueError(
            f"{pattern.node.path}: expected dead_letter_queue with SSE-SQS or a customer-managed key, got "
            f"{given.node.path} with the AWS-managed key, which the source cannot use: pass encryption="
            "QueueEncryption.SQS_MANAGED to that queue"
        )
    # In another stack, its policy would have to name the source, and the two stacks would need each other.
    shared = execution_queue if execution_queue is not None and execution_queue.stack is Stack.of(pattern) else None
    queue = given or shared or FailureQueue(pattern, "DeadLetterQueue")
    watch(queue, alarm_topic)
    allow_sending(sender, queue.encryption_master_key)
    return queue
