"""Each source supports only some of the properties of a mapping."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Structure
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled

_STREAMS: Final = frozenset({"kinesis", "dynamodb"})
_LOGS: Final = _STREAMS | {"kafka"}
_SUPPORT: Final = {
    "AmazonManagedKafkaEventSourceConfig": {"kafka"},
    "BisectBatchOnFunctionError": _LOGS,
    "DestinationConfig.OnFailure.Destination": _LOGS,
    "DocumentDBEventSourceConfig": {"rds"},
    "FilterCriteria.Filters": _LOGS | {"sqs", "mq"},
    "FunctionResponseTypes": _LOGS | {"sqs"},
    "LoggingConfig": {"kafka"},
    "MaximumRecordAgeInSeconds": _LOGS,
    "MaximumRetryAttempts": _LOGS,
    "MetricsConfig.Metrics": _LOGS | {"sqs"},
    "ParallelizationFactor": _STREAMS,
    "ProvisionedPollerConfig": {"sqs", "kafka"},
    "Queues": {"mq"},
    "ScalingConfig.MaximumConcurrency": {"sqs"},
    "SelfManagedKafkaEventSourceConfig": {"kafka"},
    "SourceAccessConfigurations": {"kafka", "mq", "rds"},
    "StartingPosition": _LOGS | {"rds"},
    "StartingPositionTimestamp": {"kinesis", "kafka", "rds"},
    "Topics": {"kafka"},
    "TumblingWindowInSeconds": _STREAMS,
}
"""The services whose mappings support a property (facts 3.1). The rest, all do."""

_NOT_IN_SHARE_GROUPS: Final = ("StartingPosition", "StartingPositionTimestamp", "MaximumBatchingWindowInSeconds")
"""What Kafka does not support when it is read as a queue (facts Q5)."""


class MappingPropertyUnsupported(Rule):
    """A mapping with a property that its source does not support."""

    severity = Severity.ERROR
    description = (
        "A mapping has a property that its source does not support, such as an on-failure destination on SQS. Lambda "
        "refuses it when the stack is deployed."
    )
    fix = (
        "CDK: use the event source class of the service, which offers only what it supports; for SQS, set "
        "dead_letter_queue on the queue. CloudFormation: remove the property; for SQS, set RedrivePolicy of the queue."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield each such property."""
        for mapping in world.once(mappings):
            if mapping.service is None:
                continue
            source = mapping.source_name
            wrong = {name: source for name, services in _SUPPORT.items() if mapping.service not in services}
            if mapping.service == "kafka" and mapping.is_share_group:
                wrong |= dict.fromkeys(_NOT_IN_SHARE_GROUPS, f"{source} read as a queue")
            for path, unsupported_by in wrong.items():
                name = path.partition(".")[0]
                if _is_set(mapping.properties.get(path)):
                    yield self.finding(
                        mapping.resource,
                        path,
                        f"{polled(mapping)} has {name}, which {unsupported_by} does not support: Lambda refuses the "
                        f"mapping. {_advice(name, mapping.service)}",
                    )


def _is_set(node: Node) -> bool:
    """Say whether a property asks for something: one that is off or empty does no harm."""
    value = node.value
    if isinstance(value, Structure):
        return "Fn::Transform" not in value.content and any(True for _ in node.children)
    return node.present and node.text() not in ("", "false")


def _advice(name: str, service: str) -> str:
    if name == "DestinationConfig" and service == "sqs":
        return "Give the queue a dead-letter queue instead."
    if name == "DestinationConfig" and service == "mq":
        return "Configure the dead-letter queue in the broker instead."
    return "Remove it."
