from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_docdb as docdb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns

from constructs_lib import DocumentDbToLambda, LambdaFunction
from tests.helpers import make_function, only, resources, statements

MAPPING = "AWS::Lambda::EventSourceMapping"


def make(stack: Stack, function: lambda_.IFunction, **settings: Any) -> DocumentDbToLambda:
    cluster = docdb.DatabaseCluster.from_database_cluster_attributes(stack, "Shop", cluster_identifier="shop")
    if "secret" not in settings:
        settings["secret"] = secretsmanager.Secret(stack, "User")
    return DocumentDbToLambda(stack, "Orders", function=function, cluster=cluster, database_name="shop", **settings)


def test_the_change_stream_of_a_cluster_is_read_with_its_user(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "User")
    make(stack, function, secret=secret)
    mapping = only(stack, MAPPING)
    arn = mapping.pop("EventSourceArn")["Fn::Join"][1]
    assert (arn[2], arn[-1]) == (":rds:", ":cluster:shop")
    assert mapping == {
        "DocumentDBEventSourceConfig": {"DatabaseName": "shop"},
        "FunctionName": stack.resolve(function.function_name),
        "SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": stack.resolve(secret.secret_arn)}],
        "StartingPosition": "TRIM_HORIZON",
    }


def test_every_setting_reaches_the_mapping(stack: Stack, function: LambdaFunction) -> None:
    make(
        stack,
        function,
        collection_name="orders",
        full_document="UpdateLookup",
        starting_position=lambda_.StartingPosition.AT_TIMESTAMP,
        starting_position_timestamp=1_700_000_000,
        batch_size=5,
        max_batching_window=Duration.seconds(3),
    )
    mapping = only(stack, MAPPING)
    assert mapping["DocumentDBEventSourceConfig"] == {
        "CollectionName": "orders",
        "DatabaseName": "shop",
        "FullDocument": "UpdateLookup",
    }
    assert (mapping["StartingPosition"], mapping["StartingPositionTimestamp"]) == ("AT_TIMESTAMP", 1_700_000_000)
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (5, 3)


def test_an_owned_cluster_brings_its_secret(stack: Stack, function: LambdaFunction) -> None:
    cluster = docdb.DatabaseCluster(
        stack,
        "Shop",
        master_user=docdb.Login(username="shop"),
        vpc=ec2.Vpc(stack, "Vpc", nat_gateways=0),
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        instance_type=ec2.InstanceType("t3.medium"),
    )
    DocumentDbToLambda(stack, "Orders", function=function, cluster=cluster, database_name="shop")
    assert cluster.secret is not None
    secret_arn = stack.resolve(cluster.secret.secret_arn)
    assert only(stack, MAPPING)["SourceAccessConfigurations"] == [{"Type": "BASIC_AUTH", "URI": secret_arn}]
    assert {
        "Action": "secretsmanager:GetSecretValue",
        "Effect": "Allow",
        "Resource": secret_arn,
    } in statements(stack)


def test_a_cluster_without_secret_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected a cluster with a secret of its own, got Stack/Shop without; pass"):
        make(stack, function, secret=None)


def test_as_nothing_catches_failures_errors_are_watched(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    make(stack, function, alarm_topic=topic)
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert (alarm["MetricName"], alarm["AlarmActions"]) == ("Errors", [stack.resolve(topic.topic_arn)])


def test_the_poller_may_describe_cluster_and_network(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function)
    (network,) = (found for found in statements(stack) if "ec2:CreateNetworkInterface" in found["Action"])
    assert network["Resource"] == "*"
    (describing,) = (found for found in statements(stack) if "rds:DescribeDBClusters" in found["Action"])
    assert describing["Action"] == [
        "rds:DescribeDBClusterParameters",
        "rds:DescribeDBClusters",
        "rds:DescribeDBSubnetGroups",
    ]
    kinds = [arn["Fn::Join"][1][-1] for arn in describing["Resource"]]
    assert kinds == [":cluster:*", ":cluster-pg:*", ":subgrp:*"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 0}, "expected batch_size to be from 1 to 10,000, got 0"),
        ({"max_batching_window": Duration.seconds(301)}, "max_batching_window to be from 0 to 300 s, got 301 s"),
        ({"starting_position_timestamp": 1}, "expected starting_position_timestamp only with AT_TIMESTAMP"),
    ],
)
def test_wrong_settings_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(stack, function, **settings)


def test_a_function_of_more_than_fourteen_minutes_is_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match="within the 840 s that the poller of this source waits"):
        make(stack, make_function(stack, timeout=Duration.minutes(15)))


def test_what_is_no_cluster_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected cluster to be a DocumentDB cluster of the CDK, got 'shop'"):
        DocumentDbToLambda(stack, "Orders", function=function, cluster="shop", database_name="shop")  # type: ignore[arg-type]


def test_function_and_cluster_may_stand_in_different_stacks(app: App) -> None:
    compute = Stack(app, "Compute")
    storage = Stack(app, "Storage")
    make(storage, make_function(compute))
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(storage, "AWS::IAM::Policy")) == 1
