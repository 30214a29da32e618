"""What the role of a function must be allowed to read a topic of Amazon MSK with IAM authentication."""

from aws_cdk import Fn, Token
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.polling.kafka_options import KafkaOptions


def check_cluster(pattern: Construct, cluster_arn: str) -> None:
    """Raise ``ValueError`` for what is not the ARN of a cluster; a token passes."""
    if not Token.is_unresolved(cluster_arn) and cluster_arn.count(":cluster/") != 1:
        raise ValueError(
            f"{pattern.node.path}: expected cluster_arn to be the ARN of an Amazon MSK cluster, got {cluster_arn}; it "
            "reads arn:aws:kafka:region:account:cluster/name/id"
        )


def read_as_role(cluster_arn: str, topic: str, options: KafkaOptions) -> list[iam.PolicyStatement]:
    """Return what lets a poller read a topic as the function, and write to the topic that takes its failures.

    No more than AWS asks for (lambda/with-msk-permissions; the configuration of the cluster: lambda/msk-cluster-auth).
    """
    allowed = {
        cluster_arn: ["kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration"],
        _arn_within(cluster_arn, "topic", topic): ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
        _group(cluster_arn, options): ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"],
    }
    failed = options.get("on_failure")
    if isinstance(failed, str):
        arn = _arn_within(cluster_arn, "topic", _name_of_topic(failed))
        allowed[arn] = ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"]
    return [iam.PolicyStatement(actions=actions, resources=[arn]) for arn, actions in allowed.items()]


def acknowledge_group(policy: IConstruct | None, cluster_arn: str, options: KafkaOptions) -> None:
    """Acknowledge that a consumer group whose id is not known is allowed by a wildcard."""
    if policy is not None and options.get("consumer_group_id") is None:
        reason = "The consumer group of a mapping is named after it, once it is deployed"
        acknowledge_wildcard(policy, reason, _group(cluster_arn, options))


def _group(cluster_arn: str, options: KafkaOptions) -> str:
    return _arn_within(cluster_arn, "group", options.get("consumer_group_id") or "*")


def _name_of_topic(destination: str) -> str:
    name = destination.removeprefix("kafka://")
    if Token.is_unresolved(destination) and name == destination:
        return Fn.select(1, Fn.split("kafka://", destination))
    return name


def _arn_within(cluster_arn: str, kind: str, name: str) -> str:
    """Return the ARN of a topic or group: that of the cluster, with another kind, and the name behind."""
    before, cluster = Fn.split(":cluster/", cluster_arn, 2)
    return f"{before}:{kind}/{cluster}/{name}"
