"""How the pollers of brokers that AWS does not manage authenticate."""

from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.aws_lambda_event_sources import AuthenticationMethod, ProvisionedPollerConfig
from cdk_nag import AwsSolutionsChecks

from constructs_lib import KafkaToLambda, LambdaFunction, MskToLambda
from tests.helpers import ACCOUNT, make_function, only, statements

MAPPING = "AWS::Lambda::EventSourceMapping"
CLUSTER_ARN = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/shop/0f6a-5"


def make(stack: Stack, function: LambdaFunction, **settings: Any) -> KafkaToLambda:
    servers = ["broker.example.com:9098"]
    return KafkaToLambda(stack, "Orders", function=function, bootstrap_servers=servers, topic="orders", **settings)


def network(stack: Stack) -> dict[str, Any]:
    return {
        "subnets": [ec2.Subnet.from_subnet_id(stack, "Subnet", "subnet-1")],
        "security_group": ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1"),
    }


def access(stack: Stack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = only(stack, MAPPING)["SourceAccessConfigurations"]
    return found


def granted(stack: Stack, action: str) -> list[dict[str, Any]]:
    return [found for found in statements(stack) if action in found["Action"]]


@pytest.mark.parametrize("method", [*AuthenticationMethod, "OAUTHBEARER_AUTH"])
def test_what_the_secret_holds_is_named(stack: Stack, function: LambdaFunction, method: Any) -> None:
    secret = secretsmanager.Secret(stack, "User")
    make(stack, function, secret=secret, authentication_method=method)
    secret_arn = stack.resolve(secret.secret_arn)
    assert access(stack) == [{"Type": getattr(method, "name", method), "URI": secret_arn}]
    assert granted(stack, "secretsmanager:GetSecretValue")[0]["Resource"] == secret_arn


def test_a_token_of_ones_own_provider_is_asked_for_with_what_it_needs(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "Client")
    make(
        stack,
        function,
        secret=secret,
        authentication_method="OAUTHBEARER_AUTH",
        oauth_audience="kafka",
        oauth_scope="read",
        oauth_logical_cluster="lkc-1",
        oauth_identity_pool="pool-1",
    )
    assert access(stack) == [
        {"Type": "OAUTHBEARER_AUTH", "URI": stack.resolve(secret.secret_arn)},
        {"Type": "OAUTHBEARER_AUDIENCE", "URI": "kafka"},
        {"Type": "OAUTHBEARER_SCOPE", "URI": "read"},
        {"Type": "OAUTHBEARER_LOGICAL_CLUSTER", "URI": "lkc-1"},
        {"Type": "OAUTHBEARER_IDENTITY_POOL", "URI": "pool-1"},
    ]
    assert granted(stack, "sts:GetWebIdentityToken") == []


def test_a_token_of_aws_is_for_one_audience(stack: Stack, function: LambdaFunction) -> None:
    make(stack, function, authentication_method="IAM_OAUTHBEARER_AUTH", oauth_audience="kafka")
    assert access(stack) == [
        {"Type": "IAM_OAUTHBEARER_AUTH"},
        {"Type": "OAUTHBEARER_AUDIENCE", "URI": "kafka"},
    ]
    (token,) = granted(stack, "sts:GetWebIdentityToken")
    assert token["Condition"] == {"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": ["kafka"]}}


def test_the_role_may_read_its_cluster_and_topic_only(stack: Stack, function: LambdaFunction) -> None:
    make(
        stack,
        function,
        **network(stack),
        authentication_method="IAM_AUTH",
        cluster_arn=CLUSTER_ARN,
        consumer_group_id="workers",
        provisioned_poller_config=ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=3),
        on_failure="kafka://failed",
    )
    assert access(stack)[0] == {"Type": "IAM_AUTH"}
    within = f"arn:aws:kafka:us-east-1:{ACCOUNT}"
    assert {
        found["Resource"]: found["Action"] for found in statements(stack) if "kafka-cluster:" in str(found["Action"])
    } == {
        CLUSTER_ARN: ["kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration"],
        f"{within}:topic/shop/0f6a-5/orders": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
        f"{within}:group/shop/0f6a-5/workers": ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"],
        f"{within}:topic/shop/0f6a-5/failed": ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"],
    }


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"authentication_method": "IAM_AUTH", "cluster_arn": CLUSTER_ARN},
        {"authentication_method": "IAM_OAUTHBEARER_AUTH", "oauth_audience": "kafka"},
    ],
)
def test_no_rule_finds_what_the_role_needs(settings: dict[str, Any], inside: bool) -> None:
    app = App(context={"@aws-cdk/core:validateAgainstDefaultRules": True})
    stack = Stack(app, "Front")
    make(stack, make_function(stack), **settings, **(network(stack) if inside else {}))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()  # would raise for a wildcard that is not acknowledged


@pytest.mark.parametrize("method", [*AuthenticationMethod, "OAUTHBEARER_AUTH"])
def test_a_method_without_its_secret_is_refused(stack: Stack, function: LambdaFunction, method: Any) -> None:
    name = getattr(method, "name", method)
    with pytest.raises(ValueError, match=f"expected a secret for authentication_method {name}, got none"):
        make(stack, function, **network(stack), authentication_method=method)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"authentication_method": "OAUTH"}, "expected authentication_method to be one of .*, IAM_AUTH, .* got OAUTH"),
        ({"authentication_method": "IAM_AUTH"}, "expected cluster_arn with .* IAM_AUTH, .* got None with IAM_AUTH"),
        ({"cluster_arn": CLUSTER_ARN}, "expected cluster_arn with authentication_method IAM_AUTH, and with no other"),
        (
            {"authentication_method": "IAM_AUTH", "cluster_arn": "shop"},
            "expected cluster_arn to be the ARN of an Amazon MSK cluster, got shop",
        ),
        (
            {"authentication_method": "IAM_OAUTHBEARER_AUTH"},
            "expected oauth_audience for authentication_method IAM_OAUTHBEARER_AUTH, got none",
        ),
        (
            {"authentication_method": "IAM_OAUTHBEARER_AUTH", "oauth_audience": "kafka", "oauth_scope": "read"},
            "expected oauth_scope only with authentication_method OAUTHBEARER_AUTH, got IAM_OAUTHBEARER_AUTH",
        ),
        (
            {"oauth_audience": "kafka"},
            "expected oauth_audience only with .* OAUTHBEARER_AUTH or IAM_OAUTHBEARER_AUTH, got None",
        ),
        (
            {"authentication_method": "IAM_OAUTHBEARER_AUTH", "oauth_audience": "a" * 201},
            "expected oauth_audience of 1 to 200 characters, got 201",
        ),
        (
            {"authentication_method": "IAM_OAUTHBEARER_AUTH", "oauth_audience": "my kafka"},
            "expected oauth_audience of letters, digits and any of .* only, got ' ' in 'my kafka'",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(stack, function, **network(stack), **settings)


def test_subnets_that_are_none_are_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected subnets to be subnets of the CDK, got 'subnet-1'"):
        make(stack, function, **{**network(stack), "subnets": ["subnet-1"]})


def test_the_role_needs_no_secret(stack: Stack, function: LambdaFunction) -> None:
    secret = secretsmanager.Secret(stack, "User")
    with pytest.raises(ValueError, match="expected no secret for authentication_method IAM_AUTH, got one"):
        make(stack, function, secret=secret, authentication_method="IAM_AUTH", cluster_arn=CLUSTER_ARN)


def test_a_method_of_msk_without_its_secret_is_refused(stack: Stack, function: LambdaFunction) -> None:
    method = AuthenticationMethod.CLIENT_CERTIFICATE_TLS_AUTH
    with pytest.raises(ValueError, match="expected a secret for authentication_method CLIENT_CERTIFICATE_TLS_AUTH"):
        MskToLambda(
            stack,
            "Orders",
            function=function,
            cluster_arn=CLUSTER_ARN,
            topic="orders",
            authentication_method=method,
        )
