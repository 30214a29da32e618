"""Event source mappings, with the function and the source of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of, service_of
from constructs_lib.graph.node import Node
from constructs_lib.graph.targets import Target, lambda_target
from constructs_lib.graph.template import Resource

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
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DocDB::DBCluster": "rds",
}


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
        found.append(Mapping(properties, lambda_target(properties["FunctionName"]), service, source))
    return found
