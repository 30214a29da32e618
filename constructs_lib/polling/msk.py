"""Amazon MSK topic to a function, through an event source mapping."""

from typing import Unpack

from aws_cdk import aws_iam as iam
from aws_cdk.aws_lambda_event_sources import AuthenticationMethod
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.polling.kafka_options import KafkaOptions
from constructs_lib.polling.kafka_pattern import KafkaPattern
from constructs_lib.polling.msk_access import acknowledge_group, check_cluster, read_as_role
from constructs_lib.polling.network import source_access
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
        What ``secret`` holds: ``SASL_SCRAM_512_AUTH`` or ``CLIENT_CERTIFICATE_TLS_AUTH``; only with ``secret``.
        Default: the former.
    options
        ``on_failure``, ``provisioned_poller_config``, ``retry_attempts`` and the others of ``KafkaOptions``.

    Attributes
    ----------
    mapping
        The event source mapping. The others are those of ``KafkaPattern``.

    Raises
    ------
    ValueError
        If ``cluster_arn`` is none, if ``authentication_method`` is another one or comes without ``secret``, and as
        ``KafkaPattern`` does.
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
        authentication_method: AuthenticationMethod | None = None,
        **options: Unpack[KafkaOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, secret=secret)
        check_cluster(self, cluster_arn)
        method = self._method(authentication_method, secret)
        # What Lambda's poller needs, no more (AWS: lambda/with-msk-permissions).
        describing = ["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"]
        access = []
        if secret is not None:
            if method is AuthenticationMethod.SASL_SCRAM_512_AUTH:
                describing.append("kafka:ListScramSecrets")
            access.append(source_access(method.name, secret.secret_arn))
        reading = [iam.PolicyStatement(actions=describing, resources=[cluster_arn])]
        if secret is None:
            reading += read_as_role(cluster_arn, topic, options)
        policy = self._poll(topic, reading, [secret], access, options, cluster_arn=cluster_arn)
        if secret is None:
            acknowledge_group(policy, cluster_arn, options)

    def _method(self, given: AuthenticationMethod | None, secret: AnySecret | None) -> AuthenticationMethod:
        if given is not None and given not in _AUTHENTICATION:
            expected = " or ".join(method.name for method in _AUTHENTICATION)
            raise ValueError(
                f"{self.node.path}: expected authentication_method to be {expected}, got {given.name}; "
                "Amazon MSK has no other"
            )
        if given is not None and secret is None:
            raise ValueError(
                f"{self.node.path}: expected a secret for authentication_method {given.name}, got none; pass secret=, "
                "or leave out authentication_method= for IAM authentication"
            )
        return given or AuthenticationMethod.SASL_SCRAM_512_AUTH
