"""The value of parameters and pseudo parameters."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.conditions import choose
from constructs_lib.graph.template import UNKNOWN_PARTITION, Template
from constructs_lib.graph.values import UNKNOWN, Scalar, Structure, Value, scalar_text
from constructs_lib.graph.variables import Other, passed, variable

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_PLACEHOLDERS: Final = {"AWS::Partition": UNKNOWN_PARTITION, "AWS::URLSuffix": "${URLSuffix}"}


def pseudo_parameter(world: "World", template: Template, name: str) -> Value:
    """Return the value of a pseudo parameter.

    An unknown region, account or partition is a text that is the same in all stacks that do not know it: what the
    stacks of one app refer to in each other, they refer to within one environment.
    """
    if name == "AWS::NoValue":
        return None
    chosen = _choice(world, template, name)
    if isinstance(chosen, str):
        return chosen
    if name == "AWS::Region":
        return template.environment.region
    if name == "AWS::AccountId":
        return template.environment.account
    if name == "AWS::StackName":
        return template.environment.stack_name or UNKNOWN
    return _PLACEHOLDERS.get(name, UNKNOWN)


def parameter(world: "World", template: Template, name: str) -> Value:
    """Return the value of a parameter: what the parent stack passes, what this world chose, or its default."""
    declaration = template.section("Parameters").get(name)
    if not isinstance(declaration, dict):
        return UNKNOWN
    kind = str(declaration.get("Type"))
    value: Value
    if template.parent is not None and passed(template, name) is not None:
        value = world.resolve(template.parent.template, passed(template, name))
    else:
        value = _own_value(world, template, name)
    if isinstance(value, str) and (kind.startswith("List<") or kind == "CommaDelimitedList"):
        return Structure(template, [element.strip() for element in value.split(",")])
    return value


def _own_value(world: "World", template: Template, name: str) -> Value:
    declaration = template.section("Parameters")[name]
    chosen = _choice(world, template, name)
    if isinstance(chosen, str):
        return chosen
    default = declaration.get("Default")
    # The default of such a parameter is the name under which Systems Manager keeps the value.
    if str(declaration.get("Type")).startswith("AWS::SSM::Parameter::Value") or not isinstance(default, Scalar):
        return UNKNOWN
    if isinstance(chosen, Other) and scalar_text(default) in chosen.excluded:
        return UNKNOWN
    return default


def _choice(world: "World", template: Template, name: str) -> str | Other | None:
    key = variable(world.app, template, {"Ref": name})
    if key is None:
        return None
    if world.deciding:
        chosen = choose(world, key, world.app.domains.get(key, (Other(frozenset()),)))
    else:
        chosen = world.choices.get(key, Other(frozenset()))
    return chosen if isinstance(chosen, str | Other) else None
