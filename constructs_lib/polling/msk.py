"""Amazon MSK topic to a function, through an event source mapping."""

from typing import Unpack

from aws_cdk import Fn, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_lambda_event_sources import AuthenticationMethod
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.checks import check_kinds
from constructs_lib.polling.kafka_pattern import KafkaOptions, KafkaPattern
from constructs_lib.types import AnyFunction, AnySecret

_AUTHENTICATION = (AuthenticationMethod.SASL_SCRAM_512_AUTH, AuthenticationMethod.CLIENT_CERTIFICATE_TLS_AUTH)


class MskToLambda(KafkaPattern):
    """A topic of an Amazon MSK cluster, provisioned or serverless, whose records a function works through in batches.

    Lambda delivers at least once: the handler must bear seeing a record twice. In provisioned mode the handler returns
    ``{"batchItemFailures": [{"itemIdentifier": {"partition": "topic-0", "offset": 7}}]}`` with the record that failed,
    and an empty list if none did (AWS: lambda/kafka-retry-configurations); otherwise what it returns is not looked at.
    A handler that cannot do the work must raise.

    Where a failed event goes
        *delivery* and *execution* are one stage: a batch that failed 10 times, or ``retry_attempts`` in provisioned
        mode, goes to ``on_failure``, by default to a failure queue, which an alarm watches. A queue or topic of SNS
        gets only the positions of the records; a bucket, or a topic of Kafka, gets the records themselves. The
        function's own dead-letter queue and destinations are never used.

    The poller works in the cluster's VPC: on demand, it needs a way from there to Lambda, STS, and the service of
    ``on_failure``, by VPC endpoints or a NAT gateway.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; of at most 14 minutes.
    cluster_arn
        The cluster.
    topic
        The topic whose records are read.
    secret
        User name and password, or client certificate. Default: the function's role, with IAM authentication.
    authentication_method
        What ``secret`` holds: ``SASL_SCRAM_512_AUTH`` or ``CLIENT_CERTIFICATE_TLS_AUTH``. Default: the former.
    options
        ``on_failure``, ``provisioned_poller_config``, ``retry_attempts`` and the others of ``KafkaOptions``.

    Attributes
    ----------
    mapping
        The event source mapping. The others are those of ``KafkaPattern``.

    Raises
    ------
    ValueError
        If ``cluster_arn`` is none, if ``authentication_method`` is another one, and as ``KafkaPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        cluster_arn: str,
        topic: str,
        secret: AnySecret | None = None,
        authentication_method: AuthenticationMethod = AuthenticationMethod.SASL_SCRAM_512_AUTH,
        **options: Unpack[KafkaOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, secret=secret)
        if not Token.is_unresolved(cluster_arn) and cluster_arn.count(":cluster/") != 1:
            raise ValueError(
                f"{self.node.path}: expected cluster_arn to be the ARN of an Amazon MSK cluster, got {cluster_arn}; it "
                "reads arn:aws:kafka:region:account:cluster/name/id"
            )
        if authentication_method not in _AUTHENTICATION:
            expected = " or ".join(method.name for method in _AUTHENTICATION)
            raise ValueError(
                f"{self.node.path}: expected authentication_method to be {expected}, got {authentication_method.name}; "
                "Amazon MSK has no other"
            )
        # What Lambda's poller needs, no more (AWS: lambda/with-msk-permissions).
        describing = ["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"]
        access = []
        if secret is not None:
            if authentication_method is AuthenticationMethod.SASL_SCRAM_512_AUTH:
                describing.append("kafka:ListScramSecrets")
            kind = lambda_.SourceAccessConfigurationType.of(authentication_method.name)
            access.append(lambda_.SourceAccessConfiguration(type=kind, uri=secret.secret_arn))
        group = _arn_within(cluster_arn, "group", options.get("consumer_group_id") or "*")
        reading = [iam.PolicyStatement(actions=describing, resources=[cluster_arn])]
        if secret is None:
            reading += _as_role(cluster_arn, _arn_within(cluster_arn, "topic", topic), group)
            reading += self._dead_letter_topic(cluster_arn, options)
        policy = self._poll(topic, reading, [secret], access, options, cluster_arn=cluster_arn)
        if secret is None and options.get("consumer_group_id") is None:
            _acknowledge_group(policy, group)

    def _dead_letter_topic(self, cluster_arn: str, options: KafkaOptions) -> list[iam.PolicyStatement]:
        on_failure = options.get("on_failure")
        if not isinstance(on_failure, str):
            return []
        name = on_failure.removeprefix("kafka://")
        if Token.is_unresolved(on_failure) and name == on_failure:
            name = Fn.select(1, Fn.split("kafka://", on_failure))
        topic = _arn_within(cluster_arn, "topic", name)
        return [
            iam.PolicyStatement(actions=["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"], resources=[topic])
        ]


def _as_role(cluster_arn: str, topic: str, group: str) -> list[iam.PolicyStatement]:
    allowed = {
        cluster_arn: ["kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration"],
        topic: ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
        group: ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"],
    }
    return [iam.PolicyStatement(actions=actions, resources=[arn]) for arn, actions in allowed.items()]


def _arn_within(cluster_arn: str, kind: str, name: str) -> str:
    """Return the ARN of a topic or group: that of the cluster, with another kind, and the name behind."""
    before, cluster = Fn.split(":cluster/", cluster_arn, 2)
    return f"{before}:{kind}/{cluster}/{name}"


def _acknowledge_group(policy: IConstruct | None, group: str) -> None:
    if policy is not None:
        acknowledge_wildcard(policy, "The consumer group of a mapping is named after it, once it is deployed", group)
