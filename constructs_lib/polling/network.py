"""What a poller needs to reach a source inside a VPC, with a user of its own."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_fast_enough, check_function, check_mappable, check_range
from constructs_lib.facts import (
    BATCH_SIZE_MAX,
    BATCHING_WINDOW_MAX_SECONDS,
    NETWORK_SOURCE_FUNCTION_TIMEOUT_MAX_SECONDS,
)
from constructs_lib.polling.mapping import decrypt
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnySecret, AnyTopic


def check_reader(
    pattern: Construct, function: AnyFunction, batch_size: int | None, max_batching_window: Duration | None
) -> None:
    """Check what every source inside a network asks: its poller waits 14 minutes for the function, no longer.

    Raises
    ------
    ValueError
        If no mapping can invoke the function, if it may take longer, or if a number is out of its range.
    TypeError
        If it is no function of the CDK.
    """
    check_function(pattern, function)
    check_mappable(pattern, function)
    check_range(pattern, "batch_size", batch_size, 1, BATCH_SIZE_MAX)
    check_range(pattern, "max_batching_window", max_batching_window, 0, BATCHING_WINDOW_MAX_SECONDS)
    check_fast_enough(pattern, function, NETWORK_SOURCE_FUNCTION_TIMEOUT_MAX_SECONDS, "the poller of this source")


def reach_network() -> list[iam.PolicyStatement]:
    """Return what lets a poller make its network interfaces, none of which is known beforehand.

    AWS: lambda/with-msk-permissions, lambda/process-mq-messages-with-lambda, lambda/with-documentdb.
    """
    actions = [
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ]
    return [iam.PolicyStatement(actions=actions, resources=["*"])]


def acknowledge_network(policy: IConstruct | None) -> None:
    """Acknowledge that these actions are allowed on every resource."""
    if policy is not None:
        acknowledge_wildcard(policy, "What the poller makes and describes in the VPC is not known beforehand", "*")


def source_access(kind: str, uri: str | None = None) -> lambda_.CfnEventSourceMapping.SourceAccessConfigurationProperty:
    """Return an entry of what a poller connects with; CDK's own class knows fewer kinds, and none without a URI."""
    return lambda_.CfnEventSourceMapping.SourceAccessConfigurationProperty(type=kind, uri=uri)


def read_secret(secret: AnySecret | None) -> list[iam.PolicyStatement]:
    """Return what lets a poller read the user name and password, or certificate, that it connects with."""
    if secret is None:
        return []
    arn = secret.secret_full_arn or f"{secret.secret_arn}-??????"  # Secrets Manager adds six characters to a name
    reading = iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[arn])
    return [reading, *decrypt(secret.encryption_key)]


def watch_errors(pattern: Construct, function: AnyFunction, alarm_topic: AnyTopic | None) -> WatchedAlarm:
    """Return the alarm on a function's errors, the only sign of failed events where they have no place to go."""
    return WatchedAlarm(
        pattern,
        "ErrorsAlarm",
        metric=(owned_function(function) or function).metric_errors(statistic="Sum", period=Duration.minutes(5)),
        threshold=1,
        description=f"Executions of {pattern.node.path} fail: their batches come again, and hold up those behind them.",
        alarm_topic=alarm_topic,
    )
