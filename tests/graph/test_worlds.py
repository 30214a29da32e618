from typing import Any

import pytest

from constructs_lib.graph.app import App
from constructs_lib.graph.template import Environment
from constructs_lib.graph.values import UNKNOWN
from constructs_lib.graph.worlds import WORLD_LIMIT, worlds
from tests.graph.build import make_app

STRING = {"Type": "String"}


def existing(app: App) -> list[str]:
    """Return the resources that exist in each world, as one sorted list of texts."""
    found = []
    for world in worlds(app):
        names = [
            one.logical_id for template in app.templates for one in template.resources.values() if world.exists(one)
        ]
        found.append(" ".join(sorted(names)))
    return sorted(found)


def conditional(**names: str) -> dict[str, Any]:
    return {name: {"Type": "T", "Condition": condition} for name, condition in names.items()}


def equals(parameter: str, value: str) -> dict[str, Any]:
    return {"Fn::Equals": [{"Ref": parameter}, value]}


def test_an_app_without_conditions_is_one_world() -> None:
    (world,) = worlds(make_app({"Resources": {"A": {"Type": "T"}}}))
    assert world.choices == {}


def test_conditions_that_decide_nothing_are_not_explored() -> None:
    body = {
        "Conditions": {"CDKMetadataAvailable": equals("AWS::Region", "x"), "Unused": equals("AWS::Region", "y")},
        "Resources": {"M": {"Type": "AWS::CDK::Metadata", "Condition": "CDKMetadataAvailable"}},
    }
    assert len(list(worlds(make_app(body)))) == 1


@pytest.mark.parametrize(
    ("conditions", "resources", "expected"),
    [
        ({"C": equals("P", "x")}, {"A": "C"}, ["", "A"]),
        ({"C": equals("P", "x"), "D": {"Fn::Not": [{"Condition": "C"}]}}, {"A": "C", "B": "D"}, ["A", "B"]),
        ({"C": equals("P", "x"), "D": equals("P", "y")}, {"A": "C", "B": "D"}, ["", "A", "B"]),
        ({"C": equals("P", "x"), "D": equals("Q", "y")}, {"A": "C", "B": "D"}, ["", "A", "A B", "B"]),
        (
            {"C": equals("P", "x"), "D": equals("Q", "y"), "E": {"Fn::And": [{"Condition": "C"}, {"Condition": "D"}]}},
            {"A": "E"},
            ["", "", "A"],
        ),
        (
            {"C": {"Fn::Or": [equals("P", "x"), equals("P", "y")]}, "D": equals("P", "x")},
            {"A": "C", "B": "D"},
            ["", "A", "A B"],
        ),
        ({"C": {"Fn::Equals": ["a", "a"]}, "D": {"Fn::Equals": ["true", True]}}, {"A": "C", "B": "D"}, ["A B"]),
        ({"C": {"Fn::Equals": [{"Ref": "P"}, {"Ref": "P"}]}}, {"A": "C"}, ["A"]),
        ({"C": {"Fn::Equals": [{"Ref": "P"}, {"Ref": "Q"}]}}, {"A": "C"}, ["", "A"]),
        ({"C": {"Condition": "D"}, "D": {"Condition": "C"}}, {"A": "C", "B": "D"}, None),
        ({"C": "garbage"}, {"A": "C", "B": "C"}, ["", "A B"]),
        ({"C": equals("Fixed", "on")}, {"A": "C"}, ["A"]),
        ({"C": {"Fn::And": [{"Fn::Equals": ["a", "b"]}, equals("P", "x")]}}, {"A": "C"}, [""]),
        ({"C": {"Fn::And": [equals("P", "x"), {"Fn::Equals": ["a", "b"]}]}}, {"A": "C"}, [""]),
    ],
)
def test_feasible_assignments(conditions: Any, resources: dict[str, str], expected: list[str] | None) -> None:
    parameters = {"P": STRING, "Q": STRING, "Fixed": {"Type": "String", "AllowedValues": ["on"]}}
    found = existing(
        make_app({"Parameters": parameters, "Conditions": conditions, "Resources": conditional(**resources)})
    )
    if expected is not None:
        assert found == expected
    else:
        assert found  # a circle of conditions is refused at deployment; here it only has to end


def test_allowed_values_limit_the_worlds() -> None:
    parameters = {"P": {"Type": "String", "AllowedValues": ["x", "y"]}}
    conditions = {"C": equals("P", "x"), "D": equals("P", "y")}
    body = {"Parameters": parameters, "Conditions": conditions, "Resources": conditional(A="C", B="D")}
    assert existing(make_app(body)) == ["A", "B"]


def test_a_parameter_has_the_value_its_condition_says() -> None:
    body = {
        "Parameters": {"P": {"Type": "String", "Default": "x"}},
        "Mappings": {"M": {"x": {"t": 1}, "y": {"t": 2}}},
        "Conditions": {"C": equals("P", "x"), "D": equals("P", "y")},
        "Resources": conditional(A="C", B="D"),
    }
    app = make_app(body)
    raw = {"Fn::FindInMap": ["M", {"Ref": "P"}, "t"]}
    values = [world.resolve(app.templates[0], raw) for world in worlds(app)]
    assert values == [UNKNOWN, 1, 2]


def test_a_known_region_decides() -> None:
    body = {"Conditions": {"C": equals("AWS::Region", "eu-west-1")}, "Resources": conditional(A="C")}
    assert existing(make_app(body, environment=Environment(region="eu-west-1"))) == ["A"]
    assert existing(make_app(body, environment=Environment(region="us-east-1"))) == [""]


def test_stacks_share_an_unknown_region() -> None:
    body = {"Conditions": {"C": equals("AWS::Region", "eu-west-1")}, "Resources": conditional(A="C")}
    assert existing(make_app(body, body)) == ["", "A A"]


def test_above_the_limit_every_visited_world_is_feasible() -> None:
    names = [f"P{index}" for index in range(12)]
    conditions = {name: equals(name, "x") for name in names} | {
        f"Not{name}": {"Fn::Not": [{"Condition": name}]} for name in names
    }
    resources = conditional(**{f"Yes{name}": name for name in names}, **{f"No{name}": f"Not{name}" for name in names})
    app = make_app({"Parameters": dict.fromkeys(names, STRING), "Conditions": conditions, "Resources": resources})
    found = existing(app)
    assert len(found) <= WORLD_LIMIT
    assert found == existing(app)
    for world in found:
        assert all((f"Yes{name}" in world.split()) != (f"No{name}" in world.split()) for name in names)
    # Each pair of conditions is met in all four ways.
    for one in names[1:]:
        ways = {(f"Yes{one}" in world.split(), "YesP0" in world.split()) for world in found}
        assert len(ways) == 4
