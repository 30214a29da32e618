from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.aws_lambda_event_sources import AuthenticationMethod, GlueSchemaRegistry, ProvisionedPollerConfig

from constructs_lib import KafkaToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements

MAPPING = "AWS::Lambda::EventSourceMapping"
SERVERS = ["broker.example.com:9092"]


def make(stack: Stack, function: lambda_.IFunction, **settings: Any) -> KafkaToLambda:
    settings = {"bootstrap_servers": SERVERS, "topic": "orders", **settings}
    return KafkaToLambda(stack, "Orders", function=function, **settings)


def network(stack: Stack) -> dict[str, Any]:
    return {
        "subnets": [ec2.Subnet.from_subnet_id(stack, "Subnet", "subnet-1")],
        "security_group": ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1"),
    }


def test_a_failed_batch_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "User")
    orders = make(stack, function, secret=secret)
    assert orders.failure_queue is not None
    secret_arn = stack.resolve(secret.secret_arn)
    mapping = only(stack, MAPPING)
    mapping.pop("SelfManagedKafkaEventSourceConfig", None)
    assert mapping == {
        "DestinationConfig": {"OnFailure": {"Destination": stack.resolve(orders.failure_queue.queue_arn)}},
        "FunctionName": stack.resolve(function.function_name),
        "SelfManagedEventSource": {"Endpoints": {"KafkaBootstrapServers": SERVERS}},
        "SourceAccessConfigurations": [{"Type": "SASL_SCRAM_512_AUTH", "URI": secret_arn}],
        "StartingPosition": "TRIM_HORIZON",
        "Topics": ["orders"],
    }
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": stack.resolve(orders.failure_queue.queue_name)}]


def test_on_the_internet_the_poller_needs_no_network(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    secret = secretsmanager.Secret(stack, "User", encryption_key=key)
    make(stack, function, secret=secret)
    found = statements(stack)
    assert not any("ec2:CreateNetworkInterface" in statement["Action"] for statement in found)
    secret_arn = stack.resolve(secret.secret_arn)
    assert {"Action": "secretsmanager:GetSecretValue", "Effect": "Allow", "Resource": secret_arn} in found
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": stack.resolve(key.key_arn)} in found


def test_brokers_in_a_vpc_are_reached_from_its_subnets(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, **network(stack))
    assert only(stack, MAPPING)["SourceAccessConfigurations"] == [
        {"Type": "VPC_SECURITY_GROUP", "URI": "security_group:sg-1"},
        {"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"},
    ]
    assert any("ec2:CreateNetworkInterface" in statement["Action"] for statement in statements(stack))


def test_certificates_are_secrets_that_the_poller_reads(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "Certificate")
    root = secretsmanager.Secret(stack, "Root")
    method = AuthenticationMethod.CLIENT_CERTIFICATE_TLS_AUTH
    make(stack, function, secret=secret, authentication_method=method, root_ca_certificate=root)
    arns = [stack.resolve(each.secret_arn) for each in (secret, root)]
    assert only(stack, MAPPING)["SourceAccessConfigurations"] == [
        {"Type": "CLIENT_CERTIFICATE_TLS_AUTH", "URI": arns[0]},
        {"Type": "SERVER_ROOT_CA_CERTIFICATE", "URI": arns[1]},
    ]
    readable = [found["Resource"] for found in statements(stack) if "secretsmanager:GetSecretValue" in found["Action"]]
    assert all(str(arn) in str(readable) for arn in arns)


def test_a_kafka_topic_takes_the_records_in_provisioned_mode(stack: Stack, function: LambdaFunction) -> None:
    pollers = ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=3)
    make(stack, function, **network(stack), provisioned_poller_config=pollers, on_failure="kafka://failed")
    mapping = only(stack, MAPPING)
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": "kafka://failed"}}
    assert mapping["ProvisionedPollerConfig"] == {"MinimumPollers": 1, "MaximumPollers": 3}
    assert resources(stack, "AWS::SQS::Queue") == {}


def test_what_reaches_no_broker_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected a secret for brokers on the internet, got none; pass secret="):
        make(stack, function)


def test_subnets_and_security_group_come_together(stack: Stack, function: LambdaFunction) -> None:
    subnets = network(stack)["subnets"]
    with pytest.raises(ValueError, match="expected both subnets and security_group, got one"):
        make(stack, function, subnets=subnets)


@pytest.mark.parametrize("servers", [[], SERVERS * 11])
def test_one_to_ten_brokers_are_named(stack: Stack, function: LambdaFunction, servers: list[str]) -> None:
    with pytest.raises(ValueError, match=f"expected 1 to 10 bootstrap_servers, got {len(servers)}"):
        make(stack, function, bootstrap_servers=servers)


def test_settings_of_provisioned_mode_are_refused_without_it(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected provisioned_poller_config for retry_attempts, got none"):
        make(stack, function, retry_attempts=3)


def test_a_function_of_more_than_fourteen_minutes_is_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match="within the 840 s that the poller of this source waits"):
        make(stack, make_function(stack, timeout=Duration.minutes(15)))


@pytest.mark.parametrize(
    ("id", "message"),
    [
        ("g" * 201, "expected consumer_group_id of 1 to 200 characters, got 201; shorten it"),
        ("", "expected consumer_group_id of 1 to 200 characters, got 0; leave it out"),
        ("a group!", "expected consumer_group_id of letters, digits and any of .* only, got ' !' in 'a group!'"),
    ],
)
def test_a_consumer_group_that_no_mapping_takes_is_refused(
    stack: Stack, function: LambdaFunction, id: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(stack, function, **network(stack), consumer_group_id=id)


def test_a_consumer_group_may_be_a_token(stack: Stack, function: LambdaFunction) -> None:
    group = CfnParameter(stack, "Group").value_as_string
    make(stack, function, secret=secretsmanager.Secret(stack, "User"), consumer_group_id=group)
    assert only(stack, MAPPING)["SelfManagedKafkaEventSourceConfig"] == {"ConsumerGroupId": {"Ref": "Group"}}


def test_function_and_mapping_may_stand_in_different_stacks(app: App) -> None:
    compute = Stack(app, "Compute")
    front = Stack(app, "Front")
    make(front, make_function(compute), **network(front))
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::IAM::Policy")) == 1


def test_a_registry_is_read_for_brokers_of_ones_own(stack: Stack, function: LambdaFunction) -> None:
    arn = f"arn:aws:glue:us-east-1:{ACCOUNT}:registry/shop"
    registry = GlueSchemaRegistry(
        schema_registry_arn=arn,
        event_record_format=lambda_.EventRecordFormat.JSON,
        schema_validation_configs=[],
    )
    pollers = ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=3)
    make(stack, function, **network(stack), provisioned_poller_config=pollers, schema_registry_config=registry)
    config = only(stack, MAPPING)["SelfManagedKafkaEventSourceConfig"]["SchemaRegistryConfig"]
    assert (config["SchemaRegistryURI"], config["EventRecordFormat"]) == (arn, "JSON")


def test_a_queue_has_neither_position_nor_window(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "User")
    orders = make(stack, function, secret=secret, consumption_mode="Queue", consumer_group_id="share")
    mapping = only(stack, MAPPING)
    assert mapping["SelfManagedKafkaEventSourceConfig"] == {"ConsumerGroupId": "share", "ConsumptionMode": "Queue"}
    assert not {"StartingPosition", "MaximumBatchingWindowInSeconds", "MaximumRetryAttempts"} & mapping.keys()
    assert orders.failure_queue is not None
    queue_arn = stack.resolve(orders.failure_queue.queue_arn)
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == queue_arn


def test_a_queue_may_be_read_in_provisioned_mode(stack: Stack, function: LambdaFunction) -> None:
    pollers = ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=3)
    make(
        stack, function, **network(stack), consumption_mode="Queue", provisioned_poller_config=pollers, retry_attempts=2
    )
    mapping = only(stack, MAPPING)
    assert mapping["SelfManagedKafkaEventSourceConfig"] == {"ConsumptionMode": "Queue"}
    assert mapping["MaximumRetryAttempts"] == 2


def test_a_stream_may_be_named(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, **network(stack), consumption_mode="Stream")
    mapping = only(stack, MAPPING)
    assert mapping["SelfManagedKafkaEventSourceConfig"] == {"ConsumptionMode": "Stream"}
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"starting_position": lambda_.StartingPosition.LATEST},
            "no starting_position with .* got it; Lambda does not",
        ),
        (
            {"starting_position": lambda_.StartingPosition.AT_TIMESTAMP, "starting_position_timestamp": 1},
            "expected no starting_position, starting_position_timestamp with consumption_mode 'Queue', got them",
        ),
        ({"max_batching_window": Duration.seconds(1)}, "no max_batching_window with .* Lambda does not apply it to"),
        ({"consumption_mode": "queue"}, "expected consumption_mode to be 'Stream' or 'Queue', got 'queue'"),
    ],
)
def test_what_a_queue_does_not_take_is_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(stack, function, **{"consumption_mode": "Queue", **network(stack), **settings})
