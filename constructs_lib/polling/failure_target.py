"""Where a mapping sends the batches that it gives up, for the sources that have such a place."""

from dataclasses import dataclass
from typing import cast

from aws_cdk import Duration, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.failure import FailureQueue, watch
from constructs_lib.target_keys import KEY_USE, warn_of_key
from constructs_lib.types import AnyBatchFailureTarget, AnyBucket, AnyKey, AnyQueue, AnyTopic

_S3_KEYS = "aws/lambda/*"  # AWS: lambda/kinesis-on-failure-destination


@dataclass(frozen=True)
class FailureTarget:
    """The on-failure destination of a mapping."""

    arn: str
    queue: AnyQueue | None
    """The target, if it is a queue."""
    statements: list[iam.PolicyStatement]
    """What the function must be allowed, for Lambda to send there."""
    objects: str | None
    """The objects that it may write, if the target is a bucket."""

    @property
    def metrics(self) -> lambda_.MetricsConfig | None:
        """The metrics that the mapping must publish for the target to be watched."""
        return None if self.queue is not None else lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT])

    def wire(self, mapping: lambda_.EventSourceMapping, policy: IConstruct | None) -> None:
        """Set the target on a mapping: CDK's own classes would grant more, and name the target in another stack."""
        resource = cast(lambda_.CfnEventSourceMapping, mapping.node.default_child)
        resource.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.arn)
        )
        if self.objects is not None and policy is not None:
            acknowledge_wildcard(
                policy, "Lambda chooses the keys of the failed batches beneath aws/lambda/", self.objects
            )

    def watch(
        self, pattern: Construct, mapping: lambda_.EventSourceMapping, alarm_topic: AnyTopic | None
    ) -> cloudwatch.Alarm:
        """Return the alarm that sees the first batch that arrives at the target."""
        if self.queue is not None:
            return watch(self.queue, alarm_topic)
        return WatchedAlarm(
            pattern,
            "FailedEventsAlarm",
            metric=cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name="OnFailureDestinationDeliveredEventCount",
                # AWS: lambda/monitoring-metrics-view; the others of a mapping have this dimension, too.
                dimensions_map={"EventSourceMappingUUID": mapping.event_source_mapping_id},
                statistic="Sum",
                period=Duration.minutes(5),
            ),
            threshold=1,
            description=f"Failed events of {pattern.node.path} went to on_failure: find the cause, then repeat them.",
            alarm_topic=alarm_topic,
        )


def failure_target(
    pattern: Construct, given: AnyBatchFailureTarget | str | None, *, kafka: bool = False
) -> FailureTarget:
    """Return where failed batches go: what is given, or a new failure queue beneath the pattern.

    A warning says so if the target has, or may have, a key that the function's role cannot be allowed to use here.

    Parameters
    ----------
    pattern
        Whose events they are.
    given
        The user's own queue, topic or bucket; or a Kafka topic, as ``kafka://name``.
    kafka
        Whether the source takes a Kafka topic.

    Raises
    ------
    ValueError
        If it is FIFO, which Lambda cannot send to.
    TypeError
        If it is none of these.
    """
    if kafka and isinstance(given, str) and (Token.is_unresolved(given) or given.startswith("kafka://")):
        return FailureTarget(arn=given, queue=None, statements=[], objects=None)
    target = FailureQueue(pattern, "FailureQueue") if given is None else given
    if getattr(target, "fifo", False):
        raise ValueError(
            f"{pattern.node.path}: expected on_failure to be a standard queue or topic, got the FIFO "
            f"{cast(IConstruct, target).node.path}; Lambda cannot send to FIFO destinations: use a standard one"
        )
    if hasattr(target, "queue_arn"):
        queue = cast(AnyQueue, target)
        statements = _sending(pattern, queue, "sqs:SendMessage", queue.queue_arn, queue.encryption_master_key)
        return FailureTarget(arn=queue.queue_arn, queue=queue, statements=statements, objects=None)
    if hasattr(target, "topic_arn"):
        topic = cast(AnyTopic, target)
        statements = _sending(pattern, topic, "sns:Publish", topic.topic_arn, topic.master_key)
        return FailureTarget(arn=topic.topic_arn, queue=None, statements=statements, objects=None)
    if hasattr(target, "bucket_arn"):
        bucket = cast(AnyBucket, target)
        objects = bucket.arn_for_objects(_S3_KEYS)
        statements = _sending(pattern, bucket, "s3:PutObject", objects, bucket.encryption_key)
        statements.append(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]))
        return FailureTarget(arn=bucket.bucket_arn, queue=None, statements=statements, objects=objects)
    raise TypeError(
        f"{pattern.node.path}: expected on_failure to be a queue, topic or bucket of the CDK"
        f"{', or kafka://topic' if kafka else ''}, got {given!r}; pass it by itself, without SqsDlq, SnsDlq, "
        "S3OnFailureDestination or SqsDestination around it"
    )


def _sending(
    pattern: Construct, target: IConstruct, action: str, resource: str, key: AnyKey | None
) -> list[iam.PolicyStatement]:
    statements = [iam.PolicyStatement(actions=[action], resources=[resource])]
    if key is not None:
        statements.append(iam.PolicyStatement(actions=list(KEY_USE), resources=[key.key_arn]))
    warn_of_key(
        pattern,
        "lambda-invocation-constructs:failureTargetKey",
        target,
        key,
        sender="the function's role",
        loss="failed batches do not get there, and are lost",
    )
    return statements
