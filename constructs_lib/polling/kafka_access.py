"""How Lambda's pollers authenticate with brokers that AWS does not manage (AWS: lambda/kafka-cluster-auth)."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_lambda_event_sources import AuthenticationMethod
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.facts import KAFKA_BOOTSTRAP_SERVERS_MAX, SOURCE_ACCESS_VALUE_MAX
from constructs_lib.polling.network import source_access
from constructs_lib.polling.text import check_identifier
from constructs_lib.types import AnyKafkaAuthentication, AnySecret, AnySecurityGroup, AnySubnet

_WITH_SECRET = (*(method.name for method in AuthenticationMethod), "OAUTHBEARER_AUTH")
_AS_ROLE = ("IAM_AUTH", "IAM_OAUTHBEARER_AUTH")
# What goes with a token of OAuth 2.0, by the method that asks for it.
_TOKEN_SETTINGS = {
    "OAUTHBEARER_AUTH": ("oauth_scope", "oauth_audience", "oauth_logical_cluster", "oauth_identity_pool"),
    "IAM_OAUTHBEARER_AUTH": ("oauth_audience",),
}


def check_reach(
    pattern: Construct,
    bootstrap_servers: Sequence[str],
    method: str | None,
    subnets: Sequence[AnySubnet] | None,
    security_group: AnySecurityGroup | None,
) -> None:
    """Raise ``ValueError`` for brokers that no poller reaches."""
    path = pattern.node.path
    if not 1 <= len(bootstrap_servers) <= KAFKA_BOOTSTRAP_SERVERS_MAX:
        raise ValueError(
            f"{path}: expected 1 to {KAFKA_BOOTSTRAP_SERVERS_MAX} bootstrap_servers, got {len(bootstrap_servers)}; "
            "name some brokers, Lambda learns of the others from them"
        )
    if bool(subnets) != (security_group is not None):
        raise ValueError(f"{path}: expected both subnets and security_group, got one; pass both, or neither")
    if method is None and not subnets:
        raise ValueError(
            f"{path}: expected a secret for brokers on the internet, got none; pass secret=, or subnets= and "
            "security_group= for brokers in a VPC"
        )


def authentication_of(
    pattern: Construct,
    given: AnyKafkaAuthentication | None,
    secret: AnySecret | None,
    cluster_arn: str | None,
    token: Mapping[str, str | None],
) -> str | None:
    """Return the method by which a poller authenticates; ``None`` if it does not.

    Raises
    ------
    ValueError
        If there is no such method, or if what is given besides does not go with it.
    """
    path = pattern.node.path
    method = given.name if isinstance(given, AuthenticationMethod) else given
    if method is None and secret is not None:
        method = AuthenticationMethod.SASL_SCRAM_512_AUTH.name
    if method is not None and method not in (*_WITH_SECRET, *_AS_ROLE):
        raise ValueError(
            f"{path}: expected authentication_method to be one of {', '.join((*_WITH_SECRET, *_AS_ROLE))}, got {method}"
        )
    if method in _WITH_SECRET and secret is None:
        raise ValueError(
            f"{path}: expected a secret for authentication_method {method}, got none; pass secret=, or leave out "
            "authentication_method="
        )
    if method in _AS_ROLE and secret is not None:
        raise ValueError(
            f"{path}: expected no secret for authentication_method {method}, got one; the function's role "
            "authenticates: leave out secret="
        )
    if (method == "IAM_AUTH") != (cluster_arn is not None):
        raise ValueError(
            f"{path}: expected cluster_arn with authentication_method IAM_AUTH, and with no other, got {cluster_arn} "
            f"with {method}; the function's role is allowed to read that cluster"
        )
    _check_token(pattern, method, token)
    return method


def _check_token(pattern: Construct, method: str | None, token: Mapping[str, str | None]) -> None:
    given = [name for name, value in token.items() if value is not None]
    foreign = [name for name in given if name not in _TOKEN_SETTINGS.get(str(method), ())]
    if foreign:
        fitting = " or ".join(each for each, names in _TOKEN_SETTINGS.items() if set(foreign) <= set(names))
        raise ValueError(
            f"{pattern.node.path}: expected {', '.join(foreign)} only with authentication_method {fitting}, got "
            f"{method}; pass that method, or leave them out"
        )
    if method == "IAM_OAUTHBEARER_AUTH" and "oauth_audience" not in given:
        raise ValueError(
            f"{pattern.node.path}: expected oauth_audience for authentication_method {method}, got none; pass the "
            "audience that the brokers expect"
        )
    for name, value in token.items():
        check_identifier(pattern, name, value, SOURCE_ACCESS_VALUE_MAX)


def access_of(
    method: str | None, secret: AnySecret | None, token: Mapping[str, str | None]
) -> list[lambda_.CfnEventSourceMapping.SourceAccessConfigurationProperty]:
    """Return what a poller authenticates with, as the mapping takes it."""
    access = [] if method is None else [source_access(method, None if secret is None else secret.secret_arn)]
    prefixed = {name.upper().replace("OAUTH_", "OAUTHBEARER_"): value for name, value in token.items()}
    return access + [source_access(kind, value) for kind, value in prefixed.items() if value is not None]


def request_token(audience: str) -> iam.PolicyStatement:
    """Return what lets a poller get a token of AWS for an audience, as the function.

    The action knows no resources; the condition is that of AWS, IAM/id_roles_providers_outbound_policies.
    """
    return iam.PolicyStatement(
        actions=["sts:GetWebIdentityToken"],
        resources=["*"],
        conditions={"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": [audience]}},
    )


def acknowledge_token(policy: IConstruct | None) -> None:
    """Acknowledge that a token is allowed on every resource."""
    if policy is not None:
        acknowledge_wildcard(policy, "A token is no resource: its audience is limited instead", "*")
