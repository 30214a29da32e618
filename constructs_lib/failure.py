"""Where failed events end: the failure queue, and what Lambda takes as a failure target."""

from typing import cast

from aws_cdk import CfnResource, Duration, Reference, Token, Tokenization
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.alarms import shared_alarm
from constructs_lib.facts import RETENTION_MAX_SECONDS
from constructs_lib.grants import allow_sending, sending_key_statement, warn_of_missing
from constructs_lib.target_keys import warn_of_key
from constructs_lib.types import AnyFunction, AnyKey, AnyQueue, AnyTopic

_SENDING = {
    "sqs": ["sqs:SendMessage"],
    "sns": ["sns:Publish"],
    "lambda": ["lambda:InvokeFunction"],
    "events": ["events:PutEvents"],
    "s3": ["s3:ListBucket", "s3:PutObject"],
}


class FailureQueue(sqs.Queue):
    """A queue that keeps failed events for as long as SQS can, and an alarm that sees the first one.

    Parameters
    ----------
    scope, id
        Where the queue stands in the construct tree; its alarm stands beneath it.
    fifo
        Needed for the dead-letter queue of a FIFO queue, refused by every other failure target. Default: standard.
    encryption_key
        Customer-managed key. Default: SSE-SQS, which every service can write to.
    retention_period
        Default: 14 days, the longest that SQS offers (AWS::SQS::Queue.MessageRetentionPeriod).
    alarm_topic
        Notified when a failed event is waiting. Default: the alarm notifies nobody.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        fifo: bool = False,
        encryption_key: AnyKey | None = None,
        retention_period: Duration | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            fifo=fifo or None,
            encryption=sqs.QueueEncryption.SQS_MANAGED if encryption_key is None else sqs.QueueEncryption.KMS,
            encryption_master_key=encryption_key,
            enforce_ssl=True,
            retention_period=retention_period or Duration.seconds(RETENTION_MAX_SECONDS),
        )
        watch(self, alarm_topic)
        acknowledge(
            self,
            "This queue is where failed events end; the rule knows only some kinds of dead-letter queue",
            "AwsSolutions-SQS3",
            "Serverless-SQSRedrivePolicy",
        )


def watch(queue: AnyQueue, alarm_topic: AnyTopic | None) -> cloudwatch.Alarm:
    """Return the alarm that goes off while a failed event waits in the queue; make it if there is none."""
    return shared_alarm(
        cast(Construct, queue),
        "FailedEventsAlarm",
        # Messages that SQS itself moves here do not count as sent: only the depth shows them.
        metric=queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum"),
        description=f"Failed events are waiting in {queue.node.path}: find the cause, then redrive them.",
        alarm_topic=alarm_topic,
    )


def complete_dead_letter_target(function: lambda_.Function) -> bool:
    """Tell whether a function has a dead-letter queue or topic; if so, let it use that one's key.

    Raises
    ------
    ValueError
        If the target is FIFO, which Lambda cannot send failed events to (AWS: lambda/invocation-async-retain-records).
    """
    queue, topic = function.dead_letter_queue, function.dead_letter_topic
    target = queue or topic
    if target is None:
        return False
    if target.fifo:
        raise ValueError(
            f"{function.node.path}: expected dead_letter_queue to be a standard queue or topic, got the FIFO "
            f"{target.node.path}; Lambda cannot send failed events to FIFO targets: use a standard one"
        )
    key = queue.encryption_master_key if queue else topic.master_key if topic else None
    allow_sending(function, key)
    _warn_of_key(function, target, key)
    warn_if_not_sendable(function, queue.queue_arn if queue else topic.topic_arn if topic else "")
    return True


def _warn_of_key(function: IConstruct, target: IConstruct, key: AnyKey | None) -> None:
    if key is not None:
        warn_of_key(
            function,
            "lambda-invocation-constructs:failureTargetKey",
            target,
            key,
            sender="the function's role",
            loss="failed events do not get there, and are lost",
        )


def warn_if_not_sendable(function: AnyFunction, arn: str) -> None:
    """Warn if the policy of a function's role cannot be changed, and so must let it send to a target already.

    AWS: lambda/invocation-async-retain-records.
    """
    resource = resource_behind(arn)
    if isinstance(resource, CfnResource):
        kind = resource.cfn_resource_type.split("::")[1].lower()
    else:
        kind = "" if Token.is_unresolved(arn) else arn.split(":")[2]
    if kind in _SENDING:  # else what to allow is not known
        resources = [arn, f"{arn}/*"] if kind == "s3" else [arn]
        statements = [iam.PolicyStatement(actions=_SENDING[kind], resources=resources)]
        queue = queue_behind(arn)
        if queue is not None and queue.encryption_master_key is not None:
            statements.append(sending_key_statement(queue.encryption_master_key))
        warn_of_missing(function, function, *statements)


def check_destination(arn: str, parameter: str, function: IConstruct) -> None:
    """Raise ``ValueError`` for a destination that Lambda would refuse once deployed, or never reach.

    Parameters
    ----------
    arn
        What the destination was bound to. A token is followed to its resource in the app; what stays unknown passes.
    parameter
        ``on_failure`` or ``on_success``.
    function
        Whose events they are.
    """
    owner = function.node.path
    resource = resource_behind(arn)
    literal = "" if Token.is_unresolved(arn) else arn
    if resource is not None and resource.node.scope is not None:
        _warn_of_key(function, resource.node.scope, _key_of(resource.node.scope))
    if (
        literal.endswith(".fifo")
        or (isinstance(resource, sqs.CfnQueue) and resource.fifo_queue is True)
        or (isinstance(resource, sns.CfnTopic) and resource.fifo_topic is True)
    ):
        found = resource.node.path if resource else literal
        raise ValueError(
            f"{owner}: expected {parameter} to be a standard queue or topic, got the FIFO {found}; "
            "Lambda cannot send to FIFO destinations: use a standard one"
        )
    if parameter == "on_success" and (isinstance(resource, s3.CfnBucket) or literal.split(":")[2:3] == ["s3"]):
        raise ValueError(
            f"{owner}: expected on_success to be a queue, topic, function or event bus, got a bucket; "
            "Lambda sends only failures to S3"
        )
    if isinstance(resource, lambda_.CfnFunction) and resource.node.scope is function:
        raise ValueError(
            f"{owner}: expected {parameter} to be another function, got the function itself; it would invoke itself "
            "until Lambda breaks the loop"
        )


def _key_of(target: IConstruct) -> AnyKey | None:
    if isinstance(target, sns.Topic):
        return target.master_key
    if isinstance(target, sqs.Queue):
        return target.encryption_master_key
    return target.encryption_key if isinstance(target, s3.Bucket) else None


def queue_behind(arn: str) -> sqs.Queue | None:
    """Return the queue of this app that an ARN denotes; ``None`` if it is none, or not known."""
    resource = resource_behind(arn)
    queue = resource.node.scope if isinstance(resource, sqs.CfnQueue) else None
    return queue if isinstance(queue, sqs.Queue) else None


def resource_behind(arn: str) -> IConstruct | None:
    """Return the resource of this app that an ARN, or another of its attributes, is taken from; ``None`` if none is."""
    token = Tokenization.reverse_string(arn).first_token if Token.is_unresolved(arn) else None
    if token is None or not Reference.is_reference(token):
        return None
    target: IConstruct = token.target  # type: ignore[attr-defined]
    return target
