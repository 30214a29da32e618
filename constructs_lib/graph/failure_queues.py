"""The queues in which failed events end."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.mappings import QUEUE
from constructs_lib.graph.template import Resource

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
    targets = (
        resource_of(world, place.value)
        for resource_type, pattern in _FAILURE_TARGETS
        for resource in world.of_type(resource_type)
        for _, place in world.properties(resource).select(pattern)
    )
    return {target for target in targets if target is not None and target.type == QUEUE}
