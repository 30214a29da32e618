"""What the patterns share that a bucket invokes a function with."""

from aws_cdk import Annotations, Names, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

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


def allow_writing(
    pattern: Construct,
    function: AnyFunction,
    source: tuple[AnyBucket, str],
    bucket: AnyBucket | None,
    output_prefix: str | None,
) -> None:
    """Let a function write its results, if it has any, and warn if they would invoke it again.

    Parameters
    ----------
    source
        The bucket that invokes, with the prefix of its keys.
    bucket, output_prefix
        The bucket for results, and the prefix of their keys.

    Raises
    ------
    ValueError
        If there is a prefix without a bucket.
    """
    if bucket is None:
        if output_prefix is not None:
            raise ValueError(f"{pattern.node.path}: expected output_bucket with output_prefix, got none; pass it, too")
        return
    (source_bucket, source_prefix), prefix = source, output_prefix or ""
    objects = bucket.arn_for_objects(f"{prefix}*")
    statements = [iam.PolicyStatement(actions=["s3:PutObject"], resources=[objects])]
    if bucket.encryption_key is not None:
        keys = ["kms:Decrypt", "kms:GenerateDataKey"]
        statements.append(iam.PolicyStatement(actions=keys, resources=[bucket.encryption_key.key_arn]))
    holder = allow(bucket, f"{Names.node_unique_id(pattern.node)}OutputPolicy", function, *statements)
    if holder is not None:
        acknowledge_wildcard(holder, "Which results will be written is not known beforehand", objects)
    resolve = Stack.of(pattern).resolve
    overlap = prefix.startswith(source_prefix) or source_prefix.startswith(prefix)
    if overlap and resolve(source_bucket.bucket_arn) == resolve(bucket.bucket_arn):
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:outputInvokes",
            f"results in {bucket.node.path} under '{prefix}' can invoke {function.node.path} again, which is "
            f"invoked for keys under '{source_prefix}': use another bucket, or prefixes that do not overlap; "
            "if the suffix keeps them apart, acknowledge this warning",
        )


def acknowledge_bucket_notifications(bucket: AnyBucket) -> None:
    """Acknowledge the function that CDK adds when it configures the notifications of a bucket."""
    handler = Stack.of(bucket).node.try_find_child(_CDK_HANDLER_ID)
    if handler is not None:
        acknowledge(
            handler,
            "CDK makes this function to configure bucket notifications; its role cannot be replaced from here",
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
        )
