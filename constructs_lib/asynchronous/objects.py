"""What the patterns share that a bucket invokes a function with."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from constructs_lib.acknowledge import acknowledge, acknowledge_wildcard
from constructs_lib.grants import allow
from constructs_lib.types import AnyBucket, AnyFunction

# The one function per stack that CDK makes to configure bucket notifications.
_CDK_HANDLER_ID = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834"


def allow_reading(scope: IConstruct, id: str, function: AnyFunction, bucket: AnyBucket, keys: str) -> None:
    """Let a function read the objects that it is told of; ``scope`` and ``id`` as for ``grants.allow``."""
    objects = bucket.arn_for_objects(keys)
    statements = [iam.PolicyStatement(actions=["s3:GetObject"], resources=[objects])]
    if bucket.encryption_key is not None:
        statements.append(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[bucket.encryption_key.key_arn]))
    holder = allow(scope, id, function, *statements)
    if holder is not None:
        acknowledge_wildcard(holder, "Which objects will be uploaded is not known beforehand", objects)


def acknowledge_bucket_notifications(bucket: AnyBucket) -> None:
    """Acknowledge the function that CDK adds when it configures the notifications of a bucket."""
    handler = Stack.of(bucket).node.try_find_child(_CDK_HANDLER_ID)
    if handler is not None:
        acknowledge(
            handler,
            "CDK makes this function to configure bucket notifications; its role cannot be replaced from here",
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
        )
