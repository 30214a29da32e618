"""The queues in which failed events end."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.document import read_document
from constructs_lib.graph.mappings import QUEUE
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
    ("AWS::EventsV2::Subscriber", "OnFailureConfiguration.Arn"),
    ("AWS::Scheduler::Schedule", "Target.DeadLetterConfig.Arn"),
    ("AWS::Pipes::Pipe", "SourceParameters.*.DeadLetterConfig.Arn"),
)


def failure_queues(world: "World") -> set[Resource]:
    """Return the queues of the app that receive failed events of any kind; ask with ``world.once``."""
    found = set()
    for resource_type, pattern in _FAILURE_TARGETS:
        above, _, name = pattern.rpartition(".")
        for resource in world.of_type(resource_type):
            for _, place in world.properties(resource).select(above):
                target = resource_of(world, resource.template, _within(place, name))
                if target is not None and target.type == QUEUE:
                    found.add(target)
    return found


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
