"""Who sends failed or successful events on with the permissions of a role, and where to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.failures.asynchronous import all_async_configs, dead_letter_target
from constructs_lib.graph.failures.fifo import is_fifo
from constructs_lib.graph.iam.access import with_key
from constructs_lib.graph.iam.coverage import Asked
from constructs_lib.graph.iam.roles import execution_role, role_of
from constructs_lib.graph.invokers.mappings import STREAMS, mappings
from constructs_lib.graph.invokers.targets import FUNCTION, LATEST, lambda_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

PIPE: Final = "AWS::Pipes::Pipe"

FAILURE_KEYS: Final = "/aws/lambda/*"
"""Where in a bucket Lambda puts failed events (facts R3 and K-6)."""
_SEND: Final = {
    "AWS::SQS::Queue": (("sqs:SendMessage", ""),),
    "AWS::SNS::Topic": (("sns:Publish", ""),),
    "AWS::Events::EventBus": (("events:PutEvents", ""),),
    "AWS::S3::Bucket": (("s3:PutObject", FAILURE_KEYS), ("s3:ListBucket", "")),
}
"""What sending asks of the role, by the type of the target (fact F9)."""
_KEY: Final = {
    "AWS::SQS::Queue": ("kms:GenerateDataKey", "kms:Decrypt"),
    "AWS::SNS::Topic": ("kms:GenerateDataKey", "kms:Decrypt"),
    "AWS::S3::Bucket": ("kms:GenerateDataKey",),
}
"""What an encrypted target asks of it besides (fact F10)."""


@dataclass(frozen=True, eq=False)
class Sender:
    """Something that sends events with the permissions of a role of the app."""

    resource: Resource
    """The function, the schedule or the pipe."""
    role: Resource
    place: Node
    """The property that names the target."""
    target: Resource
    wanted: Sequence[tuple[str, Asked]]
    """What the role has to be allowed."""


def senders(world: "World") -> Iterator[Sender]:
    """Yield the senders whose role and target are in the app, without those that cannot send there at all."""
    for resource, role, place in _places(world):
        if role is None or place.absent or _is_refused(world, place):
            continue
        called = lambda_target(place)
        if called is not None:
            key = "" if called.qualifier == LATEST else ":*"
            wanted = [("lambda:InvokeFunction", Asked(called.function, key))]
            yield Sender(resource, role, place, called.function, wanted)
            continue
        target = resource_of(world, place.resource.template, place.value)
        if target is not None and target.type in _SEND:
            wanted = [(action, Asked(target, key)) for action, key in _SEND[target.type]]
            wanted += with_key(world, target, *_KEY.get(target.type, ()))
            yield Sender(resource, role, place, target, wanted)


def _is_refused(world: "World", place: Node) -> bool:
    """Say whether no permission helps, as what the place names can be no target there."""
    here = place.resource.template
    if place.resource.type != PIPE and is_fifo(world, here, place.value):
        return True
    target = resource_of(world, here, place.value)
    return "OnSuccess" in place.path and target is not None and target.type == "AWS::S3::Bucket"


def _places(world: "World") -> Iterator[tuple[Resource, Resource | None, Node]]:
    for function in world.of_type(FUNCTION):
        yield function, execution_role(world, function), dead_letter_target(world, function)
    for config in world.once(all_async_configs):
        # Durable functions have no destinations.
        if isinstance(config.function, Resource) and not world.properties(config.function)["DurableConfig"].present:
            for outcome in ("OnSuccess", "OnFailure"):
                place = config.properties.get(f"DestinationConfig.{outcome}.Destination")
                yield config.function, execution_role(world, config.function), place
    for mapping in world.once(mappings):
        if mapping.target is not None and mapping.service in (None, "kafka", *STREAMS):
            place = mapping.properties.get("DestinationConfig.OnFailure.Destination")
            yield mapping.target.function, execution_role(world, mapping.target.function), place
    for schedule in world.of_type("AWS::Scheduler::Schedule"):
        target = world.properties(schedule)["Target"]
        yield schedule, role_of(target["RoleArn"]), target.get("DeadLetterConfig.Arn")
    for pipe in world.of_type(PIPE):
        properties = world.properties(pipe)
        for _, place in properties.select("SourceParameters.*.DeadLetterConfig.Arn"):
            yield pipe, role_of(properties["RoleArn"]), place
