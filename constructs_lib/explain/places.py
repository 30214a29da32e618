"""Where failed events end: the places that properties name, and the ways to be lost."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from constructs_lib.explain.model import End, Fate
from constructs_lib.explain.watching import watchers
from constructs_lib.explain.wording import named
from constructs_lib.graph.arn import resource_of, service_of
from constructs_lib.graph.failures.failure_queues import FailurePlace, failure_places
from constructs_lib.graph.invokers.targets import Target, is_opaque, target_of
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Value

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_OUTSIDE: Final = {
    "sqs": "a queue",
    "sns": "a topic",
    "s3": "a bucket",
    "lambda": "a function",
    "events": "an event bus",
}


def lost(why: str) -> End:
    """Return the end of an event that nobody keeps."""
    return End(Fate.LOST, why)


def caller(who: str, alarms: tuple[str, ...] | None = None) -> End:
    """Return the end of an event whose error somebody gets who waits for the answer, and the alarms on that."""
    return End(Fate.CALLER, who, watchers=alarms)


def untold(why: str) -> End:
    """Return an end that the templates, or AWS, do not tell."""
    return End(Fate.UNKNOWN, why)


def kept(world: "World", here: Template, value: Value) -> End:
    """Return the end of an event at what a value denotes in a template."""
    if value is UNKNOWN:
        return untold("a place that the templates do not tell")
    target = target_of(world, here, value)
    resource = target.function if isinstance(target, Target) else resource_of(world, here, value)
    if resource is None:
        return End(Fate.KEPT, f"{_OUTSIDE.get(service_of(value) or '', 'a place')} outside of the app")
    if is_opaque(resource):
        return untold(f"a place that only {named(resource)} knows")
    return End(Fate.KEPT, named(resource), resource, watchers(world, resource))


def kept_by(world: "World", resource: Resource, below: Sequence[str] = ()) -> list[End]:
    """Return where a resource says that its failed events are kept; nowhere when there is no such property.

    Parameters
    ----------
    world, resource
        The rule, the subscription, the mapping: what has the property.
    below
        The place below which it has to be, when there are several: the one target of a rule.
    """
    depth = len(below)
    places = [one for one in world.once(_places).get(resource, ()) if one.above.path[:depth] == tuple(below)]
    return [kept(world, resource.template, one.value) for one in places]


def _places(world: "World") -> dict[Resource, list[FailurePlace]]:
    found: dict[Resource, list[FailurePlace]] = defaultdict(list)
    for place in world.once(failure_places):
        found[place.resource].append(place)
    return found
