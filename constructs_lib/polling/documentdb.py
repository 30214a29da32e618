"""Change stream of a DocumentDB cluster to a function, through an event source mapping."""

from typing import Literal

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.checks import check_kinds
from constructs_lib.polling.mapping import allow_polling, check_timestamp, finish_mapping
from constructs_lib.polling.network import (
    acknowledge_network,
    check_reader,
    reach_network,
    read_secret,
    source_access,
    watch_errors,
)
from constructs_lib.types import AnyDocumentDbCluster, AnyFunction, AnySecret, AnyTopic


class DocumentDbToLambda(Construct):
    """A DocumentDB cluster whose changes a function works through, one batch at a time and in order.

    Lambda delivers at least once: the handler must bear seeing a change twice. What the handler returns is not looked
    at; a handler that cannot do the work must raise, and then the whole batch is delivered again.

    Where a failed event goes
        *delivery* and *execution* are one stage, and it has no place for failed changes: Lambda delivers a batch again
        until it succeeds or the change stream no longer keeps it, and it holds up all behind it; changes of more than
        6 MB are dropped (AWS: lambda/with-documentdb). Let the handler put a bad change aside, on a queue, and return.
        An alarm on the function's errors watches. The function's own dead-letter queue and destinations are never used.

    Change streams must be switched on for the collection, in the database itself. The poller works in the cluster's
    VPC: it needs a way to Lambda, STS and Secrets Manager from there, by VPC endpoints or a NAT gateway. The cluster's
    security group must allow its port from itself.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; of at most 14 minutes.
    cluster
        An owned or imported cluster of the same account and Region.
    database_name
        The database whose changes are read.
    collection_name
        The collection. Default: every collection of the database.
    secret
        The user of the cluster, as a secret with ``username`` and ``password``. Default: the cluster's own, if it was
        made with a generated password.
    full_document
        What an update holds: ``"UpdateLookup"`` for the whole document, ``"Default"`` for what changed. Default: what
        changed.
    starting_position
        Where to begin in the change stream. Default: with the oldest change that it holds.
    starting_position_timestamp
        Where ``StartingPosition.AT_TIMESTAMP`` begins, in Unix time. Default: none.
    batch_size
        Most changes in one invocation, up to 10,000. Default: 100 (AWS: CreateEventSourceMapping).
    max_batching_window
        How long to gather changes for a batch, up to 5 minutes. Default: 500 ms (the same source).
    alarm_topic
        Notified by the alarm on errors. Default: it notifies nobody.

    Attributes
    ----------
    function, cluster
        What was given.
    mapping : lambda_.CfnEventSourceMapping
        The event source mapping.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than 14 minutes, if no secret is known, if a timestamp is given without
        ``AT_TIMESTAMP`` or the other way round, or if a number is out of its range.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        cluster: AnyDocumentDbCluster,
        database_name: str,
        collection_name: str | None = None,
        secret: AnySecret | None = None,
        full_document: Literal["UpdateLookup", "Default"] | None = None,
        starting_position: lambda_.StartingPosition = lambda_.StartingPosition.TRIM_HORIZON,
        starting_position_timestamp: float | None = None,
        batch_size: int | None = None,
        max_batching_window: Duration | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_reader(self, function, batch_size, max_batching_window)
        check_kinds(self, cluster=cluster, secret=secret, alarm_topic=alarm_topic)
        check_timestamp(self, starting_position, starting_position_timestamp)
        self.function = function
        self.cluster = cluster
        secret = secret or self._secret_of_cluster()
        # What Lambda's poller needs, no more (AWS: lambda/with-documentdb).
        describing = ["rds:DescribeDBClusterParameters", "rds:DescribeDBClusters", "rds:DescribeDBSubnetGroups"]
        # With which parameter group and subnet group, and whether it names the cluster, is not documented.
        described = [self._arn(kind, "*") for kind in ("cluster", "cluster-pg", "subgrp")]
        describe = iam.PolicyStatement(actions=describing, resources=described)
        policy = allow_polling(self, function, cluster.node.path, [describe, *read_secret(secret), *reach_network()])
        acknowledge_network(policy)
        if policy is not None:
            for arn in described:
                acknowledge_wildcard(policy, "Which of these the poller describes is not documented", arn)
        window = None if max_batching_window is None else max_batching_window.to_seconds()
        self.mapping = lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=function.function_name,
            event_source_arn=self._arn("cluster", cluster.cluster_identifier),
            document_db_event_source_config=lambda_.CfnEventSourceMapping.DocumentDBEventSourceConfigProperty(
                database_name=database_name, collection_name=collection_name, full_document=full_document
            ),
            source_access_configurations=[source_access("BASIC_AUTH", secret.secret_arn)],
            starting_position=starting_position.name,
            starting_position_timestamp=starting_position_timestamp,
            batch_size=batch_size,
            maximum_batching_window_in_seconds=window,
        )
        finish_mapping(self.mapping, function, policy, "Lambda has no destination for DocumentDB: changes are retried")
        self.alarms: list[cloudwatch.Alarm] = [watch_errors(self, function, alarm_topic)]

    def _arn(self, kind: str, name: str) -> str:
        return Stack.of(self.cluster).format_arn(
            service="rds", resource=kind, resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )

    def _secret_of_cluster(self) -> AnySecret:
        secret: AnySecret | None = getattr(self.cluster, "secret", None)
        if secret is None:
            raise ValueError(
                f"{self.node.path}: expected a cluster with a secret of its own, got {self.cluster.node.path} without; "
                "pass secret="
            )
        return secret
