"""Evaluate the conditions of a template in a world, asking for a choice where the templates leave it open."""

from typing import TYPE_CHECKING, Any

from constructs_lib.graph.template import Template
from constructs_lib.graph.values import Scalar, scalar_text
from constructs_lib.graph.variables import Choice, Other, Undecided, variable

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


def holds(world: "World", template: Template, name: str, active: frozenset[str] = frozenset()) -> bool:
    """Evaluate a named condition.

    Raises
    ------
    Undecided
        When it depends on a choice that the world has not made.
    """
    expression = template.section("Conditions").get(name)
    if expression is None or name in active:
        return _free(world, template, f"condition {name}")
    return _evaluate(world, template, expression, active | {name})


def choose(world: "World", key: str, options: tuple[Choice, ...]) -> Choice:
    """Return what the world chose.

    Raises
    ------
    Undecided
        When it has not chosen.
    """
    if key not in world.choices:
        raise Undecided(key, options)
    return world.choices[key]


def _evaluate(world: "World", template: Template, expression: Any, active: frozenset[str]) -> bool:
    if isinstance(expression, dict) and len(expression) == 1:
        ((function, argument),) = expression.items()
        if function == "Condition" and isinstance(argument, str):
            return holds(world, template, argument, active)
        if function == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:
            return _equals(world, template, argument)
        if function in ("Fn::And", "Fn::Or") and isinstance(argument, list) and argument:
            return _any(world, template, argument, active, wanted=function == "Fn::Or")
        if function == "Fn::Not" and isinstance(argument, list) and len(argument) == 1:
            return not _evaluate(world, template, argument[0], active)
    return _free(world, template, f"condition {expression}")


def _any(world: "World", template: Template, parts: list[Any], active: frozenset[str], *, wanted: bool) -> bool:
    """Return ``wanted`` as soon as one part has that value, whatever the undecided ones are."""
    undecided: Undecided | None = None
    for part in parts:
        try:
            if _evaluate(world, template, part, active) is wanted:
                return wanted
        except Undecided as error:
            undecided = undecided or error
    if undecided is not None:
        raise undecided
    return not wanted


def _equals(world: "World", template: Template, operands: list[Any]) -> bool:
    left, right = (_operand(world, template, operand) for operand in operands)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Other) and isinstance(other, str) and other in one.excluded:
            return False
    keys = [variable(world.app, template, operand) for operand in operands]
    if keys[0] is not None and keys[0] == keys[1]:
        return True
    return _free(world, template, f"equals {operands}")


def _operand(world: "World", template: Template, operand: Any) -> Choice | None:
    key = variable(world.app, template, operand)
    if key is not None:
        return choose(world, key, world.app.domains.get(key, (Other(frozenset()),)))
    value = world.resolve(template, operand)
    return scalar_text(value) if isinstance(value, Scalar) else None


def _free(world: "World", template: Template, name: str) -> bool:
    """Decide what nothing in the templates decides: true in one world, false in another."""
    return bool(choose(world, f"{world.app.index(template)} {name}", (True, False)))
