"""Functions that can cause their own invocation: what they write to invokes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.failures.asynchronous import all_async_configs, async_configs
from constructs_lib.graph.failures.failure_senders import FAILURE_KEYS
from constructs_lib.graph.iam import globs
from constructs_lib.graph.iam.roles import execution_role, granted_keys
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.invokers.targets import lambda_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_CREATED: Final = "s3:ObjectCreated"


@dataclass(frozen=True, eq=False)
class Loop:
    """A way back from a function to itself."""

    function: Resource
    place: Node
    """The property that closes the loop."""
    via: Resource
    """The bucket, topic or queue, or the function itself."""
    sends: bool
    """Whether Lambda sends there by itself, as to a destination; otherwise the function may write there."""


def loops(world: "World") -> list[Loop]:
    """Return the loops; ask with ``world.once``.

    Only what the role of the function is certainly allowed counts, and only by policies that name the bucket, topic or
    queue: one that allows an action on everything says nothing about what the function writes to. What a filter of
    the source may keep out counts neither.
    """
    return [*_through_events(world), *_through_queues(world), *_through_destinations(world)]


def _through_events(world: "World") -> Iterator[Loop]:
    for function, several in world.once(invocations).items():
        role = execution_role(world, function)
        for one in several if role is not None else ():
            source = one.source
            if source is None or role is None:
                continue
            if source.type == "AWS::SNS::Topic" and _unfiltered(one):
                if "" in granted_keys(world, role, "sns:Publish", source):
                    yield Loop(function, one.evidence, source, sends=False)
            elif source.type == "AWS::S3::Bucket":
                wanted = _notified(one.settings)
                if wanted is not None and any(globs.overlap(wanted, key) for key in _written(world, function, source)):
                    yield Loop(function, one.evidence, source, sends=False)


def _through_queues(world: "World") -> Iterator[Loop]:
    for mapping in world.once(mappings):
        if mapping.target is None or mapping.queue is None or not mapping.properties["FilterCriteria"].absent:
            continue
        role = execution_role(world, mapping.target.function)
        enabled = mapping.properties["Enabled"].text() in (None, "true")
        if enabled and role is not None and "" in granted_keys(world, role, "sqs:SendMessage", mapping.queue):
            yield Loop(mapping.target.function, mapping.properties["EventSourceArn"], mapping.queue, sends=False)


def _through_destinations(world: "World") -> Iterator[Loop]:
    """Yield the destinations that invoke the same qualifier asynchronously: only then they are used again."""
    for config in world.once(all_async_configs):
        function = config.function
        if not isinstance(function, Resource) or config.qualifier is UNKNOWN:
            continue
        several = world.once(invocations).get(function, ())
        for outcome in ("OnSuccess", "OnFailure"):
            place = config.properties.get(f"DestinationConfig.{outcome}.Destination")
            called = lambda_target(place)
            if called is not None:
                if (called.function, called.qualifier) == (function, config.qualifier):
                    yield Loop(function, place, function, sends=True)
                continue
            topic = resource_of(world, place.resource.template, place.value)
            subscribed = (one for one in several if one.source is topic and one.qualifier == config.qualifier)
            if topic is not None and topic.type == "AWS::SNS::Topic" and any(map(_unfiltered, subscribed)):
                yield Loop(function, place, topic, sends=True)


def _written(world: "World", function: Resource, bucket: Resource) -> Sequence[str]:
    """Return the patterns of the keys that a function may write, each after a slash."""
    for config in async_configs(world, function):
        # Then this is what the role is allowed to write for.
        if resource_of(world, config.properties.template, config.on_failure.value) is bucket:
            return (FAILURE_KEYS,)
    role = execution_role(world, function)
    return granted_keys(world, role, "s3:PutObject", bucket) if role is not None else ()


def _unfiltered(invocation: Invocation) -> bool:
    return invocation.service is services.SNS and invocation.settings["FilterPolicy"].absent


def _notified(settings: Node) -> str | None:
    """Return the pattern of the keys that a bucket notifies of when objects are created; None when unknown or none."""
    events = [settings["Event"], *settings["Events"].children]
    if not any((event.text() or "").startswith(_CREATED) for event in events):
        return None
    prefix, suffix = "", ""
    # Both spellings: that of CloudFormation, and that of the API, which CDK passes to its custom resource.
    for rules in (settings.get("Filter.S3Key.Rules"), settings.get("Filter.Key.FilterRules")):
        if rules.value is UNKNOWN:
            return None
        for rule in rules.children:
            name, value = rule["Name"].text(), rule["Value"].text()
            if name is None or value is None:
                return None
            if name.lower() == "prefix":
                prefix = value
            else:
                suffix = value
    return f"/{prefix}*{suffix}"
