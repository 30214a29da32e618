"""Who reads the messages of a queue: mappings, pipes, and whatever a policy lets receive them.

AWS's own policies, such as AWSLambdaSQSQueueExecutionRole, are no evidence: they are for every queue and tell of none,
and what Lambda polls for such a role, the mappings tell.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of, service_of
from constructs_lib.graph.iam.statements import statements
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.invokers.policies import policy_documents
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Text, Value

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_RECEIVE: Final = "sqs:receivemessage"


@dataclass(eq=False)
class Consumers:
    """The queues that something reads."""

    queues: set[Resource] = field(default_factory=set)
    any: bool = False
    """Whether something reads a queue, or queues, that the templates do not tell."""

    def may_read(self, queue: Resource) -> bool:
        """Say whether something reads, or may read, a queue."""
        return self.any or queue in self.queues

    def add(self, world: "World", here: Template, value: Value) -> None:
        """Add the queue that a value denotes in a template."""
        resource = resource_of(world, here, value)
        if resource is not None:
            self.queues.add(resource)
        elif value is UNKNOWN or (isinstance(value, Text | str) and service_of(value) in ("sqs", None)):
            # A literal ARN that is not of the app, without a wildcard, is of another queue.
            self.any |= not isinstance(value, str) or "*" in value


def consumers(world: "World") -> Consumers:
    """Return the queues that something reads; ask with ``world.once``."""
    found = Consumers()
    for mapping in world.once(mappings):
        if mapping.service in ("sqs", None):
            found.add(world, mapping.resource.template, mapping.properties["EventSourceArn"].value)
    for pipe in world.of_type("AWS::Pipes::Pipe"):
        found.add(world, pipe.template, world.properties(pipe)["Source"].value)
    for _, place in policy_documents(world):
        _add_readable(found, place)
    for policy in world.of_type("AWS::SQS::QueuePolicy"):
        properties = world.properties(policy)
        if _receiving(properties["PolicyDocument"]):
            for _, queue in properties.select("Queues.*"):
                found.add(world, policy.template, queue.value)
    return found


def _add_readable(found: Consumers, place: Node) -> None:
    for value in _receiving(place):
        found.add(place.world, place.resource.template, value)


def _receiving(place: Node) -> list[Value]:
    """Return the resources of the statements that are about receiving from queues."""
    return [
        value
        for statement in statements(place)
        # Who may do anything is an administrator, not a consumer.
        if "*" not in statement.values("Action") and statement.on_action(_RECEIVE) is not Verdict.NO
        if statement.data is None or statement.data.get("Effect") != "Deny"
        for value in statement.values("Resource")
    ]
