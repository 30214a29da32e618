"""Tell what becomes of the events of one invocation."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.amounts import duration
from constructs_lib.explain import asynchronous, callers, polling
from constructs_lib.explain.delivery import as_set, delivery
from constructs_lib.explain.invoker import only_allowed, senders
from constructs_lib.explain.model import Fate, Route, Stage
from constructs_lib.explain.places import caller
from constructs_lib.explain.watching import backlog
from constructs_lib.explain.wording import qualifier_name
from constructs_lib.facts import CUSTOM_RESOURCE_TIMEOUT_MAX_SECONDS, PIPELINE_REPLY_SECONDS, InvocationModel
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.mappings import Mapping, mappings
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_STACK: Final = caller("the stack, whose deployment fails when it hears nothing")

_UNTIL: Final = "until somebody turns it on"


def route(world: "World", one: Invocation) -> Route:
    """Return who invokes, how, and where a failed event ends."""
    mapping = world.once(_mappings).get(one.resource)
    name, resources = senders(world, one)
    return Route(
        service=mapping.source_name if mapping else name,
        resources=resources,
        only_allowed=only_allowed(one),
        qualifier=qualifier_name(one.qualifier),
        model=one.model,
        limits=_limits(world, one),
        notes=_notes(world, one, mapping),
        backlog=backlog(world, mapping.queue) if mapping and mapping.queue else None,
        stages=tuple(_stages(world, one, mapping)),
    )


def _stages(world: "World", one: Invocation, mapping: Mapping | None) -> list[Stage]:
    if mapping is not None:
        return [polling.execution(world, mapping)]
    if one.model is InvocationModel.SYNCHRONOUS:
        return [callers.execution(world, one)]
    if one.model is InvocationModel.ASYNCHRONOUS:
        stage = asynchronous.execution(world, one.target)
        if one.service is services.CLOUDFORMATION:
            stage = replace(stage, ends=(*(end for end in stage.ends if end.fate is not Fate.LOST), _STACK))
        return [delivery(world, one), stage]
    known = [delivery(world, one)] if as_set(world, one) else []
    return [*known, asynchronous.execution(world, one.target)]


def _limits(world: "World", one: Invocation) -> tuple[str, ...]:
    if one.model is InvocationModel.SYNCHRONOUS:
        return callers.limits(world, one)
    if one.service is services.CLOUDFORMATION:
        place = world.properties(one.resource)["ServiceTimeout"]
        long = place.number(CUSTOM_RESOURCE_TIMEOUT_MAX_SECONDS)
        wait = "for a time that the templates do not tell" if long is None else duration(long)
        return (f"the stack waits {wait} for the answer of the custom resource",)
    if one.service is services.CODEPIPELINE:
        return (f"the pipeline waits {duration(PIPELINE_REPLY_SECONDS)} for the result",)
    return ()


def _notes(world: "World", one: Invocation, mapping: Mapping | None) -> tuple[str, ...]:
    notes = []
    if _turned_off(world, one, mapping):
        name = "State" if mapping is None else "Enabled"
        # What is a function of the template, a condition or a parameter decides.
        decided = isinstance((one.resource.raw.get("Properties") or {}).get(name), dict)
        notes.append(f"turned off: it invokes nothing {'in this outcome' if decided else _UNTIL}")
    elif one.model is None:
        notes.append("the templates do not tell how it invokes; what follows holds if it does so asynchronously")
    if one.model is InvocationModel.ASYNCHRONOUS:
        notes += asynchronous.notes(world, one.target)
    return tuple(notes)


def _turned_off(world: "World", one: Invocation, mapping: Mapping | None) -> bool:
    if mapping is not None:
        return mapping.enabled is False
    return one.model is None and world.properties(one.resource)["State"].text() == "DISABLED"


def _mappings(world: "World") -> dict[Resource, Mapping]:
    return {one.resource: one for one in world.once(mappings)}
