"""Apps and worlds made from template sections, without files."""

import json
from pathlib import Path
from typing import Any

from constructs_lib.graph.app import App
from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import Environment, Template, TemplateFile
from constructs_lib.graph.values import Value
from constructs_lib.graph.world import World
from constructs_lib.graph.worlds import worlds

FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "physical"}}


def make_app(*bodies: dict[str, Any], environment: Environment | None = None) -> App:
    return App(
        Template(Path(f"{index}.template.json"), {"Resources": {}, **body}, environment or Environment())
        for index, body in enumerate(bodies)
    )


def make_world(*bodies: dict[str, Any], environment: Environment | None = None) -> World:
    return next(worlds(make_app(*bodies, environment=environment)))


def resolve(
    raw: Any, *, environment: Environment | None = None, others: list[dict[str, Any]] | None = None, **body: Any
) -> Value:
    """Resolve a value in a template with the sections."""
    world = make_world(body, *(others or []), environment=environment)
    return world.resolve(world.app.templates[0], raw)


def properties(world: World, logical_id: str) -> Node:
    for template in world.app.templates:
        if logical_id in template.resources:
            return world.properties(template.resources[logical_id])
    raise KeyError(logical_id)


def write_app(folder: Path, parent: dict[str, Any], nested: dict[str, Any]) -> App:
    """Load a stack ``Nested`` within a stack from files."""
    (folder / "nested.template.json").write_text(json.dumps(nested))
    (folder / "parent.template.json").write_text(json.dumps(parent))
    return load_app([TemplateFile(folder / "parent.template.json", Environment("111111111111", "eu-west-1", "parent"))])


def nested_stack(**parameters: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://elsewhere", "Parameters": parameters},
        "Metadata": {"aws:asset:path": "nested.template.json"},
    }
