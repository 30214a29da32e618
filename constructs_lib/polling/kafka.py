"""Self-managed Apache Kafka topic to a function, through an event source mapping."""

from collections.abc import Sequence
from typing import Literal, Unpack

from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.polling.kafka_access import (
    access_of,
    acknowledge_token,
    authentication_of,
    check_reach,
    request_token,
)
from constructs_lib.polling.kafka_options import KafkaOptions
from constructs_lib.polling.kafka_pattern import KafkaPattern
from constructs_lib.polling.msk_access import acknowledge_group, check_cluster, read_as_role
from constructs_lib.polling.network import source_access
from constructs_lib.types import AnyFunction, AnyKafkaAuthentication, AnySecret, AnySecurityGroup, AnySubnet

# AWS: lambda/polling-kafka-queue, lambda/kafka-esm-parameters
_NOT_OF_A_QUEUE = ("starting_position", "starting_position_timestamp", "max_batching_window")


class KafkaToLambda(KafkaPattern):
    """A topic of an Apache Kafka cluster that AWS does not manage, whose records a function works through in batches.

    Lambda delivers at least once: the handler must bear seeing a record twice. In provisioned mode the handler returns
    ``{"batchItemFailures": [{"itemIdentifier": {"partition": "topic-0", "offset": 7}}]}`` with the record that failed,
    and an empty list if none did (AWS: lambda/kafka-retry-configurations); otherwise what it returns is not looked at.
    A handler that cannot do the work must raise.

    Where a failed event goes
        *delivery* and *execution* are one stage: a batch that failed 10 times, or ``retry_attempts`` in provisioned
        mode, goes to ``on_failure``, by default to a failure queue, which an alarm watches. A queue or topic of SNS
        gets only the positions of the records; a bucket, or a topic of Kafka, gets the records themselves. With
        ``consumption_mode="Queue"`` Lambda does not try again by itself, unless ``retry_attempts`` says so: it gives a
        failed record back to the broker, which delivers it up to its ``group.share.delivery.count.limit`` times (AWS:
        CreateEventSourceMapping). That source does not tell whether a record which the broker then gives up reaches
        ``on_failure``. The function's own dead-letter queue and destinations are never used.

    A poller inside a VPC needs, on demand, a way from there to Lambda, STS, Secrets Manager, the service of
    ``on_failure`` and the provider of OAuth tokens, by VPC endpoints or a NAT gateway.

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
        With what Lambda authenticates. Brokers that it reaches over the internet need one, unless the function's role
        authenticates. Default: none.
    authentication_method
        What ``secret`` holds: one of ``AuthenticationMethod``, or ``"OAUTHBEARER_AUTH"`` for ``oauthTokenEndpointUrl``,
        ``oauthClientId`` and ``oauthClientSecret`` or a key that signs (AWS: lambda/kafka-cluster-auth). Without a
        secret, the function's role: ``"IAM_AUTH"`` for an Amazon MSK cluster reached by ways of your own, or
        ``"IAM_OAUTHBEARER_AUTH"`` for brokers that trust tokens of AWS, which the account must have turned on.
        Default: with a secret ``SASL_SCRAM_512_AUTH``, as in CDK; without, none.
    cluster_arn
        The Amazon MSK cluster that the role may read; with ``"IAM_AUTH"``, and only then. Default: none.
    oauth_audience
        The audience that a token is asked for; needed for ``"IAM_OAUTHBEARER_AUTH"``, else with ``"OAUTHBEARER_AUTH"``
        only. Up to 200 characters, letters, digits and any of ``/*:_+=.@-``, as are the next three. Default: none.
    oauth_scope
        The scope that a token is asked for, with ``"OAUTHBEARER_AUTH"``. Default: none.
    oauth_logical_cluster, oauth_identity_pool
        Of Confluent Cloud, with ``"OAUTHBEARER_AUTH"``. Default: none.
    root_ca_certificate
        Secret with the root certificate of brokers whose certificate is signed privately. Default: none.
    subnets
        Subnets of the VPC in which the brokers are reached. Default: over the internet.
    security_group
        Security group of the pollers in the VPC; given with ``subnets``. Default: none.
    consumption_mode
        ``"Queue"`` to read with a share group, without order, and with more pollers than partitions: for brokers of
        Kafka 4.2 or later, and without starting position and batching window (AWS: lambda/polling-kafka-queue).
        ``"Stream"`` to read each partition in order. It cannot be changed later, only in a new mapping.
        Default: ``"Stream"``.
    options
        ``on_failure``, ``provisioned_poller_config``, ``retry_attempts`` and the others of ``KafkaOptions``.

    Attributes
    ----------
    mapping
        The event source mapping. The others are those of ``KafkaPattern``.

    Raises
    ------
    ValueError
        If there is neither a subnet nor a way to authenticate, if only one of ``subnets`` and ``security_group`` is
        given, if there are no brokers or more than ten, if ``authentication_method`` comes without what it needs or
        with what it does not take, if a queue is given a position or window, and as ``KafkaPattern`` does.
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
        authentication_method: AnyKafkaAuthentication | None = None,
        cluster_arn: str | None = None,
        oauth_audience: str | None = None,
        oauth_scope: str | None = None,
        oauth_logical_cluster: str | None = None,
        oauth_identity_pool: str | None = None,
        root_ca_certificate: AnySecret | None = None,
        subnets: Sequence[AnySubnet] | None = None,
        security_group: AnySecurityGroup | None = None,
        consumption_mode: Literal["Stream", "Queue"] | None = None,
        **options: Unpack[KafkaOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, secret=secret, root_ca_certificate=root_ca_certificate, security_group=security_group)
        for subnet in subnets or ():
            check_kinds(self, subnets=subnet)
        token = {
            "oauth_audience": oauth_audience,
            "oauth_scope": oauth_scope,
            "oauth_logical_cluster": oauth_logical_cluster,
            "oauth_identity_pool": oauth_identity_pool,
        }
        method = authentication_of(self, authentication_method, secret, cluster_arn, token)
        check_reach(self, bootstrap_servers, method, subnets, security_group)
        self._check_mode(consumption_mode, options)
        access = access_of(method, secret, token)
        if root_ca_certificate is not None:
            access.append(source_access("SERVER_ROOT_CA_CERTIFICATE", root_ca_certificate.secret_arn))
        # The prefixes: AWS, lambda/kafka-esm-create.
        if security_group is not None:
            access.append(source_access("VPC_SECURITY_GROUP", f"security_group:{security_group.security_group_id}"))
        access += [source_access("VPC_SUBNET", f"subnet:{subnet.subnet_id}") for subnet in subnets or ()]
        reading = []
        if cluster_arn is not None:
            check_cluster(self, cluster_arn)
            reading += read_as_role(cluster_arn, topic, options)
        if method == "IAM_OAUTHBEARER_AUTH" and oauth_audience is not None:
            reading.append(request_token(oauth_audience))
        policy = self._poll(
            topic,
            reading,
            [secret, root_ca_certificate],
            access,
            options,
            in_network=bool(subnets),
            bootstrap_servers=bootstrap_servers,
            consumption_mode=consumption_mode,
        )
        if cluster_arn is not None:
            acknowledge_group(policy, cluster_arn, options)
        if method == "IAM_OAUTHBEARER_AUTH":
            acknowledge_token(policy)

    def _check_mode(self, mode: str | None, options: KafkaOptions) -> None:
        if mode not in (None, "Stream", "Queue"):
            raise ValueError(f"{self.node.path}: expected consumption_mode to be 'Stream' or 'Queue', got {mode!r}")
        given = [name for name in _NOT_OF_A_QUEUE if options.get(name) is not None]
        if mode == "Queue" and given:
            them = "it" if len(given) == 1 else "them"
            raise ValueError(
                f"{self.node.path}: expected no {', '.join(given)} with consumption_mode 'Queue', got {them}; "
                f"Lambda does not apply {them} to a share group: leave {them} out"
            )
