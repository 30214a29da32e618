"""Event source mappings, with the function and the source of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.facts import BATCH_SIZE_DEFAULT, SQS_BATCH_SIZE_DEFAULT
from constructs_lib.graph.arn import resource_of, service_of
from constructs_lib.graph.invokers.targets import Target, lambda_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Structure

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

QUEUE: Final = "AWS::SQS::Queue"

_SERVICES: Final = {
    QUEUE: "sqs",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::MSK::Cluster": "kafka",
    "AWS::MSK::ServerlessCluster": "kafka",
    "AWS::MSK::VpcConnection": "kafka",
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DocDB::DBCluster": "rds",
}
_NAMES: Final = {
    "sqs": "SQS",
    "kinesis": "Kinesis",
    "dynamodb": "DynamoDB Streams",
    "kafka": "Kafka",
    "mq": "Amazon MQ",
    "rds": "DocumentDB",
}
STREAMS: Final = ("kinesis", "dynamodb")
"""The services whose records stay in a shard, in order, until they expire."""


@dataclass(frozen=True, eq=False)
class Mapping:
    """An ``AWS::Lambda::EventSourceMapping``."""

    properties: Node
    target: Target | None
    """None when the function is not in the app."""
    service: str | None
    """The service of the source as its ARN names it: ``sqs``, ``kinesis``, ``dynamodb``, ``kafka``, ``mq``, ``rds``."""
    source: Resource | None
    """None when the source is not in the app."""

    @property
    def resource(self) -> Resource:
        """The mapping itself."""
        return self.properties.resource

    @property
    def queue(self) -> Resource | None:
        """The source when it is a queue of the app."""
        return self.source if self.source is not None and self.source.type == QUEUE else None

    @property
    def function(self) -> Resource | None:
        """The function when it is in the app."""
        return self.target.function if self.target else None

    @property
    def consumer(self) -> str:
        """What to call the function in a message."""
        return self.function.label if self.function else "an unknown function"

    @property
    def source_name(self) -> str:
        """What to call the service of the source in a message."""
        return _NAMES.get(self.service or "", "its source")

    @property
    def enabled(self) -> bool | None:
        """Whether it polls; None when unknown."""
        return flag(self.properties["Enabled"], default=True)

    @property
    def batch_size(self) -> float | None:
        """The most records in a batch; None when unknown."""
        return self.properties["BatchSize"].number(
            SQS_BATCH_SIZE_DEFAULT if self.service == "sqs" else BATCH_SIZE_DEFAULT
        )

    @property
    def reports_failures(self) -> bool | None:
        """Whether the function reports which records of a batch failed; None when unknown."""
        types = self.properties["FunctionResponseTypes"]
        names = [one.text() for one in types.children]
        if types.absent or "ReportBatchItemFailures" in names:
            return not types.absent
        return False if isinstance(types.value, Structure) and None not in names else None

    @property
    def loses_batches(self) -> bool:
        """Whether one bad record of a stream certainly takes its batch along: it is not split, nor the record told."""
        size = self.batch_size
        splits = flag(self.properties["BisectBatchOnFunctionError"], default=False)
        several = size is not None and size > 1
        return self.service in STREAMS and several and splits is False and self.reports_failures is False

    @property
    def is_share_group(self) -> bool | None:
        """Whether it reads a self-managed Kafka cluster as a queue, whose broker counts deliveries (facts Q5)."""
        mode = self.properties.get("SelfManagedKafkaEventSourceConfig.ConsumptionMode")
        text = "STREAM" if mode.absent else mode.text()
        return None if text is None else text.upper() == "QUEUE"


def flag(node: Node, *, default: bool) -> bool | None:
    """Return the truth value at a place, the default when absent; None when unknown."""
    return default if node.absent else {"true": True, "false": False}.get((node.text() or "").lower())


def mappings(world: "World") -> Sequence[Mapping]:
    """Return the event source mappings; ask with ``world.once``."""
    found = []
    for resource in world.of_type("AWS::Lambda::EventSourceMapping"):
        properties = world.properties(resource)
        arn = properties["EventSourceArn"].value
        source = resource_of(world, resource.template, arn)
        service = service_of(arn) if source is None else _SERVICES.get(source.type)
        if not properties["SelfManagedEventSource"].absent:
            service = "kafka"
        target = lambda_target(properties["FunctionName"])
        # What is deployed under a condition can be named where the condition does not hold.
        if target is not None and not world.exists(target.function):
            target = None
        if source is not None and not world.exists(source):
            source = None
        found.append(Mapping(properties, target, service, source))
    return found
