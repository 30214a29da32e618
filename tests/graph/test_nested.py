from pathlib import Path
from typing import Any

from constructs_lib.graph.values import UNKNOWN, Reference
from constructs_lib.graph.worlds import worlds
from tests.graph.build import nested_stack, write_app

QUEUE = {"Type": "AWS::SQS::Queue"}


def test_a_parameter_is_what_the_parent_passes(tmp_path: Path) -> None:
    parent = {"Resources": {"Queue": QUEUE, "Nested": nested_stack(Arn={"Fn::GetAtt": ["Queue", "Arn"]})}}
    nested = {"Parameters": {"Arn": {"Type": "String"}}, "Resources": {}}
    app = write_app(tmp_path, parent, nested)
    value = next(worlds(app)).resolve(app.templates[1], {"Ref": "Arn"})
    assert isinstance(value, Reference)
    assert value.resource.logical_id == "Queue"


def test_an_output_is_resolved_in_the_nested_stack(tmp_path: Path) -> None:
    parent = {"Resources": {"Nested": nested_stack()}}
    nested = {"Resources": {"Queue": QUEUE}, "Outputs": {"Out": {"Value": {"Ref": "Queue"}}}}
    app = write_app(tmp_path, parent, nested)
    world = next(worlds(app))
    value = world.resolve(app.templates[0], {"Fn::GetAtt": ["Nested", "Outputs.Out"]})
    assert isinstance(value, Reference)
    assert value.resource.template is app.templates[1]
    assert world.resolve(app.templates[0], {"Fn::GetAtt": ["Nested", "Outputs.Missing"]}) is UNKNOWN


def test_a_parameter_and_an_output_in_a_circle_end(tmp_path: Path) -> None:
    parent = {"Resources": {"Nested": nested_stack(P={"Fn::GetAtt": ["Nested", "Outputs.Out"]})}}
    nested: dict[str, Any] = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {},
        "Outputs": {"Out": {"Value": {"Ref": "P"}}},
    }
    app = write_app(tmp_path, parent, nested)
    assert next(worlds(app)).resolve(app.templates[1], {"Ref": "P"}) is UNKNOWN


def test_a_condition_on_the_nested_stack_is_one_on_all_in_it(tmp_path: Path) -> None:
    stack = {**nested_stack(), "Condition": "Wanted"}
    parent = {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"Wanted": {"Fn::Equals": [{"Ref": "P"}, "yes"]}},
        "Resources": {"Nested": stack},
    }
    app = write_app(tmp_path, parent, {"Resources": {"Queue": QUEUE}})
    assert sorted(len(list(world.of_type("AWS::SQS::Queue"))) for world in worlds(app)) == [0, 1]


def test_a_nested_condition_follows_the_parameter_of_the_parent(tmp_path: Path) -> None:
    """The same question asked in parent and nested stack has the same answer."""
    parent = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {"Queue": {**QUEUE, "Condition": "Prod"}, "Nested": nested_stack(Env={"Ref": "Stage"})},
    }
    nested = {
        "Parameters": {"Env": {"Type": "String"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
        "Resources": {"Queue": {**QUEUE, "Condition": "IsProd"}},
    }
    app = write_app(tmp_path, parent, nested)
    assert sorted(len(list(world.of_type("AWS::SQS::Queue"))) for world in worlds(app)) == [0, 2]


def test_a_parameter_the_parent_leaves_out_is_decided(tmp_path: Path) -> None:
    nested = {
        "Parameters": {"Env": {"Type": "String", "Default": "prod"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
        "Resources": {"Queue": {**QUEUE, "Condition": "IsProd"}},
    }
    app = write_app(tmp_path, {"Resources": {"Nested": nested_stack()}}, nested)
    assert [len(list(world.of_type("AWS::SQS::Queue"))) for world in worlds(app)] == [1]
