"""Tell what happens to the events of each function of an app."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from constructs_lib.explain.model import Account, Route
from constructs_lib.explain.routes import route
from constructs_lib.explain.watching import alarms_on
from constructs_lib.graph.app import App
from constructs_lib.graph.arn import physical_name
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.services import CLOUDFORMATION
from constructs_lib.graph.invokers.targets import FUNCTION
from constructs_lib.graph.invokers.unseen import configured_unseen, reachable
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.worlds import worlds

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_Held = Mapping[tuple[Template, str], bool]
"""Whether each condition of the templates holds."""


def accounts(app: App) -> list[Account]:
    """Return an account of each function, in the order of templates and labels, custom resources last.

    A function that conditions decide about is accounted for as in the first world in which it exists.
    """
    found: dict[Resource, list[Account | None]] = {one: [] for one in app.by_type.get(FUNCTION, ())}
    held: list[_Held] = []
    for world in worlds(app):
        held.append(
            {(one, name): world.holds(one, name) for one in app.templates for name in one.section("Conditions")}
        )
        for function, several in found.items():
            several.append(_account(world, function) if world.exists(function) else None)
    return sorted((one for several in found.values() for one in _first(several, held)), key=partial(_order, app))


def _order(app: App, account: Account) -> tuple[bool, int, str]:
    names = {route.service for route in account.routes}
    return names == {CLOUDFORMATION.name}, app.index(account.function.template), account.function.label


def _first(several: Sequence[Account | None], held: Sequence[_Held]) -> Iterator[Account]:
    for first, here in zip(several, held, strict=True):
        if first is None:
            continue
        conditional = any(one != first for one in several)
        yield replace(first, conditional=conditional, assumed=_varying(here, held) if conditional else ())
        return


def _varying(here: _Held, held: Sequence[_Held]) -> tuple[str, ...]:
    """Say what is taken of the conditions that do not hold everywhere alike."""
    varying = {name: value for (one, name), value in here.items() if any(other[one, name] != value for other in held)}
    return tuple(f"{name} is {str(value).lower()}" for name, value in sorted(varying.items()))


def _account(world: "World", function: Resource) -> Account:
    routes = _merged([route(world, one) for one in world.once(invocations).get(function, ())])
    return Account(
        function=function,
        name=physical_name(world, function),
        timeout=timeout(world, function),
        routes=routes,
        alarms=alarms_on(world, function),
        notes=_notes(world, function),
    )


def _merged(routes: list[Route]) -> tuple[Route, ...]:
    """Make one of those routes that differ in nothing but the resource."""
    found: dict[Route, list[Resource]] = {}
    for one in routes:
        same = found.setdefault(replace(one, resources=()), [])
        same += [resource for resource in one.resources if resource not in same]
    return tuple(replace(one, resources=tuple(resources)) for one, resources in found.items())


def _notes(world: "World", function: Resource) -> tuple[str, ...]:
    notes = []
    properties = world.properties(function)
    if properties["ReservedConcurrentExecutions"].number() == 0:
        notes.append("its reserved concurrency is 0: it never runs")
    if not properties["DurableConfig"].absent:
        notes.append("it is a durable function: Lambda sends nothing to its destinations, only to a dead-letter queue")
    if configured_unseen(world, function):
        notes.append("what the templates do not show, a nested stack or a transform, may configure or invoke it")
    elif not world.once(invocations).get(function) and reachable(world, function):
        notes.append("other stacks or people know its name, and may invoke it")
    return tuple(notes)
