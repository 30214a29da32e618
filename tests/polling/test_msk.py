from typing import Any

import pytest
from aws_cdk import App, Duration, Stack, Validations
from aws_cdk import aws_glue as glue
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_msk as msk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from aws_cdk.aws_lambda_event_sources import (
    AuthenticationMethod,
    ConfluentSchemaRegistry,
    GlueSchemaRegistry,
    ProvisionedPollerConfig,
)
from cdk_nag import AwsSolutionsChecks

from constructs_lib import LambdaFunction, MskToLambda
from tests.helpers import ACCOUNT, make_function, only, resources, statements

CLUSTER_ARN = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/shop/0f6a-5"
TOPIC_ARN = f"arn:aws:kafka:us-east-1:{ACCOUNT}:topic/shop/0f6a-5/orders"
MAPPING = "AWS::Lambda::EventSourceMapping"
POLLERS = ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=2_000)
REGISTRY_ARN = f"arn:aws:glue:us-east-1:{ACCOUNT}:registry/shop"
VALUES = [lambda_.KafkaSchemaValidationConfig(attribute=lambda_.KafkaSchemaValidationAttribute.VALUE)]
GLUE = GlueSchemaRegistry(
    schema_registry_arn=REGISTRY_ARN,
    event_record_format=lambda_.EventRecordFormat.JSON,
    schema_validation_configs=VALUES,
)


def make(stack: Stack, function: lambda_.IFunction, **settings: Any) -> MskToLambda:
    return MskToLambda(stack, "Orders", function=function, cluster_arn=CLUSTER_ARN, topic="orders", **settings)


def granted(stack: Stack) -> dict[str, Any]:
    """Return the resource of each action that the function is allowed."""
    return {
        action: found["Resource"]
        for found in statements(stack)
        for action in ([found["Action"]] if isinstance(found["Action"], str) else found["Action"])
    }


def test_a_failed_batch_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    orders = make(stack, function, alarm_topic=topic)
    assert orders.failure_queue is not None
    queue_arn = stack.resolve(orders.failure_queue.queue_arn)
    assert only(stack, MAPPING) == {
        "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
        "EventSourceArn": CLUSTER_ARN,
        "FunctionName": stack.resolve(function.function_name),
        "StartingPosition": "TRIM_HORIZON",
        "Topics": ["orders"],
    }
    assert granted(stack)["sqs:SendMessage"] == queue_arn
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": stack.resolve(orders.failure_queue.queue_name)}]
    assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]


def test_the_role_may_read_this_topic_only(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, consumer_group_id="workers")
    found = granted(stack)
    group_arn = f"arn:aws:kafka:us-east-1:{ACCOUNT}:group/shop/0f6a-5/workers"
    assert {action: resource for action, resource in found.items() if action.startswith("kafka")} == {
        "kafka:DescribeClusterV2": CLUSTER_ARN,
        "kafka:GetBootstrapBrokers": CLUSTER_ARN,
        "kafka-cluster:Connect": CLUSTER_ARN,
        "kafka-cluster:DescribeClusterDynamicConfiguration": CLUSTER_ARN,
        "kafka-cluster:DescribeTopic": TOPIC_ARN,
        "kafka-cluster:ReadData": TOPIC_ARN,
        "kafka-cluster:AlterGroup": group_arn,
        "kafka-cluster:DescribeGroup": group_arn,
    }
    assert found["ec2:CreateNetworkInterface"] == "*"
    config = only(stack, MAPPING)["AmazonManagedKafkaEventSourceConfig"]
    assert config == {"ConsumerGroupId": "workers"}


def test_a_secret_replaces_the_role(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "User")
    make(stack, function, secret=secret)
    secret_arn = stack.resolve(secret.secret_arn)
    assert only(stack, MAPPING)["SourceAccessConfigurations"] == [{"Type": "SASL_SCRAM_512_AUTH", "URI": secret_arn}]
    found = granted(stack)
    assert found["secretsmanager:GetSecretValue"] == secret_arn
    assert found["kafka:ListScramSecrets"] == CLUSTER_ARN
    assert not any(action.startswith("kafka-cluster:") for action in found)


def test_a_certificate_is_no_scram_secret(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "Certificate")
    make(stack, function, secret=secret, authentication_method=AuthenticationMethod.CLIENT_CERTIFICATE_TLS_AUTH)
    (access,) = only(stack, MAPPING)["SourceAccessConfigurations"]
    assert access["Type"] == "CLIENT_CERTIFICATE_TLS_AUTH"
    assert "kafka:ListScramSecrets" not in granted(stack)


def test_msk_has_no_other_authentication(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="SASL_SCRAM_512_AUTH or CLIENT_CERTIFICATE_TLS_AUTH, got BASIC_AUTH"):
        make(stack, function, authentication_method=AuthenticationMethod.BASIC_AUTH)


def test_what_is_no_cluster_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected cluster_arn to be the ARN of an Amazon MSK cluster, got shop"):
        MskToLambda(stack, "Orders", function=function, cluster_arn="shop", topic="orders")


def test_provisioned_mode_splits_batches_and_reports_records(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, provisioned_poller_config=POLLERS, retry_attempts=3, max_record_age=Duration.hours(1))
    mapping = only(stack, MAPPING)
    assert mapping["ProvisionedPollerConfig"] == {"MinimumPollers": 1, "MaximumPollers": 2_000}
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (3, 3600)
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_provisioned_mode_may_leave_batches_whole(stack: Stack, function: LambdaFunction) -> None:
    make(
        stack,
        function,
        provisioned_poller_config=POLLERS,
        bisect_batch_on_error=False,
        report_batch_item_failures=False,
    )
    mapping = only(stack, MAPPING)
    assert mapping["BisectBatchOnFunctionError"] is False
    assert "FunctionResponseTypes" not in mapping


def test_a_kafka_topic_takes_the_records(stack: Stack, function: LambdaFunction) -> None:
    orders = make(stack, function, provisioned_poller_config=POLLERS, on_failure="kafka://failed")
    assert only(stack, MAPPING)["DestinationConfig"] == {"OnFailure": {"Destination": "kafka://failed"}}
    assert granted(stack)["kafka-cluster:WriteData"] == f"arn:aws:kafka:us-east-1:{ACCOUNT}:topic/shop/0f6a-5/failed"
    assert orders.failure_queue is None
    assert only(stack, "AWS::CloudWatch::Alarm")["MetricName"] == "OnFailureDestinationDeliveredEventCount"


def test_the_topic_itself_is_refused_as_failure_target(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected on_failure to be another topic than the source, got kafka://orders"):
        make(stack, function, provisioned_poller_config=POLLERS, on_failure="kafka://orders")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"retry_attempts": 3}, "retry_attempts"),
        ({"max_record_age": Duration.hours(1)}, "max_record_age"),
        ({"bisect_batch_on_error": True}, "bisect_batch_on_error"),
        ({"report_batch_item_failures": True}, "report_batch_item_failures"),
        ({"log_level": lambda_.EventSourceMappingLogLevel.INFO}, "log_level"),
        ({"schema_registry_config": GLUE}, "schema_registry_config"),
        ({"on_failure": "kafka://failed"}, "a Kafka topic as on_failure"),
    ],
)
def test_settings_of_provisioned_mode_are_refused_without_it(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], named: str
) -> None:
    with pytest.raises(ValueError, match=f"expected provisioned_poller_config for {named}, got none"):
        make(stack, function, **settings)


def test_a_bucket_keeps_the_records(stack: Stack, function: LambdaFunction) -> None:
    bucket = s3.Bucket(stack, "Failed")
    make(stack, function, on_failure=bucket)
    mapping = only(stack, MAPPING)
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == stack.resolve(bucket.bucket_arn)
    assert mapping["MetricsConfig"] == {"Metrics": ["EventCount"]}


def test_fifo_targets_and_unknown_ones_are_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="got the FIFO Stack/Fifo"):
        make(stack, function, on_failure=sqs.Queue(stack, "Fifo", fifo=True))
    with pytest.raises(TypeError, match="expected on_failure to be a queue, topic or bucket of the CDK, or kafka://"):
        MskToLambda(
            stack,
            "Other",
            function=function,
            cluster_arn=CLUSTER_ARN,
            topic="orders",
            provisioned_poller_config=POLLERS,
            on_failure="failed",
        )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 0}, "expected batch_size to be from 1 to 10,000, got 0"),
        ({"max_batching_window": Duration.seconds(301)}, "max_batching_window to be from 0 to 300 s, got 301 s"),
        ({"starting_position_timestamp": 1}, "expected starting_position_timestamp only with AT_TIMESTAMP"),
        ({"retry_attempts": -1, "provisioned_poller_config": POLLERS}, "retry_attempts to be from 0 to 10,000, got -1"),
        (
            {"provisioned_poller_config": ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=2_001)},
            "expected maximum_pollers to be from 1 to 2,000, got 2001",
        ),
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


def test_a_cluster_of_the_app_is_read(stack: Stack, function: LambdaFunction) -> None:
    cluster = msk.CfnServerlessCluster(
        stack,
        "Cluster",
        cluster_name="shop",
        client_authentication={"sasl": {"iam": {"enabled": True}}},
        vpc_configs=[{"subnetIds": ["subnet-1"]}],
    )
    MskToLambda(stack, "Orders", function=function, cluster_arn=cluster.attr_arn, topic="orders")
    topic_arn = granted(stack)["kafka-cluster:ReadData"]["Fn::Join"][1]
    split = {"Fn::Split": [":cluster/", stack.resolve(cluster.attr_arn)]}
    assert topic_arn == [{"Fn::Select": [0, split]}, ":topic/", {"Fn::Select": [1, split]}, "/orders"]


def test_an_alias_is_invoked(stack: Stack, function: LambdaFunction) -> None:
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    make(stack, alias)
    assert only(stack, MAPPING)["FunctionName"] == stack.resolve(alias.function_name)


def test_function_and_mapping_may_stand_in_different_stacks(app: App) -> None:
    compute = Stack(app, "Compute")
    front = Stack(app, "Front")
    make(front, make_function(compute))
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::IAM::Policy")) == 1


def test_the_poller_logs_and_publishes_what_is_wanted(stack: Stack, function: LambdaFunction) -> None:
    metrics = lambda_.MetricsConfig(metrics=[lambda_.MetricType.KAFKA_METRICS, lambda_.MetricType.ERROR_COUNT])
    level = lambda_.EventSourceMappingLogLevel.DEBUG
    make(stack, function, provisioned_poller_config=POLLERS, log_level=level, metrics_config=metrics)
    mapping = only(stack, MAPPING)
    assert mapping["LoggingConfig"] == {"SystemLogLevel": "DEBUG"}
    assert mapping["MetricsConfig"] == {"Metrics": ["KafkaMetrics", "ErrorCount"]}


@pytest.mark.parametrize(
    ("wanted", "published"),
    [
        (lambda_.MetricType.KAFKA_METRICS, ["KafkaMetrics", "EventCount"]),
        (lambda_.MetricType.EVENT_COUNT, ["EventCount"]),
    ],
)
def test_what_the_alarm_needs_is_published_besides(
    stack: Stack, function: LambdaFunction, wanted: lambda_.MetricType, published: list[str]
) -> None:
    metrics = lambda_.MetricsConfig(metrics=[wanted])
    make(stack, function, on_failure=s3.Bucket(stack, "Failed"), metrics_config=metrics)
    assert only(stack, MAPPING)["MetricsConfig"] == {"Metrics": published}


def test_mappings_share_the_pollers_of_a_group(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, provisioned_poller_config=ProvisionedPollerConfig(poller_group_name="shop"))
    assert only(stack, MAPPING)["ProvisionedPollerConfig"] == {"PollerGroupName": "shop"}


def test_a_poller_group_has_a_short_name(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected poller_group_name of 1 to 128 characters, got 129"):
        make(stack, function, provisioned_poller_config=ProvisionedPollerConfig(poller_group_name="g" * 129))


def test_a_glue_registry_is_read_in_provisioned_mode(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, provisioned_poller_config=POLLERS, schema_registry_config=GLUE, consumer_group_id="workers")
    assert only(stack, MAPPING)["AmazonManagedKafkaEventSourceConfig"] == {
        "ConsumerGroupId": "workers",
        "SchemaRegistryConfig": {
            "SchemaRegistryURI": REGISTRY_ARN,
            "EventRecordFormat": "JSON",
            "SchemaValidationConfigs": [{"Attribute": "VALUE"}],
        },
    }
    assert granted(stack)["glue:GetRegistry"] == REGISTRY_ARN
    assert granted(stack)["glue:GetSchemaVersion"][0] == REGISTRY_ARN


def test_a_confluent_registry_is_reached_with_a_secret(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "Registry")
    make(stack, function, provisioned_poller_config=POLLERS, schema_registry_config=confluent(secret))
    secret_arn = stack.resolve(secret.secret_arn)
    assert only(stack, MAPPING)["AmazonManagedKafkaEventSourceConfig"]["SchemaRegistryConfig"] == {
        "SchemaRegistryURI": "https://registry.example.com",
        "EventRecordFormat": "SOURCE",
        "AccessConfigs": [{"Type": "BASIC_AUTH", "URI": secret_arn}],
        "SchemaValidationConfigs": [{"Attribute": "VALUE"}],
    }
    assert granted(stack)["secretsmanager:GetSecretValue"] == secret_arn


def test_a_registry_may_stand_in_another_stack_than_the_function(app: App) -> None:
    compute = Stack(app, "Compute")
    front = Stack(app, "Front")
    registry = glue.CfnRegistry(front, "Registry", name="shop")
    config = GlueSchemaRegistry(
        schema_registry=registry,
        event_record_format=lambda_.EventRecordFormat.JSON,
        schema_validation_configs=VALUES,
    )
    make(front, make_function(compute), provisioned_poller_config=POLLERS, schema_registry_config=config)
    app.synth()  # would raise if the stacks needed each other
    assert granted(front)["glue:GetRegistry"] == front.resolve(registry.attr_arn)
    (mapping,) = Template.from_stack(front).find_resources(MAPPING).values()
    assert set(resources(front, "AWS::IAM::Policy")) <= set(mapping["DependsOn"])


@pytest.mark.parametrize("apart", [False, True])
def test_no_rule_finds_the_schemas_of_a_registry(apart: bool) -> None:
    app = App(context={"@aws-cdk/core:validateAgainstDefaultRules": True})
    front = Stack(app, "Front")
    function = make_function(Stack(app, "Compute") if apart else front)
    make(front, function, provisioned_poller_config=POLLERS, schema_registry_config=GLUE, on_failure="kafka://failed")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()  # would raise for a wildcard that is not acknowledged


def confluent(secret: secretsmanager.ISecret) -> ConfluentSchemaRegistry:
    return ConfluentSchemaRegistry(
        schema_registry_uri="https://registry.example.com",
        authentication_type=lambda_.KafkaSchemaRegistryAccessConfigType.BASIC_AUTH,
        secret=secret,
        event_record_format=lambda_.EventRecordFormat.SOURCE,
        schema_validation_configs=VALUES,
    )
