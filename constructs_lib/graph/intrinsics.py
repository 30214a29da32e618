"""The intrinsic functions: each takes a world, the template and its argument, and returns a value."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from constructs_lib.graph.arn import arn_fields
from constructs_lib.graph.nearest import nearest
from constructs_lib.graph.parameters import parameter, pseudo_parameter
from constructs_lib.graph.template import Template
from constructs_lib.graph.values import UNKNOWN, Reference, Scalar, Structure, Value, fold, join, scalar_text

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

Function = Callable[["World", Template, Any], Value]

_Output = tuple[Template, Any]
"""An output, after the template it is in."""

_INDEX = re.compile(r"[0-9]{1,9}")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


def find(raw: dict[str, Any]) -> Function | None:
    """Return the intrinsic function that a mapping calls; None when it is a plain mapping."""
    if len(raw) != 1:
        return None
    name = str(next(iter(raw)))
    if name == "Ref" or name.startswith("Fn::"):
        function: Function = _FUNCTIONS.get(name, _unknown)
        return function
    return None


def _unknown(*_: Any) -> Value:
    return UNKNOWN


def _ref(world: "World", template: Template, name: Any) -> Value:
    if not isinstance(name, str):
        return UNKNOWN
    if name.startswith("AWS::"):
        return pseudo_parameter(world, template, name)
    if name in template.resources:
        return Reference(template.resources[name])
    return parameter(world, template, name)


def _get_att(world: "World", template: Template, argument: Any) -> Value:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) < 2 or not all(isinstance(part, str) for part in parts):
        return UNKNOWN
    name, attribute = parts[0], ".".join(parts[1:])
    if name in template.nested and attribute.startswith("Outputs."):
        nested = template.nested[name]
        output = nested.section("Outputs").get(attribute.removeprefix("Outputs."))
        return (
            world.resolve(nested, output.get("Value"))
            if isinstance(output, dict) and _exists(world, nested, output)
            else UNKNOWN
        )
    if name in template.resources:
        return Reference(template.resources[name], attribute)
    return UNKNOWN


def _sub(world: "World", template: Template, argument: Any) -> Value:
    text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(variables, dict):
        return UNKNOWN
    values: list[Value] = []
    for index, piece in enumerate(_VARIABLE.split(text)):
        if index % 2 == 0:
            values.append(piece)
        elif piece.startswith("!"):
            values.append("${" + piece[1:] + "}")
        elif piece.strip() in variables:
            values.append(world.resolve(template, variables[piece.strip()]))
        else:
            function = _get_att if "." in piece else _ref
            values.append(function(world, template, piece.strip()))
    return join(values)


def _join(world: "World", template: Template, argument: Any) -> Value:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        return UNKNOWN
    elements = _list(world, template, argument[1])
    return UNKNOWN if elements is None else join(elements, argument[0])


def _split(world: "World", template: Template, argument: Any) -> Value:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str) or not argument[0]:
        return UNKNOWN
    value = world.resolve(template, argument[1])
    if isinstance(value, str):
        return Structure(template, list(value.split(argument[0])))
    if isinstance(value, Reference) and argument[0] == ":":
        return Structure(template, arn_fields(world, value))
    return UNKNOWN


def _select(world: "World", template: Template, argument: Any) -> Value:
    if not isinstance(argument, list) or len(argument) != 2:
        return UNKNOWN
    index = world.resolve(template, argument[0])
    elements = _list(world, template, argument[1])
    if not isinstance(index, int | str) or not _INDEX.fullmatch(str(index)) or elements is None:
        return UNKNOWN
    return elements[int(index)] if int(index) < len(elements) else UNKNOWN


def _if(world: "World", template: Template, argument: Any) -> Value:
    if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
        return UNKNOWN
    return world.resolve(template, argument[1 if world.holds(template, argument[0]) else 2])


def _find_in_map(world: "World", template: Template, argument: Any) -> Value:
    if not isinstance(argument, list) or len(argument) < 3:
        return UNKNOWN
    found: Any = template.section("Mappings")
    for part in argument[:3]:
        key = world.resolve(template, part)
        if not isinstance(found, dict) or not isinstance(key, Scalar) or scalar_text(key) not in found:
            return UNKNOWN
        found = found[scalar_text(key)]
    return world.resolve(template, found)


def _import_value(world: "World", template: Template, argument: Any) -> Value:
    name = world.resolve(template, argument)
    exports = world.once(_exports).get(name, ()) if isinstance(name, str) else ()
    return _nearest_output(world, template, exports)


def _exports(world: "World") -> dict[str, list[_Output]]:
    exports: dict[str, list[_Output]] = {}
    for exporter, output in world.app.exports:
        name = world.resolve(exporter, output["Export"].get("Name"))
        if isinstance(name, str):
            exports.setdefault(name, []).append((exporter, output))
    return exports


def _get_stack_output(world: "World", template: Template, argument: Any) -> Value:
    """Resolve a weak cross-stack reference, which CDK writes when it does not export."""
    if not isinstance(argument, dict):
        return UNKNOWN
    stack, output = (world.resolve(template, argument.get(key)) for key in ("StackName", "OutputName"))
    region = world.resolve(template, argument.get("Region", ""))
    # A role of another account lets the stack read there.
    role = fold(world.resolve(template, argument.get("RoleArn", "::::")))[0].split(":")
    if not isinstance(stack, str) or not isinstance(region, str) or len(role) < 5:
        return UNKNOWN
    outputs = [(other, other.section("Outputs").get(str(output))) for other in world.once(_stacks).get(stack, ())]
    return _nearest_output(world, template, outputs, region, role[4])


def _stacks(world: "World") -> dict[str, list[Template]]:
    stacks: dict[str, list[Template]] = {}
    for template in world.app.templates:
        if template.environment.stack_name is not None:
            stacks.setdefault(template.environment.stack_name, []).append(template)
    return stacks


def _nearest_output(
    world: "World", template: Template, outputs: Iterable[_Output], region: str = "", account: str = ""
) -> Value:
    dicts = ((other, output) for other, output in outputs if isinstance(output, dict))
    existing = [(other, (other, output)) for other, output in dicts if _exists(world, other, output)]
    found = nearest(template, existing, region, account)
    return world.resolve(found[0], found[1].get("Value")) if isinstance(found, tuple) else UNKNOWN


def _exists(world: "World", template: Template, output: dict[str, Any]) -> bool:
    condition = output.get("Condition")
    within = template.parent is None or world.exists(template.parent)
    return within and (not isinstance(condition, str) or world.holds(template, condition))


def _list(world: "World", template: Template, raw: Any) -> list[Value] | None:
    """Resolve a list and its elements; absent elements are left out."""
    value = world.resolve(template, raw)
    if not isinstance(value, Structure) or not isinstance(value.content, list):
        return None
    elements = [world.resolve(value.template, element) for element in value.content]
    return [element for element in elements if element is not None]


_FUNCTIONS: dict[str, Function] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
    "Fn::GetStackOutput": _get_stack_output,
}
