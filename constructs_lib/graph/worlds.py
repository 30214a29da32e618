"""Enumerate the worlds of an app: the feasible assignments of the conditions that matter.

An app without conditions is one world. Every world that is visited can really happen, so what a rule finds in one
is true whatever the others are. Above ``WORLD_LIMIT`` a fixed sample of the worlds is visited instead of all of them:
then a finding can be missed, but none is wrong. One that depends on two independent conditions with a choice of two
each is missed once in ten thousand times; one that depends on more of them, or on one of many values, more often.
"""

import random
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.graph.app import App
from constructs_lib.graph.template import Template
from constructs_lib.graph.variables import Choice, Undecided
from constructs_lib.graph.world import World

WORLD_LIMIT: Final = 32
"""The most worlds of one app that are visited."""

METADATA: Final = "AWS::CDK::Metadata"
_METADATA_CONDITION: Final = "CDKMetadataAvailable"


def worlds(app: App) -> Iterator[World]:
    """Yield the worlds of an app, always in the same order."""
    matter = [
        (template, name)
        for template in app.templates
        if template.section("Conditions").keys() - {_METADATA_CONDITION}
        for name in sorted(_used(template) & template.section("Conditions").keys())
    ]
    for choices in _explore(app, matter):
        yield World(app, choices)


def _explore(app: App, matter: list[tuple[Template, str]]) -> list[dict[str, Choice]]:
    pending: list[dict[str, Choice]] = [{}]
    found: list[dict[str, Choice]] = []
    while pending:
        if len(pending) + len(found) > WORLD_LIMIT:
            return _sample(app, matter)
        choices = pending.pop()
        undecided = _decide(World(app, choices, deciding=True), matter)
        if undecided is None:
            found.append(choices)
        else:
            pending.extend({**choices, undecided.key: option} for option in reversed(undecided.options))
    return found


def _sample(app: App, matter: list[tuple[Template, str]]) -> list[dict[str, Choice]]:
    dice = random.Random(0)
    found: list[dict[str, Choice]] = []
    for _ in range(WORLD_LIMIT):
        world = World(app, deciding=True)
        while (undecided := _decide(world, matter)) is not None:
            world.choices[undecided.key] = dice.choice(undecided.options)
        if world.choices not in found:
            found.append(world.choices)
    return found


def _decide(world: World, matter: list[tuple[Template, str]]) -> Undecided | None:
    """Return what is still to be chosen before all conditions that matter are decided."""
    try:
        for template, name in matter:
            world.holds(template, name)
    except Undecided as undecided:
        return undecided
    return None


def _used(template: Template) -> set[str]:
    """Return the conditions that decide about a resource, a property or an output."""
    names: set[str] = set()
    pending: list[Any] = [template.section("Outputs")]
    for output in template.section("Outputs").values():
        condition = output.get("Condition") if isinstance(output, dict) else None
        if isinstance(condition, str):
            names.add(condition)
    for resource in template.resources.values():
        if resource.type != METADATA:
            pending.append(resource.raw.get("Properties"))
            if resource.condition is not None:
                names.add(resource.condition)
    while pending:
        raw = pending.pop()
        if isinstance(raw, dict):
            branches = raw.get("Fn::If")
            if isinstance(branches, list) and branches and isinstance(branches[0], str):
                names.add(branches[0])
            pending.extend(raw.values())
        elif isinstance(raw, list):
            pending.extend(raw)
    return names
