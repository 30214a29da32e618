"""Provisioned mode: pollers that are kept for one mapping."""

from typing import cast

from aws_cdk import Token
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from constructs_lib.checks import check_range
from constructs_lib.facts import POLLER_GROUP_NAME_MAX
from constructs_lib.polling.text import check_text


def check_pollers(
    pattern: Construct,
    config: event_sources.ProvisionedPollerConfig | None,
    minimum: tuple[int, int],
    maximum: tuple[int, int],
    *,
    kafka: bool = False,
) -> None:
    """Raise ``ValueError`` for numbers of pollers outside the ranges of a source, or a group where there is none."""
    if config is not None:
        _check_group(pattern, config.poller_group_name, kafka)
        check_range(pattern, "minimum_pollers", config.minimum_pollers, *minimum)
        check_range(pattern, "maximum_pollers", config.maximum_pollers, *maximum)
        most = config.maximum_pollers
        if most is not None and not Token.is_unresolved(most):
            check_range(pattern, "minimum_pollers", config.minimum_pollers, minimum[0], int(most))


def provision_pollers(
    mapping: lambda_.EventSourceMapping, config: event_sources.ProvisionedPollerConfig | None
) -> None:
    """Set the pollers on a mapping: CDK's class takes at most 2,000, where SQS takes 10,000."""
    if config is not None:
        resource = cast(lambda_.CfnEventSourceMapping, mapping.node.default_child)
        resource.provisioned_poller_config = lambda_.CfnEventSourceMapping.ProvisionedPollerConfigProperty(
            minimum_pollers=config.minimum_pollers,
            maximum_pollers=config.maximum_pollers,
            poller_group_name=config.poller_group_name,
        )


def _check_group(pattern: Construct, name: str | None, kafka: bool) -> None:
    if name is None:
        return
    if not kafka:
        raise ValueError(
            f"{pattern.node.path}: expected no poller_group_name for this source, got {name}; leave it out: only Kafka "
            "mappings share their pollers in groups"
        )
    check_text(pattern, "poller_group_name", name, POLLER_GROUP_NAME_MAX)
