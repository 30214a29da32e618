"""Kafka mappings handle errors in provisioned mode only."""

from collections.abc import Iterator

from constructs_lib.facts import STREAM_RETRIES_UNLIMITED
from constructs_lib.graph.invokers.mappings import Mapping, flag, mappings
from constructs_lib.graph.node import Node
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class KafkaProvisionedMode(Rule):
    """A Kafka mapping outside of provisioned mode with a setting that needs it."""

    severity = Severity.ERROR
    description = (
        "A Kafka mapping limits its retries, splits batches, reports partial failures, sends failed records to a topic "
        "or uses a schema registry without provisioned mode. These settings work in provisioned mode only."
    )
    fix = (
        "CDK: provisioned_poller_config=ProvisionedPollerConfig(minimum_pollers=1, maximum_pollers=3) of the event "
        "source. CloudFormation: ProvisionedPollerConfig: {MinimumPollers: 1, MaximumPollers: 3} of the mapping."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield each such setting."""
        for mapping in world.once(mappings):
            if mapping.service != "kafka" or not mapping.properties["ProvisionedPollerConfig"].absent:
                continue
            for setting in _settings(mapping):
                yield self.finding(
                    mapping.resource,
                    setting.dotted,
                    f"{polled(mapping)} has {setting.path[-1]}, which needs provisioned mode. Add "
                    "ProvisionedPollerConfig, or remove the setting.",
                )


def _settings(mapping: Mapping) -> Iterator[Node]:
    """Yield the settings that need provisioned mode; those that say what holds without it do not."""
    properties = mapping.properties
    for name in ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds"):
        if properties[name].number(STREAM_RETRIES_UNLIMITED) not in (STREAM_RETRIES_UNLIMITED, None):
            yield properties[name]
    if flag(properties["BisectBatchOnFunctionError"], default=False):
        yield properties["BisectBatchOnFunctionError"]
    if mapping.reports_failures:
        yield properties["FunctionResponseTypes"]
    destination = properties.get("DestinationConfig.OnFailure.Destination")
    if (destination.text() or "").startswith("kafka://"):
        yield destination
    for source in ("AmazonManaged", "SelfManaged"):
        registry = properties.get(f"{source}KafkaEventSourceConfig.SchemaRegistryConfig")
        if registry.present:
            yield registry
