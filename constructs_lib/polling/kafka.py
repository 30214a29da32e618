"""Self-managed Apache Kafka topic to a function, through an event source mapping."""

from collections.abc import Sequence
from typing import Unpack

from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_lambda_event_sources import AuthenticationMethod
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.facts import KAFKA_BOOTSTRAP_SERVERS_MAX
from constructs_lib.polling.kafka_pattern import KafkaOptions, KafkaPattern
from constructs_lib.types import AnyFunction, AnySecret, AnySecurityGroup, AnySubnet

_Type = lambda_.SourceAccessConfigurationType


class KafkaToLambda(KafkaPattern):
    """A topic of an Apache Kafka cluster that AWS does not manage, whose records a function works through in batches.

    Lambda delivers at least once: the handler must bear seeing a record twice. In provisioned mode the handler returns
    ``{"batchItemFailures": [{"itemIdentifier": {"partition": "topic-0", "offset": 7}}]}`` with the record that failed,
    and an empty list if none did (AWS: lambda/kafka-retry-configurations); otherwise what it returns is not looked at.
    A handler that cannot do the work must raise.

    Where a failed event goes
        *delivery* and *execution* are one stage: a batch that failed 10 times, or ``retry_attempts`` in provisioned
        mode, goes to ``on_failure``, by default to a failure queue, which an alarm watches. A queue or topic of SNS
        gets only the positions of the records; a bucket, or a topic of Kafka, gets the records themselves. The
        function's own dead-letter queue and destinations are never used.

    A poller inside a VPC needs, on demand, a way from there to Lambda, STS, Secrets Manager and the service of
    ``on_failure``, by VPC endpoints or a NAT gateway.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; of at most 14 minutes.
    bootstrap_servers
        One to ten brokers, as ``host:port``.
    topic
        The topic whose records are read.
    secret
        With what Lambda authenticates. Brokers that it reaches over the internet need one. Default: none.
    authentication_method
        What ``secret`` holds. Default: ``SASL_SCRAM_512_AUTH``, as in CDK.
    root_ca_certificate
        Secret with the root certificate of brokers whose certificate is signed privately. Default: none.
    subnets
        Subnets of the VPC in which the brokers are reached. Default: over the internet.
    security_group
        Security group of the pollers in the VPC; given with ``subnets``. Default: none.
    options
        ``on_failure``, ``provisioned_poller_config``, ``retry_attempts`` and the others of ``KafkaOptions``.

    Attributes
    ----------
    mapping
        The event source mapping. The others are those of ``KafkaPattern``.

    Raises
    ------
    ValueError
        If there is neither a secret nor a subnet, if only one of ``subnets`` and ``security_group`` is given, if there
        are no brokers or more than ten, and as ``KafkaPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        bootstrap_servers: Sequence[str],
        topic: str,
        secret: AnySecret | None = None,
        authentication_method: AuthenticationMethod = AuthenticationMethod.SASL_SCRAM_512_AUTH,
        root_ca_certificate: AnySecret | None = None,
        subnets: Sequence[AnySubnet] | None = None,
        security_group: AnySecurityGroup | None = None,
        **options: Unpack[KafkaOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, secret=secret, root_ca_certificate=root_ca_certificate, security_group=security_group)
        self._check_reach(bootstrap_servers, secret, subnets, security_group)
        access = []
        if secret is not None:
            access.append((_Type.of(authentication_method.name), secret.secret_arn))
        if root_ca_certificate is not None:
            access.append((_Type.of("SERVER_ROOT_CA_CERTIFICATE"), root_ca_certificate.secret_arn))
        if security_group is not None:
            access.append((_Type.VPC_SECURITY_GROUP, f"security_group:{security_group.security_group_id}"))
        access += [(_Type.VPC_SUBNET, f"subnet:{subnet.subnet_id}") for subnet in subnets or ()]
        self._poll(
            topic,
            [],
            [secret, root_ca_certificate],
            [lambda_.SourceAccessConfiguration(type=kind, uri=uri) for kind, uri in access],
            options,
            in_network=bool(subnets),
            bootstrap_servers=bootstrap_servers,
        )

    def _check_reach(
        self,
        bootstrap_servers: Sequence[str],
        secret: AnySecret | None,
        subnets: Sequence[AnySubnet] | None,
        security_group: AnySecurityGroup | None,
    ) -> None:
        path = self.node.path
        if not 1 <= len(bootstrap_servers) <= KAFKA_BOOTSTRAP_SERVERS_MAX:
            raise ValueError(
                f"{path}: expected 1 to {KAFKA_BOOTSTRAP_SERVERS_MAX} bootstrap_servers, got {len(bootstrap_servers)}; "
                "name some brokers, Lambda learns of the others from them"
            )
        if bool(subnets) != (security_group is not None):
            raise ValueError(f"{path}: expected both subnets and security_group, got one; pass both, or neither")
        if secret is None and not subnets:
            raise ValueError(
                f"{path}: expected a secret for brokers on the internet, got none; pass secret=, or subnets= and "
                "security_group= for brokers in a VPC"
            )
