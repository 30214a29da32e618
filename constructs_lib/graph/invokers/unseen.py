"""What the templates do not show, and the functions that it may be about."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.evidence import unresolved_asynchronous
from constructs_lib.graph.invokers.invoke_calls import invoke_calls
from constructs_lib.graph.invokers.permissions import any_permitted
from constructs_lib.graph.invokers.targets import Target, target_of
from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.values import UNKNOWN, Reference, Structure, Text

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

NESTED_STACK: Final = "AWS::CloudFormation::Stack"

_PUBLISHING: Final = ("AWS::SSM::Parameter", "AWS::CloudFormation::CustomResource")
"""Resources through which another template can learn the name of a function, besides outputs."""
_EXPORTED_BY_CDK: Final = ":ExportsOutput"
"""In the names of the exports that CDK makes."""
_HARMLESS: Final = ("AWS::LanguageExtensions", "AWS::Serverless", "AWS::SecretsManager", "AWS::CodeDeploy")
"""Transforms of a whole template that add nothing to functions, roles and queues that are not their own."""


def reachable(world: "World", function: Resource) -> bool:
    """Say whether a name that is unknown may be that of the function: whether one can know it outside the template.

    One can when it is an output, handed to another stack or to a custom resource, or given by hand.
    """
    return function in world.once(_published) or not world.properties(function)["FunctionName"].absent


def used_unseen(world: "World", resource: Resource) -> bool:
    """Say whether something that the templates do not show, such as an alarm, may be about the resource."""
    return resource.template in world.once(transformed) or resource in world.once(handed_over)


def known_elsewhere(world: "World", resource: Resource) -> bool:
    """Say whether a template that is not in the app may be about the resource: it learns its name or ARN somehow."""
    return resource in world.once(_handed_out)


def configured_unseen(world: "World", function: Resource) -> bool:
    """Say whether something that the templates do not show may configure or invoke the function."""
    return used_unseen(world, function) or (bool(world.once(transformed)) and reachable(world, function))


def invoked_unseen(world: "World", function: Resource) -> bool:
    """Say whether the function may be invoked asynchronously without the templates showing that it is the one."""
    return configured_unseen(world, function) or (world.once(_invokes_any) and reachable(world, function))


def _invokes_any(world: "World") -> bool:
    """Say whether something may invoke any function asynchronously."""
    calls = (one for one in world.once(invoke_calls) if one.target is UNKNOWN)
    may_be = any(one.model in (InvocationModel.ASYNCHRONOUS, None) for one in calls)
    return may_be or bool(world.once(unresolved_asynchronous)) or world.once(any_permitted)


def transformed(world: "World") -> list[Template]:
    """Return the templates with resources that a transform makes: loops, macros and included files.

    Ask with ``world.once``.
    """
    return [one for one in world.app.templates if _is_transformed(one)]


def _is_transformed(template: Template) -> bool:
    names = template.body.get("Transform") or []
    macros = [one for one in (names if isinstance(names, list) else [names]) if not str(one).startswith(_HARMLESS)]
    return bool(macros) or any(key.startswith("Fn::") for key in template.section("Resources"))


def handed_over(world: "World") -> set[Resource]:
    """Return the resources that nested stacks know whose templates are not in the app; ask with ``world.once``."""
    stacks = (one for one in world.of_type(NESTED_STACK) if one.logical_id not in one.template.nested)
    return {one for stack in stacks for one in _referred(world, stack.template, stack.raw)}


def _handed_out(world: "World") -> set[Resource]:
    custom = sorted(name for name in world.app.by_type if name.startswith("Custom::"))
    known = set(world.once(handed_over))
    for resource in world.of_type(*_PUBLISHING, *custom):
        for place in world.properties(resource).children:
            if place.path != ("ServiceToken",):
                known.update(_referred(world, place.template, place.raw))
    for template, output in world.app.exports:
        name = world.resolve(template, output["Export"].get("Name"))
        # CDK exports by itself what another stack refers to; such a stack is in the app.
        if not isinstance(name, str) or _EXPORTED_BY_CDK not in name:
            known.update(_referred(world, template, output.get("Value")))
    return known


def _published(world: "World") -> set[Resource]:
    published = set(world.once(_handed_out))
    for template in world.app.templates:
        published.update(_referred(world, template, template.section("Outputs")))
    return published


def _referred(world: "World", template: Template, raw: Any) -> Iterator[Resource]:
    """Yield the resources that are referred to in a value, however deep: for an alias or version, its function."""
    pending: list[tuple[Template, Any]] = [(template, raw)]
    while pending:
        here, part = pending.pop()
        value = world.resolve(here, part)
        if isinstance(value, Structure):
            inner = value.content.values() if isinstance(value.content, dict) else value.content
            pending.extend((value.template, one) for one in inner)
        for one in value.parts if isinstance(value, Text) else (value,):
            if isinstance(one, Reference):
                target = target_of(world, here, one)
                yield target.function if isinstance(target, Target) else one.resource
