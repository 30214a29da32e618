"""Where failed events wait: the places that name a failure target, and the queues among the targets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.document import read_document
from constructs_lib.graph.invokers.mappings import QUEUE
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Structure, Value

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_FAILURE_TARGETS: Final = (
    (QUEUE, "RedrivePolicy.deadLetterTargetArn"),
    ("AWS::Lambda::Function", "DeadLetterConfig.TargetArn"),
    ("AWS::Lambda::EventInvokeConfig", "DestinationConfig.OnFailure.Destination"),
    ("AWS::Lambda::EventSourceMapping", "DestinationConfig.OnFailure.Destination"),
    ("AWS::SNS::Subscription", "RedrivePolicy.deadLetterTargetArn"),
    ("AWS::Events::Rule", "Targets.*.DeadLetterConfig.Arn"),
    ("AWS::Events::EventBus", "DeadLetterConfig.Arn"),
    ("AWS::EventsV2::Subscriber", "OnFailureConfiguration.Arn"),
    ("AWS::Scheduler::Schedule", "Target.DeadLetterConfig.Arn"),
    ("AWS::Pipes::Pipe", "SourceParameters.*.DeadLetterConfig.Arn"),
    ("AWS::IoT::TopicRule", "TopicRulePayload.ErrorAction.Sqs.QueueUrl"),
)


@dataclass(frozen=True, eq=False)
class FailurePlace:
    """A property that names where failed events wait."""

    above: Node
    """What holds the property: a redrive policy, perhaps as a JSON text, or a dead-letter configuration."""
    name: str
    value: Value
    """What the property denotes."""
    target: Resource | None
    """None when the target is not in the app, or unknown."""

    @property
    def resource(self) -> Resource:
        """The resource whose failed events they are."""
        return self.above.resource

    @property
    def dotted(self) -> str:
        """The path of the property in dot form, as far as it can be pointed at."""
        return self.above[self.name].dotted if isinstance(self.above.value, Structure) else self.above.dotted


def failure_places(world: "World") -> Sequence[FailurePlace]:
    """Return the places that name a failure target of any kind; ask with ``world.once``."""
    found = []
    for resource_type, pattern in _FAILURE_TARGETS:
        head, _, name = pattern.rpartition(".")
        for resource in world.of_type(resource_type):
            for _, above in world.properties(resource).select(head):
                value = _within(above, name)
                if value is not None:
                    target = resource_of(world, resource.template, value)
                    found.append(FailurePlace(above, name, value, target))
    return found


def failure_queues(world: "World") -> set[Resource]:
    """Return the queues of the app that receive failed events of any kind; ask with ``world.once``."""
    targets = (place.target for place in world.once(failure_places))
    return {target for target in targets if target is not None and target.type == QUEUE}


def accepts_failures(world: "World", queue: Resource) -> bool:
    """Say whether a queue declares that other queues move failed messages to it, or may declare so."""
    policy = world.properties(queue)["RedriveAllowPolicy"]
    return not policy.absent and _within(policy, "redrivePermission") != "denyAll"


def _within(place: Node, name: str) -> Value:
    """Return a value within a property that is an object, or its JSON text."""
    document = None if isinstance(place.value, Structure) else read_document(place)
    if document is None:
        return place[name].value
    return document.value(document.data.get(name)) if isinstance(document.data, dict) else None
