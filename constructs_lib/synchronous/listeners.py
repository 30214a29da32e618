"""The listener of an Application Load Balancer that a pattern adds, and what is known of one that is given."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.facts import LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS
from constructs_lib.types import AnyListener, AnyListenerCertificate, AnyLoadBalancer

_HTTPS = elbv2.ApplicationProtocol.HTTPS


def add_listener(
    pattern: Construct,
    load_balancer: AnyLoadBalancer,
    *,
    certificates: Sequence[AnyListenerCertificate] | None,
    protocol: elbv2.ApplicationProtocol | None,
    open: bool | None,
) -> elbv2.ApplicationListener:
    """Return a new listener, beneath the pattern, on the usual port of its protocol; HTTPS unless said otherwise.

    CDK's default lets everyone in to the listener; here nobody is let in unless ``open`` is set.

    Raises
    ------
    ValueError
        If HTTPS has no certificate, or HTTP has one.
    TypeError
        If a certificate is no such CDK object.
    """
    for certificate in certificates or ():
        check_kinds(pattern, certificates=certificate)
    protocol = protocol or _HTTPS
    if protocol is _HTTPS and not certificates:
        raise ValueError(
            f"{pattern.node.path}: expected certificates for a listener of HTTPS, got none; pass certificates=[...], "
            "or, where requests may be read on their way, protocol=ApplicationProtocol.HTTP"
        )
    if protocol is not _HTTPS and certificates:
        raise ValueError(
            f"{pattern.node.path}: expected certificates only for HTTPS, got protocol={protocol.name} as well; leave "
            "out one of them"
        )
    return elbv2.ApplicationListener(
        pattern,
        "Listener",
        load_balancer=load_balancer,
        protocol=protocol,
        certificates=certificates,
        # CDK's default, of 2016, still takes TLS 1.0.
        ssl_policy=elbv2.SslPolicy.RECOMMENDED_TLS if protocol is _HTTPS else None,
        open=bool(open),
    )


def has_default_action(listener: elbv2.ApplicationListener) -> bool:
    """Tell whether requests that no rule takes already go somewhere."""
    resource = cast(elbv2.CfnListener, listener.node.default_child)
    return bool(Stack.of(listener).resolve(resource.default_actions))


def load_balancer_of(listener: AnyListener | None) -> AnyLoadBalancer | None:
    """Return a listener's load balancer; ``None`` if it was imported, and so is not known."""
    return listener.load_balancer if isinstance(listener, elbv2.ApplicationListener) else None


def idle_timeout_seconds(load_balancer: AnyLoadBalancer | None) -> float:
    """Return the idle timeout of a load balancer; infinity if that is not known."""
    if not isinstance(load_balancer, elbv2.ApplicationLoadBalancer):
        return float("inf")
    resource = cast(elbv2.CfnLoadBalancer, load_balancer.node.default_child)
    attributes = Stack.of(load_balancer).resolve(resource.load_balancer_attributes) or []
    found = {attribute.get("key"): attribute.get("value") for attribute in attributes}
    value = found.get("idle_timeout.timeout_seconds", LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS)
    return float(value) if str(value).isdecimal() else float("inf")
